/** Which step of a run made another one possible. That belongs to the way to a state, so it is looked for along it. */
import type { Pending } from '../system.ts';
import { type Channel, channelOf } from './channels.ts';
import type { Gone } from './kept.ts';
import type { Process } from './processes.ts';

/** The last step of a run, and those before it. It keeps no state alive. */
export class Way {
  /** null: it was the first */
  readonly before: Way | null;
  readonly gone: Gone;
  /** steps that were taken, with this one */
  readonly steps: number;

  constructor(before: Way | null, gone: Gone) {
    this.before = before;
    this.gone = gone;
    this.steps = before === null ? 1 : before.steps + 1;
  }
}

/** What was there before the run has no number among its steps. */
const BEFORE = -1;

interface Mailed {
  /** null at the beginning */
  readonly way: Way | null;
  readonly channels: readonly Channel[];
}

/** The step that sent the next message of a queue, or that armed the timer. DPOR asks at every step. */
export function causeOf({ way: last, channels }: Mailed, process: Process): number {
  if (process.queue === null) return armedBy(last, process.name);
  let left = channelOf(channels, process)?.letters.length ?? 0;
  for (let way = last; way !== null; way = way.before) {
    for (const letter of way.gone.sends) if (letter.process === process) left -= 1;
    if (left <= 0) return way.steps - 1;
  }
  return BEFORE;
}

/** What the last step made possible: mail that it sent, and timers that it armed. */
export function sentTo({ channels, way }: Mailed): readonly Pending[] {
  if (way === null) return [];
  const { sends, arms } = way.gone;
  const found: Pending[] = [];
  for (const { process, letters } of channels) {
    let place = letters.length;
    for (const letter of sends) {
      if (letter.process === process) found.push({ process: process.name, place: place-- });
    }
  }
  for (const process of arms) found.push({ process, place: 1 });
  return found;
}

/** The step that sent each message of a queue. */
export function sentBy(at: Way | null, { process, letters }: Channel): readonly number[] {
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

export function armedBy(at: Way | null, timer: string): number {
  for (const [step, { arms }] of backwards(at)) if (arms.includes(timer)) return step;
  return BEFORE;
}

/** The steps of a run, the last one first. */
export function* backwards(at: Way | null): Generator<readonly [step: number, gone: Gone]> {
  for (let way = at; way !== null; way = way.before) yield [way.steps - 1, way.gone];
}
