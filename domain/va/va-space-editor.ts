/**
 * Changing an address space: in place for its sole owner, or one version after another.
 *
 * Mirrors drm_gpuva_mgr.c: drm_gpuva_insert, drm_gpuva_remove, drm_gpuva_link, drm_gpuva_unlink.
 * `remove` takes out the mapping it is given and refuses another one at its place; the kernel of
 * 2023 erases whatever covers the address, which is bug S09 and not the rule. The editor never
 * changes a version that it came from or has given out.
 */
import { ERRNO } from '../errno.ts';
import type { OrderedMap, OrderedMapEditor } from '../ordered-map.ts';
import type { GemListsEditor } from './gem-lists.ts';
import type { Mapping } from './mapping.ts';
import type { VaConfig } from './range-check.ts';
import type { Region } from './regions.ts';
import type { OrErrno, Status } from './result.ts';
import { checkInsert, type VaSpace, type VaView } from './va-space.ts';

export class VaSpaceEditor implements VaView {
  readonly config: VaConfig;
  readonly regions: OrderedMap<Region> | null;
  readonly mappings: OrderedMapEditor<Mapping>;
  readonly gems: GemListsEditor;
  #frozen: VaSpace;

  constructor(space: VaSpace) {
    this.config = space.config;
    this.regions = space.regions;
    this.mappings = space.mappings.mutable();
    this.gems = space.gems.mutable();
    this.#frozen = space;
  }

  /** Puts a mapping, whose id is not 0, into the tree; it is linked to no object by that. */
  insert(mapping: Mapping): Status {
    if (mapping.id <= 0) throw new RangeError('a mapping in a space has an id');
    const status = checkInsert(this, mapping);
    if (status === 0) this.mappings.set(mapping.addr, mapping);
    return status;
  }

  /** Takes this very mapping out of the tree; ENOENT if it is not there. */
  remove(mapping: Mapping): Status {
    if (!this.holds(mapping)) return ERRNO.ENOENT;
    this.mappings.delete(mapping.addr);
    return 0;
  }

  /** Whether this very mapping is in the tree. */
  holds(mapping: Mapping): boolean {
    return this.mappings.get(mapping.addr)?.id === mapping.id;
  }

  link(mapping: Mapping): void {
    this.gems.link(mapping);
  }

  unlink(mapping: Mapping): void {
    this.gems.unlink(mapping);
  }

  /** The space as it is now; without a change since the last version, that very version. */
  freeze(): VaSpace {
    const { config, regions } = this;
    const mappings = this.mappings.freeze();
    const gems = this.gems.freeze();
    if (mappings !== this.#frozen.mappings || gems !== this.#frozen.gems) {
      this.#frozen = { config, regions, mappings, gems };
    }
    return this.#frozen;
  }
}

/** An editor that starts from this version. */
export const editVaSpace = (space: VaSpace): VaSpaceEditor => new VaSpaceEditor(space);

/** The space with one more mapping: EINVAL for its range, EEXIST where something is. */
export function insert(space: VaSpace, mapping: Mapping): OrErrno<VaSpace> {
  const editor = editVaSpace(space);
  const status = editor.insert(mapping);
  return status === 0 ? editor.freeze() : status;
}

/** The space without this mapping; ENOENT if it is not there. */
export function remove(space: VaSpace, mapping: Mapping): OrErrno<VaSpace> {
  const editor = editVaSpace(space);
  const status = editor.remove(mapping);
  return status === 0 ? editor.freeze() : status;
}

/** The space with `mapping` at the end of its object's list. */
export function link(space: VaSpace, mapping: Mapping): VaSpace {
  return { ...space, gems: space.gems.link(mapping) };
}

/** The space with `mapping` in no list. */
export function unlink(space: VaSpace, mapping: Mapping): VaSpace {
  return { ...space, gems: space.gems.unlink(mapping) };
}
