/** What lies in the queues of a world: channels that hold something, in canonical order. */
import type { Message } from '../../../machines/contract/messages.ts';
import type { Sum } from '../state-key.ts';
import type { Process } from './processes.ts';

/** A queue that holds something. */
export class Channel {
  readonly process: Process;
  readonly first: Letter;
  /** in the order in which they are delivered */
  readonly letters: readonly Letter[];
  /** what it adds to the sum of a state; null until somebody has asked */
  adds: Sum | null = null;

  constructor(first: Letter, letters: readonly Letter[]) {
    this.process = first.process;
    this.first = first;
    this.letters = letters;
  }

  /** Without the first one, where there are others. */
  get rest(): Channel {
    const { letters } = this;
    const second = letters[1] as Letter;
    return letters.length === 2 ? second.alone : new Channel(second, letters.slice(1));
  }
}

/** A message of one queue; equal ones are one object. */
export class Letter {
  readonly process: Process;
  readonly message: Message;
  /** a number for its type */
  readonly type: number;
  /** the queue that holds nothing else: most hold one */
  readonly alone: Channel;

  constructor(process: Process, message: Message, type: number) {
    this.process = process;
    this.message = message;
    this.type = type;
    this.alone = new Channel(this, [this]);
  }
}

export function channelOf(channels: readonly Channel[], process: Process): Channel | undefined {
  for (const channel of channels) if (channel.process === process) return channel;
  return undefined;
}

/**
 * Without the first message of a queue. A copy that is shifted, and not one that grows: it is half of a known step, and
 * has room for what is sent then.
 */
export function withoutFirst(channels: readonly Channel[], process: Process): Channel[] {
  const left = channels.slice();
  const { length } = left;
  let at = 0;
  while (at < length && (left[at] as Channel).process !== process) at += 1;
  if (at === length) return left;
  const channel = left[at] as Channel;
  if (channel.letters.length > 1) {
    left[at] = channel.rest;
    return left;
  }
  for (; at < length - 1; at++) left[at] = left[at + 1] as Channel;
  left.pop();
  return left;
}

/** Puts a message behind what lies in its queue. */
export function post(channels: Channel[], letter: Letter): void {
  const { process, alone } = letter;
  let place = channels.length;
  while (place > 0 && (channels[place - 1] as Channel).process.order >= process.order) place -= 1;
  const channel = channels[place];
  if (channel?.process === process) {
    channels[place] = new Channel(channel.first, [...channel.letters, letter]);
    return;
  }
  channels.push(alone);
  for (let i = channels.length - 1; i > place; i--) channels[i] = channels[i - 1] as Channel;
  channels[place] = alone;
}

export function areSame(one: readonly Channel[], other: readonly Channel[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ process, letters }, i) => {
      const { process: also, letters: others } = other[i] as Channel;
      const { length } = letters;
      return (
        process === also && length === others.length && letters.every((l, j) => l === others[j])
      );
    })
  );
}
