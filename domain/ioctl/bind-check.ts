/**
 * The argument checks of VM_BIND, in the kernel's order: the first row that refuses gives the errno. Mirrors xe_vm.c
 * (vm_bind_ioctl_check_args, then xe_vm_bind_ioctl) of March 2023 with the NULL rows of the series' fourth patch.
 *
 * Row names are the numbers of the table in docs/vm-bind.md. Rows for what this build does not model yet (userptr,
 * prefetch, restart, placement masks, user fences) are absent; the scenario schema has no words for them either.
 */
import { type Errno, ERRNO } from '../errno.ts';
import type { BindOp, SyncRef } from '../scenario/schema.ts';
import { PAGES_IN_U64, parsePages } from '../units.ts';
import type { BindRequest, BindView } from './bind-request.ts';

/** MAX_BINDS: the longest array of one ioctl. */
export const MAX_BINDS = 512;

/** One line of the table. */
export interface Rule {
  readonly row: string;
  readonly what: string;
  readonly error: Errno;
}
interface Row<T> extends Rule {
  readonly refuses: (subject: T, request: BindRequest, view: BindView) => boolean;
}

const aligned = (text: string): boolean => typeof parsePages(text) === 'number';
const pagesOf = (text: string): number => parsePages(text) as number;
const rangeOf = (op: BindOp): { addr: string; range: string } | null =>
  'map' in op ? op.map : 'unmap' in op ? op.unmap : null;

/** The rows of vm_bind_ioctl_check_args that look at one op. */
export const OP_ROWS: readonly Row<BindOp>[] = [
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
export const VM_ROWS: readonly Row<BindOp>[] = [
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

export const BO_ROWS: readonly Row<BindOp>[] = [
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

type Sync = SyncRef & { readonly isWait: boolean };

/** In-syncs come before out-syncs in the array that user space hands over. */
const syncsOf = (request: BindRequest): readonly Sync[] => [
  ...request.in.map((sync) => ({ ...sync, isWait: true })),
  ...request.out.map((sync) => ({ ...sync, isWait: false })),
];
const isPointZero = ({ syncobj, point }: SyncRef, view: BindView): boolean =>
  view.syncobjKind(syncobj) === 'timeline' && (point ?? '0x0') === '0x0';

/** The rows of xe_sync_entry_parse. */
const SYNC_ROWS: readonly Row<Sync>[] = [
  {
    row: '18a',
    what: 'an unknown syncobj handle',
    error: ERRNO.ENOENT,
    refuses: ({ syncobj }, _request, view) => view.syncobjKind(syncobj) === undefined,
  },
  {
    row: '18b',
    what: 'a wait for a syncobj or point without a fence',
    error: ERRNO.EINVAL,
    refuses: (sync, _request, view) =>
      sync.isWait && (view.capture(sync) === null || isPointZero(sync, view)),
  },
  {
    row: '18c',
    what: 'a signal of timeline point 0',
    error: ERRNO.EINVAL,
    refuses: (sync, _request, view) => !sync.isWait && isPointZero(sync, view),
  },
];

const FIRST_ROWS: readonly Row<BindRequest>[] = [
  {
    row: '1',
    what: `no op, or more than ${MAX_BINDS}`,
    error: ERRNO.EINVAL,
    refuses: ({ ops }) => ops.length === 0 || ops.length > MAX_BINDS,
  },
];

const LOOKUP_ROWS: readonly Row<BindRequest>[] = [
  {
    row: '11',
    what: 'a VM that was not created',
    error: ERRNO.EINVAL,
    refuses: (_subject, _request, { vm }) => vm === 'unknown',
  },
  {
    row: '12',
    what: 'a VM that is closing or closed',
    error: ERRNO.ENOENT,
    refuses: (_subject, _request, { vm }) => vm === 'closed',
  },
  {
    row: '15',
    what: 'the ASYNC flag differs from what the VM was created with',
    error: ERRNO.ENOTSUPP,
    refuses: ({ async }, _request, { vmAsync }) => async !== vmAsync,
  },
];

interface Stage {
  readonly rows: readonly Rule[];
  readonly find: (request: BindRequest, view: BindView) => Rule | undefined;
}

/** Looks at one subject after another, at each through all rows, as a loop in the kernel does. */
function stage<T>(
  subjectsOf: (request: BindRequest) => readonly T[],
  rows: readonly Row<T>[],
): Stage {
  const find = (request: BindRequest, view: BindView): Rule | undefined => {
    for (const subject of subjectsOf(request)) {
      const found = rows.find((row) => row.refuses(subject, request, view));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return { rows, find };
}

const itself = (request: BindRequest): readonly BindRequest[] => [request];
const opsOf = ({ ops }: BindRequest): readonly BindOp[] => ops;

/** The stages of the ioctl: each looks at the whole request before the next one starts. */
const STAGES: readonly Stage[] = [
  stage(itself, FIRST_ROWS),
  stage(opsOf, OP_ROWS),
  stage(itself, LOOKUP_ROWS),
  stage(opsOf, VM_ROWS),
  stage(opsOf, BO_ROWS),
  stage(syncsOf, SYNC_ROWS),
];

/** The table, in the order in which its rows count for one op and one sync. */
export const BIND_RULES: readonly Rule[] = STAGES.flatMap(({ rows }) => rows);

export type Refusal = Rule;

/** Why the kernel refuses the request, or null. */
export function checkBind(request: BindRequest, view: BindView): Refusal | null {
  for (const { find } of STAGES) {
    const found = find(request, view);
    if (found !== undefined) return { row: found.row, what: found.what, error: found.error };
  }
  return null;
}
