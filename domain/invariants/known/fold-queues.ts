/** How facts about queues, reservation objects, locks and sleepers are folded. */
import { without } from '../../without.ts';
import * as queues from './queues.ts';
import { type Folds, inQueues, woken } from './state.ts';

export const QUEUE_FOLDS: Folds = {
  'queue.created': (known, fact) => inQueues(known, queues.madeQueue(known.queues, fact)),
  'queue.destroyed': (known, { queue }) =>
    inQueues(known, { ...known.queues, queues: without(known.queues.queues, queue) }),
  'queue.banned': (known, { queue }) =>
    inQueues(known, queues.withQueue(known.queues, queue, { isBanned: true })),
  'queue.suspended': (known, { queue }) =>
    inQueues(known, queues.withQueue(known.queues, queue, { isSuspended: true })),
  'queue.resumed': (known, { queue }) =>
    inQueues(known, queues.withQueue(known.queues, queue, { isSuspended: false })),
  'resv.added': (known, fact) =>
    inQueues(known, queues.addedToResv(known.queues, fact, known.fences)),
  'lock.taken': (known, { lock, by }) =>
    inQueues(known, { ...known.queues, locks: { ...known.queues.locks, [lock]: by } }),
  'lock.released': (known, { lock }) => {
    const locks = without(known.queues.locks, lock);
    return woken(`lock:${lock}`)(inQueues(known, { ...known.queues, locks }));
  },
  'ufence.written': (known, { at }) => woken(`ufence:${at}`)(known),
  'wait.began': (known, fact) => inQueues(known, queues.fellAsleep(known.queues, fact)),
  'wait.ended': (known, { on, by }) => inQueues(known, queues.woke(known.queues, on, by)),
};
