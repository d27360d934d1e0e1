/** A VM_BIND ioctl as flat settings, and the good one that the specs change. */
import { BIND_FLAGS, BIND_OPS } from '../../../domain/ioctl/bind-request.ts';
import type { BindRequest, BindView } from '../../../domain/ioctl/bind-request.ts';
import type { BindOp, Sync } from '../../../domain/scenario/schema.ts';

export interface SyncSetup {
  readonly side: 'in' | 'out' | 'none';
  readonly sync: 'syncobj' | 'dmaBuf' | 'userFence';
  readonly syncobj: string;
  readonly point: string | undefined;
  readonly flags: string | undefined;
  readonly at: string;
}

/** Of one op under test; with `hasSecond` it stands behind a good one. */
export interface Setup extends SyncSetup {
  readonly extensions: string;
  readonly count: number;
  readonly queue: string | null;
  readonly async: boolean;
  readonly secondAsync: boolean;
  readonly hasSecond: boolean;
  readonly op: number;
  readonly null: boolean;
  readonly unknownFlag: boolean;
  readonly bo: string | undefined;
  readonly offset: string;
  readonly addr: string;
  readonly range: string;
  readonly region: string;
  readonly gtMask: string;
  readonly vm: BindView['vm'];
  readonly vmAsync: boolean;
  readonly vmInError: boolean;
  readonly mode: BindView['vmMode'];
  /** no settings of their own: what rows rely on without naming one value */
  readonly hasOps: boolean;
  readonly isPrefetch: boolean;
  readonly isRestart: boolean;
  readonly isRanged: boolean;
  readonly hasFlags: boolean;
}

export const GOOD: Setup = {
  extensions: '0x0',
  count: 1,
  queue: null,
  async: true,
  secondAsync: true,
  hasSecond: false,
  op: BIND_OPS.map,
  null: false,
  unknownFlag: false,
  bo: 'data',
  offset: '0x1000',
  addr: '0x1000',
  range: '0x2000',
  region: '0x0',
  gtMask: '0x0',
  vm: 'open',
  vmAsync: true,
  vmInError: false,
  mode: 'dma-fence',
  side: 'in',
  sync: 'syncobj',
  syncobj: 'full',
  point: undefined,
  flags: undefined,
  at: '0x7000',
  hasOps: true,
  isPrefetch: false,
  isRestart: false,
  isRanged: true,
  hasFlags: false,
};

const PLAIN: BindOp = { map: { addr: '0x10000', range: '0x1000', bo: 'data' } };

function opOf(setup: Setup): BindOp {
  const { bo, offset, addr, range, region, gtMask } = setup;
  const flag = (bit: number, on: boolean): bigint => (on ? 1n << BigInt(bit) : 0n);
  const bits =
    BigInt(setup.op) |
    flag(BIND_FLAGS.async, setup.hasSecond ? setup.secondAsync : setup.async) |
    flag(BIND_FLAGS.null, setup.null) |
    flag(20, setup.unknownFlag);
  return { raw: { op: `0x${bits.toString(16)}`, bo, offset, addr, range, region, gtMask } };
}

export function syncOf({ sync, syncobj, point, flags, at }: SyncSetup): Sync {
  if (sync === 'dmaBuf') return { dmaBuf: true };
  if (sync === 'userFence') return { userFence: at, value: '0x1', flags };
  return flags === undefined ? { syncobj, point } : { syncobj, point, flags };
}

export function requestOf(setup: Setup): BindRequest {
  const { async, queue, extensions, count, side } = setup;
  const op = opOf(setup);
  const syncs = [syncOf(setup)];
  const ops = setup.hasSecond ? [PLAIN, op] : [op];
  return {
    async,
    queue,
    extensions,
    ops: Array.from({ length: count === 1 ? ops.length : count }, (_, i) => ops[i] ?? op),
    in: side === 'in' ? syncs : [],
    out: side === 'out' ? syncs : [],
  };
}

/** `in64K` needs 64K pages; `full` holds a fence, `empty` none; `tl` is a timeline with points up to 8; `q0` is an exec queue, `b0` for binds. */
export const VIEW: BindView = {
  vm: 'open',
  vmAsync: true,
  vmInError: false,
  vmMode: 'dma-fence',
  gts: 1,
  queueKind: (id) => (id === 'q0' ? 'exec' : id === 'b0' ? 'bind' : undefined),
  vmRange: 2 ** 36,
  boRange: (bo) => (bo === 'data' || bo === 'in64K' ? 16 : undefined),
  is64K: (bo) => bo === 'in64K',
  capture: ({ syncobj, point }) => {
    const filled = syncobj === 'full' || (syncobj === 'tl' && point !== '0x9');
    return filled ? ['f:1'] : null;
  },
  syncobjKind: (id) =>
    id === 'tl' ? 'timeline' : ['full', 'empty'].includes(id) ? 'binary' : undefined,
};

export function viewOf({ vm, vmAsync, vmInError, mode }: Setup): BindView {
  return { ...VIEW, vm, vmAsync, vmInError, vmMode: mode };
}
