/**
 * Splitting and merging: which operations a request on a range of a space comes apart into, in the
 * kernel's order.
 *
 * Mirrors drm_gpuva_mgr.c: __drm_gpuva_sm_map, __drm_gpuva_sm_unmap, drm_gpuva_prefetch_ops_create
 * and drm_gpuva_gem_unmap_ops_create (gpuva-2023), and drm_gpuvm.c: __drm_gpuvm_sm_map,
 * __drm_gpuvm_sm_unmap and drm_gpuvm_madvise_ops_create (all others). What becomes of each
 * overlapped mapping is in decision-table.ts, what is left of it in split-pieces.ts; which
 * neighbours merge is in merge.ts. Nothing is changed here: ops.ts applies a list.
 * docs/split-merge.md draws it all.
 */
import { ERRNO } from '../errno.ts';
import { NO_QUIRKS, type Quirks } from '../quirks/quirks.ts';
import type { Page } from '../units.ts';
import { rowOf, type Row } from './decision-table.ts';
import { endOf, sameAttrs, sameBacking, wrap, type Mapping, type MapRequest } from './mapping.ts';
import { growOver, mergeNeighbours, type Ends, type Growing } from './merge.ts';
import { mapOp, prefetchOp, remapOp, unmapOp, type Op } from './ops.ts';
import { checkRange } from './range-check.ts';
import { checkRepeat } from './repeat-check.ts';
import type { OrErrno } from './result.ts';
import { RULE_SETS } from './rule-sets.ts';
import { nextOf, prevOf, type Splitter } from './split-pieces.ts';
import { checkMapRange, mappingsIn, visitMappings, type VaView } from './va-space.ts';

/** E goes, and what it has on either side of [ra, re) comes back. */
function splitOff(e: Mapping, row: Row, ra: Page, re: Page, keep: boolean, splitter: Splitter): Op {
  if (row.remains === 'nothing') return unmapOp(e, keep);
  const prev = row.remains === 'next' ? null : prevOf(e, ra);
  const next = row.remains === 'prev' ? null : nextOf(e, re, splitter);
  return remapOp(e, prev, next, keep);
}

/**
 * Whether the entries of `e` are what the request wants. Mirrors the `merge` of
 * __drm_gpuvm_sm_map, and can_merge of the series for repeated mappings, which compares all flags.
 */
const isKept = ({ config }: VaView, e: Mapping, request: MapRequest): boolean =>
  sameBacking(e, request) &&
  (RULE_SETS[config.semantics].keepLooksAt === 'no flags' || sameAttrs(e.attrs, request.attrs));

/** 2023: `keep` is on UNMAPs only and says that the mapping merges with the request. */
function mapOps2023(view: VaView, request: MapRequest, splitter: Splitter): Op[] {
  const ops: Op[] = [];
  const merges = view.regions !== null;
  const grown: Growing = { addr: request.addr, end: wrap(endOf(request)), offset: request.offset };
  const ends: Ends = { overlaps: 0, looks: 'both' };
  let isDone = false;
  visitMappings(view, request.addr, grown.end, (e) => {
    const row = rowOf(e, grown.addr, grown.end);
    ends.overlaps += 1;
    ends.looks = row.looks;
    if (!merges || !sameBacking(e, request)) {
      ops.push(splitOff(e, row, grown.addr, grown.end, false, splitter));
    } else if (row.merge === 'done') {
      isDone = true;
      return false;
    } else {
      ops.push(unmapOp(e, true));
      if (row.merge !== 'absorb') growOver(grown, e);
    }
    return row.then === 'go on';
  });
  if (isDone) return ops;
  mergeNeighbours(view, request, grown, ends, ops);
  const { addr, end, offset } = grown;
  ops.push(mapOp({ ...request, addr, range: addr <= end ? end - addr : request.range, offset }));
  return ops;
}

/**
 * Since then: nothing merges; `keep` is a hint, on REMAPs too; exactly one MAP, with the request as
 * it came.
 */
