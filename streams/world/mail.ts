/**
 * The mail: one first-in-first-out queue for each sender and receiver, and timers. All functions give new values.
 */
import type { ActorId } from '../../machines/contract/messages.ts';
import type { Mail, Queue, Timer } from './world.ts';

/** Keys that were made before: made anew for every message they would be a good part of a step's time. */
const KEYS = new Map<ActorId, Map<ActorId, string>>();

export function queueKey(from: ActorId, to: ActorId): string {
  let keys = KEYS.get(from);
  if (keys === undefined) KEYS.set(from, (keys = new Map()));
  let key = keys.get(to);
  if (key === undefined) keys.set(to, (key = `${from}>${to}`));
  return key;
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

/** Where the queue of this key is; -1 when there is none. */
export function placeOf(queues: readonly Queue[], key: string): number {
  const index = indexOf(queues, key);
  return queues[index]?.key === key ? index : -1;
}

export function findQueue(queues: readonly Queue[], key: string): Queue | undefined {
  return queues[placeOf(queues, key)];
}

/**
 * Mail never overtakes in its queue: it is due no earlier than what lies before it. Puts it into `queues` itself, which
 * nobody else may have seen yet.
 */
export function post(queues: Queue[], from: ActorId, to: ActorId, mail: Mail): void {
  const key = queueKey(from, to);
  const index = indexOf(queues, key);
  const old = queues[index];
  if (old?.key !== key) {
    queues.splice(index, 0, { key, from, to, mail: [mail] });
    return;
  }
  const before = old.mail.at(-1)?.dueNs ?? 0;
  const late = mail.dueNs < before ? { ...mail, dueNs: before } : mail;
  queues[index] = { key, from, to, mail: [...old.mail, late] };
}

/** All queues without the head of the one at `index`. */
export function takeHead(queues: readonly Queue[], index: number): Queue[] {
  const queue = queues[index];
  if (queue === undefined) throw new RangeError(`no queue at ${index}`);
  const { key, from, to, mail } = queue;
  const next = queues.slice();
  if (mail.length === 1) next.splice(index, 1);
  else next[index] = { key, from, to, mail: mail.slice(1) };
  return next;
}

const byDue = (a: Timer, b: Timer): number =>
  a.mail.dueNs - b.mail.dueNs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Arming a timer that is armed moves it. */
export function armTimer(timers: readonly Timer[], timer: Timer): Timer[] {
  return [...cancelTimer(timers, timer.key), timer].sort(byDue);
}

/** Those very timers if none of them has this key. */
export function cancelTimer(timers: readonly Timer[], key: string): readonly Timer[] {
  return timers.some((each) => each.key === key)
    ? timers.filter((each) => each.key !== key)
    : timers;
}
