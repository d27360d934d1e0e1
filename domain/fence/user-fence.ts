/**
 * A user fence: a 64-bit value that the driver writes to an address of the process when a bind is done, and that the
 * process may wait for. Mirrors xe_sync.c (user_fence_worker) and xe_wait_user_fence.c (do_compare).
 * The write itself is a step of its own (the device-wide ordered queue); this file has the values and comparisons.
 */
import { compareU64, type U64 } from '../units.ts';

export interface UserFence {
  /** where, as the process sees it; 8-byte aligned */
  readonly address: U64;
  /** what is written */
  readonly value: U64;
}

export const COMPARISONS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const;
export type Comparison = (typeof COMPARISONS)[number];

function masked(value: U64, mask: U64): U64 {
  return `0x${(BigInt(value) & BigInt(mask)).toString(16)}`;
}

/** Whether a wait for `op` is over, both sides under the mask. */
export function compares(current: U64, op: Comparison, wanted: U64, mask: U64): boolean {
  const order = compareU64(masked(current, mask), masked(wanted, mask));
  const answers: Record<Comparison, boolean> = {
    eq: order === 0,
    neq: order !== 0,
    gt: order > 0,
    gte: order >= 0,
    lt: order < 0,
    lte: order <= 0,
  };
  return answers[op];
}