function mapOpsLater(view: VaView, request: MapRequest, splitter: Splitter): Op[] {
  const ops: Op[] = [];
  const ra = request.addr;
  const re = endOf(request);
  visitMappings(view, ra, re, (e) => {
    const row = rowOf(e, ra, re);
    ops.push(splitOff(e, row, ra, re, isKept(view, e, request), splitter));
    return row.then === 'go on';
  });
  ops.push(mapOp(request));
  return ops;
}

/**
 * Map `request` over whatever is there: UNMAPs and REMAPs ascending, then the MAP. EINVAL for a bad
 * range or a bad pattern.
 */
export function mapOps(
  view: VaView,
  request: MapRequest,
  quirks: Quirks = NO_QUIRKS,
): OrErrno<Op[]> {
  const { semantics } = view.config;
  const status =
    checkMapRange(view, request.addr, request.range) || checkRepeat(semantics, request);
  if (status !== 0) return status;
  const splitter: Splitter = { walk: 'sm_map', quirks };
  return semantics === 'gpuva-2023'
    ? mapOps2023(view, request, splitter)
    : mapOpsLater(view, request, splitter);
}

/** Unmap the range, of which nothing need be mapped. In 2023 it was not checked; since: EINVAL. */
export function unmapOps(
  view: VaView,
  addr: Page,
  range: Page,
  quirks: Quirks = NO_QUIRKS,
): OrErrno<Op[]> {
  const { config } = view;
  const status = config.semantics === 'gpuva-2023' ? 0 : checkRange(config, addr, range);
  if (status !== 0) return status;
  const splitter: Splitter = { walk: 'sm_unmap', quirks };
  const ops: Op[] = [];
  const end = wrap(addr + range);
  visitMappings(view, addr, end, (e) => {
    const row = rowOf(e, addr, end);
    ops.push(splitOff(e, row, addr, end, false, splitter));
    return row.then === 'go on';
  });
  return ops;
}

/** Unmap every mapping of `obj`, in link order. */
export function unmapAllOps(view: VaView, obj: string): Op[] {
  return Array.from(view.gems.linked(obj), (mapping) => unmapOp(mapping, false));
}

/** Prefetch every mapping that overlaps the range: whole, not clipped, and unchecked. */
export function prefetchOps(view: VaView, addr: Page, range: Page): Op[] {
  return mappingsIn(view, addr, range).map(prefetchOp);
}

/**
 * What a madvise maps of E: the part inside the request, backed by nothing, with E's attributes.
 */
function sharedPart(e: Mapping, { addr, range }: MapRequest): Op {
  const from = Math.max(e.addr, addr);
  const to = Math.min(endOf(e), addr + range);
  return mapOp({ addr: from, range: to - from, obj: null, offset: 0, attrs: e.attrs });
}

/**
 * Split the mappings that have no object at the ends of the request, so that advice can be given
 * for just that range. Those inside it stay; those with an object are passed over. EINVAL for a bad
 * range; EOPNOTSUPP in 2023, which has none.
 */
export function madviseOps(
  view: VaView,
  request: MapRequest,
  quirks: Quirks = NO_QUIRKS,
): OrErrno<Op[]> {
  const { addr: ra, range } = request;
  if (view.config.semantics === 'gpuva-2023') return ERRNO.EOPNOTSUPP;
  const status = checkRange(view.config, ra, range);
  if (status !== 0) return status;
  const splitter: Splitter = { walk: 'sm_map', quirks };
  const ops: Op[] = [];
  const re = ra + range;
  let mapsRequest = false;
  visitMappings(view, ra, re, (e) => {
    if (e.obj !== null) return true;
    const row = rowOf(e, ra, re);
    if (row.remains !== 'nothing') ops.push(splitOff(e, row, ra, re, false, splitter));
    if (row.madvise === 'shared' || row.madvise === 'shared-last') ops.push(sharedPart(e, request));
    mapsRequest = row.madvise === 'request';
    return row.then === 'go on';
  });
  if (mapsRequest) ops.push(mapOp(request));
  return ops;
}
