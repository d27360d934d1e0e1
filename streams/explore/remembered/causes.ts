/** Which step of a run made another one possible. That belongs to the way to a state, so it is looked for along it. */
import type { Pending } from '../system.ts';
import { type Channel, channelOf } from './channels.ts';
import type { Outcome } from './kept.ts';
import type { Process } from './processes.ts';

/** How a run came to a state: both null at its beginning. */
export interface Way {
  readonly before: Way | null;
  readonly outcome: Outcome | null;
  /** steps that were taken */
  readonly depth: number;
}

/** What was there before the run has no number among its steps. */
const BEFORE = -1;

type Mailed = Way & { readonly channels: readonly Channel[] };

/** The step that sent the next message of a queue, or that armed the timer. DPOR asks at every step. */
export function causeOf(at: Mailed, process: Process): number {
  if (process.queue === null) return armedBy(at, process.name);
  let left = channelOf(at.channels, process)?.letters.length ?? 0;
  for (let way: Way = at; way.before !== null && way.outcome !== null; way = way.before) {
    for (const letter of way.outcome.sends) if (letter.process === process) left -= 1;
    if (left <= 0) return way.depth - 1;
  }
  return BEFORE;
}

/** What the last step made possible: mail that it sent, and timers that it armed. */
export function sentTo({ channels, outcome }: Mailed): readonly Pending[] {
  if (outcome === null) return [];
  const found: Pending[] = [];
  for (const { process, letters } of channels) {
    let place = letters.length;
    for (const letter of outcome.sends) {
      if (letter.process === process) found.push({ process: process.name, place: place-- });
    }
  }
  for (const process of outcome.arms) found.push({ process, place: 1 });
  return found;
}

/** The step that sent each message of a queue. */
export function sentBy(at: Way, { process, letters }: Channel): readonly number[] {
  const steps = letters.map(() => BEFORE);
  let left = letters.length;
  for (const [step, { sends }] of backwards(at)) {
    for (const letter of sends) {
      if (letter.process === process && left > 0) steps[(left -= 1)] = step;
    }
    if (left === 0) break;
  }
  return steps;
}

export function armedBy(at: Way, timer: string): number {
  for (const [step, { arms }] of backwards(at)) if (arms.includes(timer)) return step;
  return BEFORE;
}

/** The steps of a run, the last one first. */
export function* backwards(at: Way): Generator<readonly [step: number, outcome: Outcome]> {
  for (let way = at; way.before !== null && way.outcome !== null; way = way.before) {
    yield [way.depth - 1, way.outcome];
  }
}
