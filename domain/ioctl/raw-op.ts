/**
 * One op of VM_BIND as the kernel gets it: struct drm_xe_vm_bind_op of March 2023, its `op` member taken apart. The
 * forms that a scenario may use for it all end here, so that the checks know one form only.
 */
import type { BindOp } from '../scenario/schema.ts';
import type { U64 } from '../units.ts';

/** Op numbers: the low 16 bits of `op`. */
export const BIND_OPS = {
  map: 0,
  unmap: 1,
  mapUserptr: 2,
  restart: 3,
  unmapAll: 4,
  prefetch: 5,
} as const;
/** Flag bits of `op`. */
export const BIND_FLAGS = {
  readOnly: 16,
  async: 17,
  immediate: 18,
  null: 19,
  injectError: 31,
} as const;

/** struct drm_xe_vm_bind_op, its `op` member taken apart. */
export interface RawOp {
  /** the op number; one above 5 is unknown */
  readonly op: number;
  readonly readOnly: boolean;
  readonly async: boolean;
  readonly immediate: boolean;
  readonly null: boolean;
  readonly injectError: boolean;
  /** it has flag bits that the driver does not know */
  readonly hasUnknownFlags: boolean;
  /** the handle, null for 0 */
  readonly bo: string | null;
  /** obj_offset; for MAP_USERPTR the address in the process */
  readonly offset: U64;
  readonly addr: U64;
  readonly range: U64;
  readonly region: number;
  readonly gtMask: number;
}

/** Stands for an op of another driver. */
const UNKNOWN_OP = 0xffff;

const KNOWN_FLAGS = Object.values(BIND_FLAGS).reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);

interface Options {
  readonly immediate?: boolean | undefined;
  readonly gtMask?: number | undefined;
  readonly injectError?: boolean | undefined;
  readonly async?: boolean | undefined;
}

interface Place {
  readonly addr?: U64;
  readonly range?: U64;
  readonly bo?: string | undefined;
  readonly offset?: U64 | undefined;
  readonly region?: number;
  readonly readOnly?: boolean | undefined;
  readonly null?: boolean | undefined;
}

/** Every member in one literal: this is on the way of every bind, and spreading pieces of it cost more than all checks. */
function friendly(op: number, place: Place, options: Options, isAsync: boolean): RawOp {
  return {
    op,
    readOnly: place.readOnly ?? false,
    async: options.async ?? isAsync,
    immediate: options.immediate ?? false,
    null: place.null ?? false,
    injectError: options.injectError ?? false,
    hasUnknownFlags: false,
    bo: place.bo ?? null,
    offset: place.offset ?? '0x0',
    addr: place.addr ?? '0x0',
    range: place.range ?? '0x0',
    region: place.region ?? 0,
    gtMask: options.gtMask ?? 0,
  };
}

function packed(raw: Extract<BindOp, { raw: unknown }>['raw']): RawOp {
  const bits = BigInt(raw.op);
  const has = (bit: number): boolean => ((bits >> BigInt(bit)) & 1n) === 1n;
  return {
    op: Number(bits & 0xffffn),
    readOnly: has(BIND_FLAGS.readOnly),
    async: has(BIND_FLAGS.async),
    immediate: has(BIND_FLAGS.immediate),
    null: has(BIND_FLAGS.null),
    injectError: has(BIND_FLAGS.injectError),
    hasUnknownFlags: (bits & ~0xffffn & ~KNOWN_FLAGS) !== 0n,
    bo: raw.bo ?? null,
    offset: raw.offset,
    addr: raw.addr,
    range: raw.range,
    region: Number(BigInt(raw.region)),
    gtMask: Number(BigInt(raw.gtMask)),
  };
}

/** An op as user space hands it over. @param isAsync the call's ASYNC flag, which an op may contradict */
export function rawOp(op: BindOp, isAsync: boolean): RawOp {
  if ('map' in op) return friendly(BIND_OPS.map, op.map, op.map, isAsync);
  if ('mapUserptr' in op) {
    const { addr, range, ptr: offset, readOnly } = op.mapUserptr;
    const place = { addr, range, offset, readOnly };
    return friendly(BIND_OPS.mapUserptr, place, op.mapUserptr, isAsync);
  }
  if ('unmap' in op) {
    const { addr, range } = op.unmap;
    return friendly(BIND_OPS.unmap, { addr, range }, op.unmap, isAsync);
  }
  if ('unmapAll' in op) {
    return friendly(BIND_OPS.unmapAll, { bo: op.unmapAll.bo }, op.unmapAll, isAsync);
  }
  if ('prefetch' in op) {
    const { addr, range, region } = op.prefetch;
    return friendly(BIND_OPS.prefetch, { addr, range, region }, op.prefetch, isAsync);
  }
  if ('restart' in op) return friendly(BIND_OPS.restart, {}, {}, isAsync);
  if ('sync' in op) return friendly(UNKNOWN_OP, {}, {}, isAsync);
  return packed(op.raw);
}
