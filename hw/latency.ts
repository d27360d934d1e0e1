/**
 * How long messages are under way, in virtual nanoseconds; what the work behind them costs is in costs.ts. The figures are assumed, of the right order for a discrete GPU, and
 * settable per scenario; nothing about correctness may rest on them. Each delivery draws its latency from
 * [figure, figure * jitter] by hashing the seed with the place of the send in the log: no generator has state, so a
 * fork of a run needs none.
 */
import type { Latency } from '../domain/scenario/schema.ts';
import type { U64, VtimeNs } from '../domain/units.ts';

export type Kind = Exclude<keyof Latency, 'jitter'>;

/** Assumed: no measurement behind them. */
export const DEFAULT_LATENCY: Readonly<Record<Kind, VtimeNs>> = {
  ioctlNs: 1_000,
  wakeNs: 5_000,
  copyNs: 2_000,
  tlbNs: 4_000,
  accessNs: 500,
};
export const DEFAULT_JITTER = 3;

/** Which figure a message's way takes; the rest are hand-overs between kernel contexts. */
const KINDS: Readonly<Record<string, Kind>> = {
  'vm.create': 'ioctlNs',
  'vm.bind': 'ioctlNs',
  'vm.close': 'ioctlNs',
  'vm.debugfs': 'ioctlNs',
  'vm.continue': 'ioctlNs',
  'vm.exec': 'ioctlNs',
  'vm.madvise': 'ioctlNs',
  'queue.create': 'ioctlNs',
  'queue.destroy': 'ioctlNs',
  'ioctl.done': 'ioctlNs',
  'debugfs.done': 'ioctlNs',
  'client.next': 'ioctlNs',
  'copy.write': 'copyNs',
  'copy.pages': 'copyNs',
  'copy.done': 'copyNs',
  'guc.invalidate': 'tlbNs',
  'guc.ack': 'tlbNs',
  'as.lock': 'tlbNs',
  'as.flush': 'tlbNs',
  'as.flushed': 'tlbNs',
  'as.retry': 'accessNs',
  'gpu.access': 'accessNs',
  'gpu.done': 'accessNs',
  'fault.raise': 'accessNs',
  'fault.answer': 'accessNs',
  // a batch that is done goes on at the GPU's pace, not at that of a wake-up
  'batch.continue': 'accessNs',
};

export function kindOf(type: string): Kind {
  return KINDS[type] ?? 'wakeNs';
}

/** A seed as two 32-bit halves. */
export interface Seed32 {
  readonly high: number;
  readonly low: number;
}

export function seed32(seed: U64): Seed32 {
  const value = BigInt(seed);
  return { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
}

/** A well-mixed 32-bit number from a seed and two small numbers; the finaliser of MurmurHash3 (public domain). */
export function mix32({ high, low }: Seed32, a: number, b: number): number {
  let h = Math.imul(high ^ Math.imul(a, 0x9e37_79b1), 0x85eb_ca6b) ^ low;
  h = Math.imul(h ^ (h >>> 16) ^ Math.imul(b + 1, 0xc2b2_ae35), 0x27d4_eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The latency of the `index`-th send of record `seq`. */
export function latencyOf(
  latency: Latency,
  seed: Seed32,
  type: string,
  seq: number,
  index: number,
): VtimeNs {
  const kind = kindOf(type);
  const base = latency[kind] ?? DEFAULT_LATENCY[kind];
  const spread = base * ((latency.jitter ?? DEFAULT_JITTER) - 1);
  return base + (spread === 0 ? 0 : mix32(seed, seq, index) % (spread + 1));
}
