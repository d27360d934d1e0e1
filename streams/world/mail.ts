/**
 * The mail: one first-in-first-out queue for each sender and receiver, and timers. All functions give new values.
 */
import type { ActorId } from '../../machines/contract/messages.ts';
import type { Mail, Queue, Timer } from './world.ts';

export function queueKey(from: ActorId, to: ActorId): string {
  return `${from}>${to}`;
}

/** Position of `key`, or where it would go. */
function indexOf(queues: readonly Queue[], key: string): number {
  let low = 0;
  let high = queues.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((queues[middle] as Queue).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function findQueue(queues: readonly Queue[], key: string): Queue | undefined {
  const queue = queues[indexOf(queues, key)];
  return queue?.key === key ? queue : undefined;
}

/** Mail never overtakes in its queue: it is due no earlier than what lies before it. */
export function post(queues: readonly Queue[], from: ActorId, to: ActorId, mail: Mail): Queue[] {
  const key = queueKey(from, to);
  const index = indexOf(queues, key);
  const next = queues.slice();
  const old = queues[index];
  if (old?.key !== key) {
    next.splice(index, 0, { key, from, to, mail: [mail] });
    return next;
  }
  const before = old.mail.at(-1)?.dueNs ?? 0;
  const dueNs = Math.max(before, mail.dueNs);
  next[index] = { ...old, mail: [...old.mail, { ...mail, dueNs }] };
  return next;
}

/** Without the head of the queue. */
export function takeHead(queues: readonly Queue[], key: string): Queue[] {
  const index = indexOf(queues, key);
  const old = queues[index];
  if (old?.key !== key) throw new RangeError(`no queue ${key}`);
  const next = queues.slice();
  if (old.mail.length === 1) next.splice(index, 1);
  else next[index] = { ...old, mail: old.mail.slice(1) };
  return next;
}

const byDue = (a: Timer, b: Timer): number =>
  a.mail.dueNs - b.mail.dueNs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Arming a timer that is armed moves it. */
export function armTimer(timers: readonly Timer[], timer: Timer): Timer[] {
  return [...cancelTimer(timers, timer.key), timer].sort(byDue);
}

export function cancelTimer(timers: readonly Timer[], key: string): Timer[] {
  return timers.filter((each) => each.key !== key);
}
