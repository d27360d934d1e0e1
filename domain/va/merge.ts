/**
 * Merging a request with the mappings next to it: 2023 only, and only in a space with regions.
 *
 * Mirrors the end of drm_gpuva_mgr.c: __drm_gpuva_sm_map. Looking left and right is what the kernel
 * does, not what would be complete: see `Looks` in decision-table.ts and the asymmetries in
 * docs/split-merge.md. Two mappings that could be one may stay two.
 */
import type { Page } from '../units.ts';
import type { Looks } from './decision-table.ts';
import { endOf, sameBacking, type Mapping, type MapRequest } from './mapping.ts';
import { unmapOp, type Op } from './ops.ts';
import { enclosingRegion } from './regions.ts';
import { findNext, findPrev, type VaView } from './va-space.ts';

/** The request while it grows over the mappings that it merges with. */
export interface Growing {
  addr: Page;
  end: Page;
  offset: Page;
}

/** What the walk over the overlapped mappings found out about the request's ends. */
export interface Ends {
  /** How many mappings the request overlaps. */
  overlaps: number;
  /** By the row of the last of them; without any, both. */
  looks: Looks;
}

/** The request takes the place of `e` too. */
export function growOver(grown: Growing, e: Mapping): void {
  if (e.addr < grown.addr) {
    grown.addr = e.addr;
    grown.offset = e.offset;
  }
  grown.end = Math.max(grown.end, endOf(e));
}

/**
 * Adds an UNMAP for each neighbour that merges, the left one first, and grows the request over it.
 */
export function mergeNeighbours(
  view: VaView,
  request: MapRequest,
  grown: Growing,
  { overlaps, looks }: Ends,
  ops: Op[],
): void {
  const { regions } = view;
  if (regions === null) return;
  const tryOne = (neighbour: Mapping | undefined): void => {
    if (neighbour === undefined || !sameBacking(neighbour, request)) return;
    const addr = Math.min(grown.addr, neighbour.addr);
    const end = Math.max(grown.end, endOf(neighbour));
    if (enclosingRegion(regions, addr, end - addr) === undefined) return;
    ops.push(unmapOp(neighbour, true));
    growOver(grown, neighbour);
  };
  if (overlaps < 2 && (looks === 'left' || looks === 'both')) tryOne(findPrev(view, grown.addr));
  if (looks === 'right' || looks === 'both') tryOne(findNext(view, grown.end));
}
