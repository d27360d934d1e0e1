/**
 * The rows that look at what the arguments name: VM, queue, GTs and objects. Mirrors xe_vm_bind_ioctl of xe_vm.c up to
 * its syncs. A RESTART is answered between rows 14 and 15.
 */
import { PAGES_OF_64K } from '../../devices.ts';
import { ERRNO } from '../../errno.ts';
import { PAGES_IN_U64 } from '../../units.ts';
import { type Row, type Stage, stageOf, wholeStage } from '../rules.ts';
import { type BindContext, type IndexedOp, itsOps, pagesOf } from './context.ts';

const LOOKUP_ROWS: readonly Row<BindContext, BindContext>[] = [
  {
    row: '11',
    what: 'a VM that is not there',
    error: ERRNO.EINVAL,
    refuses: ({ view }) => view.vm === 'unknown',
  },
  {
    row: '12',
    what: 'a VM that is closing or closed',
    error: ERRNO.ENOENT,
    refuses: ({ view }) => view.vm === 'closed',
  },
  {
    row: '13a',
    what: 'a queue that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ request: { queue }, view }) =>
      queue !== null && view.queueKind(queue) === undefined,
  },
  {
    row: '13b',
    what: 'a queue that is not for binds',
    error: ERRNO.EINVAL,
    refuses: ({ request: { queue }, view }) => queue !== null && view.queueKind(queue) === 'exec',
  },
];

/** In the kernel row 14b gives +EINVAL, which looks like success (S32 of our fact sheet). */
const RESTART_ROWS: readonly Row<BindContext, BindContext>[] = [
  {
    row: '14a',
    what: 'RESTART of a VM without ASYNC_BIND_OPS',
    error: ERRNO.ENOTSUPP,
    refuses: ({ view }) => !view.vmAsync,
  },
  {
    row: '14b',
    what: 'RESTART with syncs',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.in.length + request.out.length > 0,
  },
  {
    row: '14c',
    what: 'RESTART of a VM that is not in error',
    error: ERRNO.EPROTO,
    refuses: ({ view }) => !view.vmInError,
  },
];

const MODE_ROWS: readonly Row<BindContext, BindContext>[] = [
  {
    row: '15',
    what: 'on a VM not in error, an ASYNC flag that differs from what the VM was created with',
    error: ERRNO.ENOTSUPP,
    refuses: ({ request, view }) => !view.vmInError && request.async !== view.vmAsync,
  },
];

const RANGE_ROWS: readonly Row<IndexedOp, BindContext>[] = [
  {
    row: '16a',
    what: 'an end beyond the VM',
    error: ERRNO.EINVAL,
    refuses: (op, { view }) => {
      const range = pagesOf(op.range);
      return range > view.vmRange || pagesOf(op.addr) > view.vmRange - range;
    },
  },
  {
    row: '16b',
    what: 'a mask with a GT that the device does not have',
    error: ERRNO.EINVAL,
    refuses: ({ gtMask }, { view }) => gtMask >= 2 ** view.gts,
  },
];

const BO_ROWS: readonly Row<IndexedOp, BindContext>[] = [
  {
    row: '17a',
    what: 'an unknown object handle',
    error: ERRNO.ENOENT,
    refuses: ({ bo }, { view }) => bo !== null && view.boRange(bo) === undefined,
  },
  {
    row: '17b',
    what: 'a range or offset beyond the object',
    error: ERRNO.EINVAL,
    refuses: ({ bo, range, offset }, { view }) => {
      if (bo === null) return false;
      const size = view.boRange(bo) ?? PAGES_IN_U64;
      return pagesOf(range) > size || pagesOf(offset) > size - pagesOf(range);
    },
  },
  {
    row: '17c',
    what: 'VRAM of a device that maps it by 64K pages, and an offset, address or range that is not 64K aligned',
    error: ERRNO.EINVAL,
    refuses: ({ bo, offset, addr, range }, { view }) =>
      bo !== null &&
      view.is64K(bo) &&
      [offset, addr, range].some((each) => pagesOf(each) % PAGES_OF_64K !== 0),
  },
];

export const LOOKUP_STAGE: Stage<BindContext> = wholeStage(LOOKUP_ROWS);
export const RESTART_STAGE: Stage<BindContext> = wholeStage(RESTART_ROWS);
/** What follows for anything but a RESTART. */
export const OBJECT_STAGES: readonly Stage<BindContext>[] = [
  wholeStage(MODE_ROWS),
  stageOf(itsOps, RANGE_ROWS),
  stageOf(itsOps, BO_ROWS),
];
