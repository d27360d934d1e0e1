/** What a GT remembers from one step to the next. What it has cached is a shared object. */
import type { FaultKind } from '../../hw/access.ts';
import type { ActorId, Messages } from '../contract/messages.ts';

export type Access = Messages['gpu.access'];

/** An access that stopped at a page fault and waits for the answer. */
export interface HeldAccess {
  readonly id: number;
  /** who made it, and is told how it ended */
  readonly from: ActorId;
  readonly access: Access;
  readonly fault: FaultKind;
}

export interface GtContext {
  readonly id: ActorId;
  readonly held: readonly HeldAccess[];
  /**
   * numbers of page faults that answers may still come for; the next fault gets the lowest other one, so that a world in
   * which the same access faults again and again comes back to its states
   */
  readonly asked: readonly number[];
  /** the number of the last invalidation request that reached the GuC; 0 before the first */
  readonly seqno: number;
  /** who asked for the reset in progress */
  readonly resetBy: readonly ActorId[];
}

export function newGt(id: ActorId): GtContext {
  return { id, held: [], asked: [], seqno: 0, resetBy: [] };
}
