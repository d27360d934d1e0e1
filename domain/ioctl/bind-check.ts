/**
 * The argument checks of VM_BIND, in the kernel's order: the first row that refuses gives the errno. Mirrors xe_vm.c
 * (vm_bind_ioctl_check_args, then xe_vm_bind_ioctl) of March 2023 with the NULL rows of the series' fourth patch.
 *
 * Row names are the numbers of the table in docs/vm-bind.md. Rows for what this build does not model yet (userptr,
 * prefetch, restart, placement masks, user fences) are absent; the scenario schema has no words for them either.
 */
import { type Errno, ERRNO } from '../errno.ts';
import type { BindOp } from '../scenario/schema.ts';
import { PAGES_IN_U64, parsePages } from '../units.ts';
import type { BindRequest, BindView } from './bind-request.ts';

/** MAX_BINDS: the longest array of one ioctl. */
export const MAX_BINDS = 512;

interface Row {
  readonly row: string;
  readonly what: string;
  readonly error: Errno;
  readonly refuses: (request: BindRequest, view: BindView) => boolean;
}

type OpTest = (op: BindOp, request: BindRequest, view: BindView) => boolean;
/** Per-op rows run op by op in the kernel, so a group of them is one row here: see {@link checkBind}. */
interface OpRow extends Omit<Row, 'refuses'> {
  readonly refuses: OpTest;
}

const aligned = (text: string): boolean => typeof parsePages(text) === 'number';
const pagesOf = (text: string): number => parsePages(text) as number;
const rangeOf = (op: BindOp): { addr: string; range: string } | null =>
  'map' in op ? op.map : 'unmap' in op ? op.unmap : null;

/** The rows of vm_bind_ioctl_check_args that look at one op. */
export const OP_ROWS: readonly OpRow[] = [
  {
    row: '4',
    what: 'UNMAP_ALL without ASYNC',
    error: ERRNO.EINVAL,
    refuses: (op, request) => 'unmapAll' in op && !request.async,
  },
  {
    row: '6a',
    what: 'NULL with an object',
    error: ERRNO.EINVAL,
    refuses: (op) => 'map' in op && op.map.null === true && op.map.bo !== undefined,
  },
  {
    row: '6b',
    what: 'NULL with an object offset',
    error: ERRNO.EINVAL,
    refuses: (op) => 'map' in op && op.map.null === true && (op.map.offset ?? '0x0') !== '0x0',
  },
  {
    row: '7',
    what: 'MAP without an object and without NULL',
    error: ERRNO.EINVAL,
    refuses: (op) => 'map' in op && op.map.null !== true && op.map.bo === undefined,
  },
  {
    row: '10a',
    what: 'an offset, address or range that is not 4 KiB aligned',
    error: ERRNO.EINVAL,
    refuses: (op) => {
      const span = rangeOf(op);
      if (span === null) return false;
      const offset = 'map' in op ? (op.map.offset ?? '0x0') : '0x0';
      return !aligned(offset) || !aligned(span.addr) || !aligned(span.range);
    },
  },
  {
    row: '10b',
    what: 'range 0',
    error: ERRNO.EINVAL,
    refuses: (op) => rangeOf(op) !== null && pagesOf(rangeOf(op)?.range ?? '') === 0,
  },
];

/** The rows of xe_vm_bind_ioctl that look at one op against the VM. */
export const VM_ROWS: readonly OpRow[] = [
  {
    row: '16',
    what: 'an end beyond the VM',
    error: ERRNO.EINVAL,
    refuses: (op, _request, { vmRange }) => {
      const span = rangeOf(op);
      if (span === null) return false;
      const range = pagesOf(span.range);
      return range > vmRange || pagesOf(span.addr) > vmRange - range;
    },
  },
];

export const BO_ROWS: readonly OpRow[] = [
  {
    row: '17a',
    what: 'an unknown object handle',
    error: ERRNO.ENOENT,
    refuses: (op, _request, view) => {
      const bo = 'map' in op ? op.map.bo : 'unmapAll' in op ? op.unmapAll.bo : undefined;
      return bo !== undefined && view.boRange(bo) === undefined;
    },
  },
  {
    row: '17b',
    what: 'a range or offset beyond the object',
    error: ERRNO.EINVAL,
    refuses: (op, _request, view) => {
      if (!('map' in op) || op.map.bo === undefined) return false;
      const size = view.boRange(op.map.bo) ?? PAGES_IN_U64;
      const range = pagesOf(op.map.range);
      return range > size || pagesOf(op.map.offset ?? '0x0') > size - range;
    },
  },
];

const forEachOp =
  (rows: readonly OpRow[]) =>
  (request: BindRequest, view: BindView): OpRow | undefined => {
    for (const op of request.ops) {
      const found = rows.find((row) => row.refuses(op, request, view));
      if (found !== undefined) return found;
    }
    return undefined;
  };

const one = (row: Row) => (request: BindRequest, view: BindView) =>
  row.refuses(request, view) ? row : undefined;

/** The stages of the ioctl: each looks at the whole request before the next one starts. */
const STAGES: readonly ((request: BindRequest, view: BindView) => Row | OpRow | undefined)[] = [
  one({
    row: '1',
    what: `no op, or more than ${MAX_BINDS}`,
    error: ERRNO.EINVAL,
    refuses: ({ ops }) => ops.length === 0 || ops.length > MAX_BINDS,
  }),
  forEachOp(OP_ROWS),
  one({
    row: '15',
    what: 'the ASYNC flag differs from what the VM was created with',
    error: ERRNO.ENOTSUPP,
    refuses: ({ async }, { vmAsync }) => async !== vmAsync,
  }),
  forEachOp(VM_ROWS),
  forEachOp(BO_ROWS),
  one({
    row: '18a',
    what: 'an unknown syncobj handle',
    error: ERRNO.ENOENT,
    refuses: (request, { syncobjKind }) =>
      [...request.in, ...request.out].some(({ syncobj }) => syncobjKind(syncobj) === undefined),
  }),
  one({
    row: '18b',
    what: 'a wait for a syncobj or point without a fence',
    error: ERRNO.EINVAL,
    refuses: (request, { capture }) => request.in.some((sync) => capture(sync) === null),
  }),
  one({
    row: '18c',
    what: 'a signal of timeline point 0',
    error: ERRNO.EINVAL,
    refuses: (request, { syncobjKind }) =>
      request.out.some(
        ({ syncobj, point }) => syncobjKind(syncobj) === 'timeline' && (point ?? '0x0') === '0x0',
      ),
  }),
];

export interface Refusal {
  readonly row: string;
  readonly what: string;
  readonly error: Errno;
}

/** Why the kernel refuses the request, or null. */
export function checkBind(request: BindRequest, view: BindView): Refusal | null {
  for (const stage of STAGES) {
    const found = stage(request, view);
    if (found !== undefined) return { row: found.row, what: found.what, error: found.error };
  }
  return null;
}
