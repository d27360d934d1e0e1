/** What the driver knows of one GT's TLB invalidations. */
import type { ActorId, Flush } from '../contract/messages.ts';

/** Request numbers run 1 .. MAX_SEQNO; 0 is never sent. */
export const MAX_SEQNO = 0xfffff;

/** A request from its arrival until its fence has signalled and its tables are freed. */
export interface Request {
  readonly vm: ActorId;
  readonly flush: Flush;
  /** of one that could not be sent: the number that the next one got instead */
  readonly seqno: number;
  /** false: a GT reset was asked for in its place */
  readonly sent: boolean;
  /** how it ended, 0 or a negative errno; null while it is under way */
  readonly end: number | null;
  /** the GT has forgotten what it names */
  readonly flushed: boolean;
  readonly signaled: boolean;
}

export interface TlbContext {
  readonly id: ActorId;
  readonly gt: ActorId;
  /** the last number given out */
  readonly seqno: number;
  /** in the order in which they came */
  readonly pending: readonly Request[];
}

export function newTlb(id: ActorId, gt: ActorId): TlbContext {
  return { id, gt, seqno: 0, pending: [] };
}

/** Whether `seqno` is `recv` or came before it, across the wrap. */
export function seqnoPast(seqno: number, recv: number): boolean {
  const ahead = seqno - recv;
  if (ahead < -((MAX_SEQNO + 1) / 2)) return false;
  if (ahead > (MAX_SEQNO + 1) / 2) return true;
  return recv >= seqno;
}

/** The number after it. */
export function nextSeqnoOf(seqno: number): number {
  return seqno === MAX_SEQNO ? 1 : seqno + 1;
}

/** The timer of a request. */
export const timeoutOf = (seqno: number): string => `timeout:${seqno}`;
