/** Which step of a run made another one possible. That belongs to the way to a state, so it is looked for along it. */
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

/** The step that sent the next message of a queue, or that armed the timer. */
export function causeOf(at: Way & { channels: readonly Channel[] }, process: Process): number {
  if (process.queue === null) return armedBy(at, process.name);
  const channel = channelOf(at.channels, process);
  return (channel && sentBy(at, channel)[0]) ?? BEFORE;
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
