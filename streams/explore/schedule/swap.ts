/**
 * The one swap that repairs a schedule: two of its steps the other way round, the rest in its order as far as it can, and
 * the run comes to its end without a problem. The later one is delivered first, or where it is not there yet the earlier
 * one is put off until it is. Only steps that touch one object are tried (the others commute), the nearest first, the
 * latest of those first: the cause closest to its effect.
 */
import { processOf } from '../../world/choice.ts';
import { goOn, inOrderOf } from './policy.ts';
import type { Move, System } from '../system.ts';
import { clash, objectOf } from '../touches.ts';

export interface Swap {
  /** the numbers of the two steps in the schedule; now `later` is taken before `earlier` */
  readonly earlier: number;
  readonly later: number;
  /** `first`: the later one comes in place of the earlier one; `after`: the earlier one right after the later one */
  readonly how: 'first' | 'after';
  /** objects that both touch and one of them writes, by number */
  readonly over: readonly number[];
  /** what then happens, to its end */
  readonly choices: readonly string[];
}

export interface SwapOptions {
  /** steps that the tries take at most, all together, but for the last of them */
  readonly maxSteps: number;
  readonly isStopped?: () => boolean;
  /** asked of a run in which the system finds no problem; any will do unless given */
  readonly passes?: (choices: readonly string[]) => boolean;
}

export interface SwapSearch {
  readonly swap: Swap | null;
  readonly tries: number;
  /** the steps were spent before every pair was tried */
  readonly isSpent: boolean;
}

/** What both touch and one of them writes. */
function contested<S>(a: Move<S>, b: Move<S>): number[] {
  const found = new Set<number>();
  for (const x of a.touches()) {
    for (const y of b.touches()) if (clash(x, y)) found.add(objectOf(x));
  }
  return [...found];
}

type Pair = Pick<Swap, 'earlier' | 'later' | 'over'>;

/** Pairs that race: dependent, of two processes, and neither made the other possible. */
function* races<S>(moves: readonly Move<S>[]): Generator<Pair> {
  const processes = moves.map(({ choice }) => processOf(choice));
  for (let distance = 1; distance < moves.length; distance++) {
    for (let later = moves.length - 1; later >= distance; later--) {
      const earlier = later - distance;
      const [a, b] = [moves[earlier], moves[later]];
      if (a === undefined || b === undefined) continue;
      if (b.cause === earlier || processes[earlier] === processes[later]) continue;
      const over = contested(a, b);
      if (over.length > 0) yield { earlier, later, over };
    }
  }
}

/** The schedule with one of the two moved to the other; a step that is put off holds up those of its process. */
export function swapped(
  choices: readonly string[],
  { earlier, later, how }: Pick<Swap, 'earlier' | 'later' | 'how'>,
): string[] {
  const [before, between, after] = [
    choices.slice(0, earlier),
    choices.slice(earlier, later + 1),
    choices.slice(later + 1),
  ];
  if (how === 'first') between.unshift(...between.splice(-1));
  const process = processOf(choices[earlier] ?? '');
  const isHeldUp = (choice: string): boolean => how === 'after' && processOf(choice) === process;
  return [
    ...before,
    ...between.filter((choice) => !isHeldUp(choice)),
    ...between.filter(isHeldUp),
    ...after,
  ];
}

/** Where the n-th step of a process is; -1 when it was not taken. */
function placeOfNth(choices: readonly string[], process: string, nth: number): number {
  let count = 0;
  return choices.findIndex((choice) => processOf(choice) === process && count++ === nth);
}

/** A swap after which `moves`, a schedule that shows a problem, passes. Yields how many it has tried after each. */
export function* repairingSwap<S>(
  system: System<S>,
  moves: readonly Move<S>[],
  { maxSteps, isStopped = () => false, passes = () => true }: SwapOptions,
): Generator<number, SwapSearch> {
  const choices = moves.map(({ choice }) => choice);
  const processes = choices.map(processOf);
  const nths = processes.map((p, i) => processes.slice(0, i).filter((each) => each === p).length);
  const most = 4 * choices.length + 1000;
  let [tries, steps] = [0, 0];
  const isFlipped = (after: readonly string[], { earlier, later }: Pair): boolean => {
    const [a, b] = [earlier, later].map((step) =>
      placeOfNth(after, processes[step] ?? '', nths[step] ?? 0),
    ) as [number, number];
    return b >= 0 && (a < 0 || b < a);
  };
  for (const pair of races(moves)) {
    for (const how of ['first', 'after'] as const) {
      const { earlier, later } = pair;
      const state = moves[earlier - 1]?.state ?? system.initial;
      // not there yet: that would be no other order
      if (how === 'first' && !system.ready(state).includes(processes[later] ?? '')) continue;
      if (how === 'first' && (nths[later] ?? 0) !== countIn(processes, earlier, later)) continue;
      if (how === 'after' && later === earlier + 1) continue;
      if (steps >= maxSteps || isStopped()) return { swap: null, tries, isSpent: true };
      yield ++tries;
      const before = choices.slice(0, earlier);
      const policy = inOrderOf(swapped(choices, { earlier, later, how }));
      const ran = goOn(system, state, policy, { before, most, stops: true });
      steps += ran.moves.length;
      if (!ran.isOver || ran.problem !== null) continue;
      const after = [...before, ...ran.moves.map(({ choice }) => choice)];
      if (!isFlipped(after, pair) || !passes(after)) continue;
      return { swap: { ...pair, how, choices: after }, tries, isSpent: false };
    }
  }
  return { swap: null, tries, isSpent: false };
}

/** How many steps of `later`'s process come before `earlier`. */
function countIn(processes: readonly string[], earlier: number, later: number): number {
  return processes.slice(0, earlier).filter((each) => each === processes[later]).length;
}
