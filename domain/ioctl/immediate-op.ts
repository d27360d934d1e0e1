/**
 * One op of VM_BIND of the drivers in domain/driver: struct drm_panthor_vm_bind_op, its flags taken apart, and the op
 * in pages once it has passed its checks. The forms of a scenario all end here.
 */
import type { BindOp, Sync } from '../scenario/schema.ts';
import { type Page, parsePages, type U64 } from '../units.ts';
import { repeating, type Repeat, SINGLE_PAGE } from '../va/repeat.ts';

/** DRM_PANTHOR_VM_BIND_OP_TYPE_MASK: the top four bits. */
export const OP_TYPES = ['map', 'unmap', 'sync'] as const;
export type OpType = (typeof OP_TYPES)[number] | 'unknown';
const TYPE_SHIFT = 28n;
/** Flag bits of a MAP. */
export const MAP_FLAGS = { readOnly: 0n, noExec: 1n, uncached: 2n, repeat: 3n } as const;
const KNOWN_FLAGS = Object.values(MAP_FLAGS).reduce((bits: bigint, bit) => bits | (1n << bit), 0n);

export interface RawImmediateOp {
  readonly type: OpType;
  readonly readOnly: boolean;
  readonly repeat: boolean;
  readonly singlePage: boolean;
  readonly null: boolean;
  /** a flag that only a MAP has, or none has */
  readonly hasOtherFlags: boolean;
  readonly bo: string | null;
  readonly offset: U64;
  readonly addr: U64;
  readonly range: U64;
  readonly repeatRange: U64;
  readonly in: readonly Sync[];
  readonly out: readonly Sync[];
}

const NOTHING: RawImmediateOp = {
  type: 'unknown',
  readOnly: false,
  repeat: false,
  singlePage: false,
  null: false,
  hasOtherFlags: false,
  bo: null,
  offset: '0x0',
  addr: '0x0',
  range: '0x0',
  repeatRange: '0x0',
  in: [],
  out: [],
};

function packed(raw: Extract<BindOp, { raw: unknown }>['raw']): RawImmediateOp {
  const bits = BigInt(raw.op);
  const has = (bit: bigint): boolean => ((bits >> bit) & 1n) === 1n;
  const type = OP_TYPES[Number(bits >> TYPE_SHIFT)] ?? 'unknown';
  const flags = bits & ((1n << TYPE_SHIFT) - 1n);
  return {
    ...NOTHING,
    type,
    readOnly: has(MAP_FLAGS.readOnly),
    repeat: has(MAP_FLAGS.repeat),
    hasOtherFlags: type === 'map' ? (flags & ~KNOWN_FLAGS) !== 0n : flags !== 0n,
    bo: raw.bo ?? null,
    offset: raw.offset,
    addr: raw.addr,
    range: raw.range,
    repeatRange: raw.repeat ?? '0x0',
  };
}

/** An op as user space hands it over; a form that these drivers do not have is of unknown type. */
export function rawImmediateOp(op: BindOp): RawImmediateOp {
  if ('map' in op) {
    const { map } = op;
    return {
      type: 'map',
      readOnly: map.readOnly ?? false,
      repeat: map.repeat !== undefined,
      singlePage: map.singlePage ?? false,
      null: map.null ?? false,
      hasOtherFlags: false,
      bo: map.bo ?? null,
      offset: map.offset ?? '0x0',
      addr: map.addr,
      range: map.range,
      repeatRange: map.repeat ?? '0x0',
      in: map.in ?? [],
      out: map.out ?? [],
    };
  }
  if ('unmap' in op) {
    const { addr, range } = op.unmap;
    return {
      ...NOTHING,
      type: 'unmap',
      addr,
      range,
      in: op.unmap.in ?? [],
      out: op.unmap.out ?? [],
    };
  }
  if ('sync' in op) return { ...NOTHING, type: 'sync', in: op.sync.in, out: op.sync.out };
  return 'raw' in op ? packed(op.raw) : NOTHING;
}

/** The ops of a call with their syncs; those of the call itself are of its first and its last op. */
export function withCallSyncs(call: {
  readonly ops: readonly BindOp[];
  readonly in: readonly Sync[];
  readonly out: readonly Sync[];
}): RawImmediateOp[] {
  const raws = call.ops.map((op) => rawImmediateOp(op));
  return raws.map((raw, i) => ({
    ...raw,
    in: i === 0 ? [...call.in, ...raw.in] : raw.in,
    out: i === raws.length - 1 ? [...raw.out, ...call.out] : raw.out,
  }));
}

/** One op that passed its checks, in pages. */
export type ImmediateOp =
  | {
      readonly op: 'map';
      readonly addr: Page;
      readonly range: Page;
      readonly obj: string | null;
      readonly offset: Page;
      readonly repeat: Repeat | null;
      readonly readOnly: boolean;
      readonly null: boolean;
    }
  | { readonly op: 'unmap'; readonly addr: Page; readonly range: Page }
  | { readonly op: 'sync' };

function pages(text: U64): Page {
  const value = parsePages(text);
  if (typeof value === 'string') throw new RangeError(`${text}: ${value}`);
  return value;
}

/** The op in pages; only for one that passed its checks. */
export function immediateOp(raw: RawImmediateOp): ImmediateOp {
  if (raw.type === 'sync') return { op: 'sync' };
  const span = { addr: pages(raw.addr), range: pages(raw.range) };
  if (raw.type === 'unmap') return { op: 'unmap', ...span };
  const { bo: obj, readOnly, null: isNull } = raw;
  const pattern = raw.repeat ? repeating(pages(raw.repeatRange)) : null;
  const repeat = raw.singlePage ? SINGLE_PAGE : pattern;
  return { op: 'map', ...span, obj, offset: pages(raw.offset), repeat, readOnly, null: isNull };
}
