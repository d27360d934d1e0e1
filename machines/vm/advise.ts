/**
 * Hints about memory: VM_MADVISE, which user space gives, and access counters, which hardware gives. Mirrors
 * xe_vm_madvise.c (xe_vm_madvise_ioctl) and xe_gt_pagefault.c (handle_acc). A checked advice is taken and changes
 * nothing: a BO here may be in one class of memory only, and an advice orders those that it may be in.
 */
import { checkMadvise, checkMadviseLocked } from '../../domain/ioctl/madvise-check.ts';
import { parsePages } from '../../domain/units.ts';
import { mappingAt, mappingsIn } from '../../domain/va/va-space.ts';
import { outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { MEMORY } from '../memory/names.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';

/** Where the BOs may be that the range maps. */
function placementsIn(
  { space }: VmContext,
  { addr, range }: { readonly addr: string; readonly range: string },
  shared: SharedReader,
): ('vram' | 'system')[] {
  const [from, pages] = [parsePages(addr), parsePages(range)];
  if (typeof from === 'string' || typeof pages === 'string' || pages === 0) return [];
  return mappingsIn(space, from, pages).flatMap(({ obj }) => {
    const bo = obj === null ? undefined : shared.bo(obj);
    return bo === undefined ? [] : [bo.home];
  });
}

const advise =
  (vm: 'unknown' | 'open'): Action<VmContext> =>
  (context, event) => {
    const request = dataOf(event, 'vm.madvise');
    const { shared, from } = event;
    const locked = { gts: context.gts.length, placements: placementsIn(context, request, shared) };
    const refusal =
      checkMadvise(request, { vm, mode: context.mode }) ?? checkMadviseLocked(request, locked);
    return outcome(context, send(from, 'ioctl.done', { result: refusal?.error ?? 0 }));
  };

/** Sub-units of a granularity code: a 32nd of 128K, 2M, 16M, 64M, in pages. */
const SUB_UNIT_PAGES = [1, 16, 128, 512] as const;

/** A BO that a GPU uses much comes to VRAM; userptrs and NULL mappings are passed over. */
const countAccess: Action<VmContext> = (context, event) => {
  const { addr, granularity, vector } = dataOf(event, 'vm.accessCounter');
  const unit = SUB_UNIT_PAGES[granularity] ?? 1;
  const bits = BigInt(vector);
  const lowest = bits === 0n ? 0 : (bits & -bits).toString(2).length - 1;
  const base = addr - (addr % (unit * 32));
  const mapping =
    context.mode === 'fault' ? mappingAt(context.space, base + lowest * unit) : undefined;
  const obj = mapping?.obj ?? null;
  return obj === null
    ? outcome(context)
    : outcome(context, send(MEMORY, 'memory.evict', { bo: obj, to: 'vram' }));
};

/** The handler of access counters does not look at how its migration ends. */
const noteMigrated: Action<VmContext> = (context) => outcome(context);

export const adviseActions = {
  advise: advise('open'),
  adviseUnknown: advise('unknown'),
  countAccess,
  noteMigrated,
};
