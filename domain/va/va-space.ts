/**
 * A GPU address space as an immutable value: its mappings by address, the same ones by object, its
 * regions.
 *
 * Mirrors the lookups of drm_gpuva_mgr.c (drm_gpuva_find, _find_first, _find_prev, _find_next, the
 * iterators) and, by way of va-space-editor.ts, drm_gpuva_insert, _remove, _link and _unlink. As in
 * the kernel, being in the tree and being linked to the object are two things, and who holds the
 * space does both. A range costs what its mappings cost.
 */
import { ERRNO } from '../errno.ts';
import { OrderedMap, type OrderedReader } from '../ordered-map.ts';
import { PAGES_IN_U64, type Page } from '../units.ts';
import { NO_GEM_LISTS, type GemLists } from './gem-lists.ts';
import { endOf, sameMapping, type Mapping } from './mapping.ts';
import { checkRange, type VaConfig } from './range-check.ts';
import { checkRegion, type Region } from './regions.ts';
import type { Status } from './result.ts';
import { RULE_SETS } from './rule-sets.ts';

/** What can be read of a space, whether it is a version or still being edited. */
export interface VaView {
  readonly config: VaConfig;
  /** null without the REGIONS flag. */
  readonly regions: OrderedMap<Region> | null;
  readonly mappings: OrderedReader<Mapping>;
  readonly gems: Pick<GemLists, 'linked'>;
}

export interface VaSpace extends VaView {
  readonly mappings: OrderedMap<Mapping>;
  readonly gems: GemLists;
}

/**
 * An empty space. @throws RangeError for regions where the rules have none, and for a space beyond
 * u64
 */
export function createVaSpace(config: VaConfig, withRegions = false): VaSpace {
  if (withRegions && !RULE_SETS[config.semantics].hasRegions) {
    throw new RangeError(`${config.semantics} has no regions`);
  }
  if (config.range >= PAGES_IN_U64 || config.start + config.range > PAGES_IN_U64) {
    throw new RangeError('a space beyond u64');
  }
  return {
    config,
    regions: withRegions ? OrderedMap.empty() : null,
    mappings: OrderedMap.empty(),
    gems: NO_GEM_LISTS,
  };
}

/** Why sm_map or an insert would refuse this range: EINVAL, or 0. */
export function checkMapRange(view: VaView, addr: Page, range: Page): Status {
  const status = checkRange(view.config, addr, range);
  return status === 0 ? checkRegion(view.regions, addr, range) : status;
}

/** The mapping that covers this page. */
export function mappingAt(view: VaView, addr: Page): Mapping | undefined {
  const below = view.mappings.floor(addr)?.value;
  return below !== undefined && addr < endOf(below) ? below : undefined;
}

/**
 * Calls `visit` for every mapping that overlaps [addr, end), ascending, until it returns false. Of
 * an empty interval the 2023 iterator visits nothing; the interval tree of 6.18 finds the mapping
 * that has its place inside.
 */
export function visitMappings(
  view: VaView,
  addr: Page,
  end: Page,
  visit: (mapping: Mapping) => boolean,
): void {
  if (end <= addr && view.config.semantics === 'gpuva-2023') return;
  const first = view.mappings.floor(addr)?.value;
  const from = first !== undefined && addr < endOf(first) ? first.addr : addr;
  view.mappings.visit(from, end, visit);
}

/** Every mapping that overlaps the range, ascending. */
export function mappingsIn(view: VaView, addr: Page, range: Page): Mapping[] {
  const found: Mapping[] = [];
  visitMappings(view, addr, addr + range, (mapping) => found.push(mapping) > 0);
  return found;
}

/** The first mapping that overlaps the range. */
export function findFirst(view: VaView, addr: Page, range: Page): Mapping | undefined {
  let first: Mapping | undefined;
  visitMappings(view, addr, addr + range, (mapping) => {
    first = mapping;
    return false;
  });
  return first;
}

/** The first mapping that overlaps the range, if it is that very range. */
export function find(view: VaView, addr: Page, range: Page): Mapping | undefined {
  const first = findFirst(view, addr, range);
  return first?.addr === addr && first.range === range ? first : undefined;
}

/** The mapping that has the page before `start`; a gap there means none. */
export function findPrev(view: VaView, start: Page): Mapping | undefined {
  const { config } = view;
  if (start <= config.start || start > config.start + config.range) return undefined;
  return mappingAt(view, start - 1);
}

/** The mapping that has the page `end`; a gap there means none. */
export function findNext(view: VaView, end: Page): Mapping | undefined {
  const { config } = view;
  if (end < config.start || end >= config.start + config.range) return undefined;
  return mappingAt(view, end);
}

/** The mappings linked to `obj`, in link order. */
export const linked = (view: VaView, obj: string): IterableIterator<Mapping> =>
  view.gems.linked(obj);

/**
 * Why `mapping` cannot be inserted as things are: EINVAL for its range, EEXIST for what is there;
 * or 0.
 */
export function checkInsert(view: VaView, mapping: Mapping): Status {
  const { addr, range } = mapping;
  const status = checkMapRange(view, addr, range);
  if (status !== 0) return status;
  if (range <= 0 || addr + range > PAGES_IN_U64) return ERRNO.EINVAL;
  const below = view.mappings.floor(addr + range - 1)?.value;
  return below !== undefined && endOf(below) > addr ? ERRNO.EEXIST : 0;
}

const sameRegion = (a: Region, b: Region): boolean =>
  a === b || (a.addr === b.addr && a.range === b.range && a.sparse === b.sparse);

/**
 * Same in everything, ids and link order included; of two versions of one space it compares what
 * differs.
 */
export function sameSpace(a: VaSpace, b: VaSpace): boolean {
  if (a === b) return true;
  if (JSON.stringify(a.config) !== JSON.stringify(b.config)) return false;
  if (a.regions === null || b.regions === null) {
    if (a.regions !== b.regions) return false;
  } else if (!a.regions.equals(b.regions, sameRegion)) {
    return false;
  }
  return a.mappings.equals(b.mappings, sameMapping) && a.gems.equals(b.gems);
}
