/**
 * Timers that give something up because it takes far too long: a quarter of a second for a TLB invalidation, seconds for
 * a job. Such a timer respects the clock under every scheduler: it does not fire while something that is due before it
 * can still happen. Any other timer may be first in any race.
 */
import type { MessageType } from './messages.ts';

export const WATCHDOGS: ReadonlySet<MessageType> = new Set(['tlb.timeout', 'queue.timeout']);
