/**
 * The rows that need nothing but the arguments. Mirrors vm_bind_ioctl_check_args of xe_vm.c, March 2023, with the NULL
 * rows of the series' fourth patch. The rows of 5 to 9 are one condition in the kernel; they stand in its order.
 */
import { ERRNO } from '../../errno.ts';
import { BIND_OPS } from '../bind-request.ts';
import { type Row, type Stage, stageOf, wholeStage } from '../rules.ts';
import { type BindContext, type IndexedOp, isAligned, itsOps } from './context.ts';

/** MAX_BINDS: the longest array of one ioctl. */
export const MAX_BINDS = 512;
/** Memory regions of the device, by number: system memory and VRAM (mem_region_mask). */
export const MEM_REGIONS = ['system', 'vram'] as const;

const { map, unmap, mapUserptr, restart, unmapAll, prefetch } = BIND_OPS;
const { EINVAL } = ERRNO;
type Check = Row<IndexedOp, BindContext>['refuses'];

const REQUEST_ROWS: readonly Row<BindContext, BindContext>[] = [
  {
    row: '1a',
    what: 'extensions',
    error: EINVAL,
    refuses: ({ request }) => request.extensions !== '0x0',
  },
  { row: '1b', what: 'no op', error: EINVAL, refuses: ({ ops }) => ops.length === 0 },
  {
    row: '1c',
    what: `more than ${MAX_BINDS} ops`,
    error: EINVAL,
    refuses: ({ ops }) => ops.length > MAX_BINDS,
  },
];

const row = (name: string, what: string, refuses: Check): Row<IndexedOp, BindContext> => ({
  row: name,
  what,
  error: EINVAL,
  refuses,
});

/** Every row looks at one op, all of them before the next op. */
const OP_ROWS: readonly Row<IndexedOp, BindContext>[] = [
  row(
    '3a',
    'a further op after one without ASYNC',
    ({ index }, { request }) => index > 0 && !request.async,
  ),
  row('3b', 'a further op without ASYNC', ({ index, async }) => index > 0 && !async),
  row('3c', 'RESTART as a further op', ({ index, op }) => index > 0 && op === restart),
  row('4a', 'UNMAP_ALL without ASYNC', ({ op }, { request }) => op === unmapAll && !request.async),
  row('4b', 'PREFETCH without ASYNC', ({ op }, { request }) => op === prefetch && !request.async),
  row('5a', 'an unknown op number', ({ op }) => op > prefetch),
  row('5b', 'an unknown flag bit', ({ hasUnknownFlags }) => hasUnknownFlags),
  row('6a', 'NULL with an object', ({ bo, null: isNull }) => isNull && bo !== null),
  row('6b', 'NULL with an object offset', (op) => op.null && op.offset !== '0x0'),
  row('6c', 'NULL on anything but MAP', ({ op, null: isNull }) => isNull && op !== map),
  row(
    '7a',
    'MAP without an object and without NULL',
    ({ op, bo, null: isNull }) => op === map && bo === null && !isNull,
  ),
  row('7b', 'UNMAP_ALL without an object', ({ op, bo }) => op === unmapAll && bo === null),
  row('7c', 'UNMAP_ALL with an address', ({ op, addr }) => op === unmapAll && addr !== '0x0'),
  row('7d', 'UNMAP_ALL with a range', ({ op, range }) => op === unmapAll && range !== '0x0'),
  row('8a', 'MAP_USERPTR with an object', ({ op, bo }) => op === mapUserptr && bo !== null),
  row('8b', 'PREFETCH with an object', ({ op, bo }) => op === prefetch && bo !== null),
  row(
    '9a',
    'a region on anything but PREFETCH',
    ({ op, region }) => region !== 0 && op !== prefetch,
  ),
  row('9b', 'a region that the device does not have', ({ region }) => region >= MEM_REGIONS.length),
  row('8c', 'UNMAP with an object', ({ op, bo }) => op === unmap && bo !== null),
  row(
    '10a',
    'an offset, address or range that is not 4 KiB aligned',
    ({ offset, addr, range }) => ![offset, addr, range].every(isAligned),
  ),
  row('10b', 'range 0', ({ op, range }) => range === '0x0' && op !== restart && op !== unmapAll),
];

/** vm_bind_ioctl_check_args. */
export const ARGS_STAGES: readonly Stage<BindContext>[] = [
  wholeStage(REQUEST_ROWS),
  stageOf(itsOps, OP_ROWS),
];
