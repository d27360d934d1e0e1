/**
 * The part of a schedule that is enough to show its problem. As a rule that is what the failing step rests on; but a rule
 * may compare things that no step has both touched (a job that runs here, a TLB entry there), and then steps from
 * elsewhere are needed, too. They are found as QuickXplain does (Junker, AAAI 2004): the fewest of the latest others
 * that make it show, by halving; the last of those is needed, with what it rests on; and again. At last whatever goes back
 * to one beginning (a client, as a rule) is left out if the rest shows it alone.
 */
import { follow } from './follow.ts';
import { pastOf } from './slice.ts';
import type { Move, System } from '../system.ts';
import { isWrite, objectOf } from '../touches.ts';

export interface Enough {
  /** numbers of steps, ascending */
  readonly steps: readonly number[];
  /** these steps alone were taken and showed the problem; otherwise the tries ended first, and all steps are kept */
  readonly shows: boolean;
}

export interface EnoughOptions {
  /** whether a problem is the one that is to be shown */
  readonly isIt: (problem: string) => boolean;
  /** the steps that the problem is about */
  readonly ends: Iterable<number>;
  /** the problem is one of the end of the run: what is left is taken in canonical order */
  readonly isAtEnd: boolean;
  /** parts of the schedule that are tried at most */
  readonly maxTries: number;
  readonly isStopped?: () => boolean;
}

/** The latest step that writes each object which the text names: where a problem of the end has its roots. */
export function writersNamedIn<S>(
  text: string,
  moves: readonly Move<S>[],
  nameOf: (object: number) => string,
): number[] {
  const last = new Map<number, number>();
  moves.forEach((move, i) => {
    for (const touch of move.touches()) if (isWrite(touch)) last.set(objectOf(touch), i);
  });
  const words = new Set(text.split(/[^\w/:.-]+/).map((word) => word.replace(/[:.,]+$/, '')));
  const isNamed = (object: number): boolean => words.has(nameOf(object).replace(/^\S+ /, ''));
  const named = [...last].flatMap(([object, step]) => (isNamed(object) ? [step] : []));
  return named.length === 0 ? [moves.length - 1] : [...new Set(named)];
}

/** Yields how many parts it has tried after each. */
export function* enoughToShow<S>(
  system: System<S>,
  moves: readonly Move<S>[],
  { isIt, ends, isAtEnd, maxTries, isStopped = () => false }: EnoughOptions,
): Generator<number, Enough> {
  const all = moves.map((_, i) => i);
  const thenUpTo = isAtEnd ? moves.length + 1000 : 0;
  let tries = 0;
  const isSpent = (): boolean => tries >= maxTries || isStopped();
  function* shows(steps: readonly number[]): Generator<number, boolean> {
    tries += 1;
    const choices = steps.map((i) => moves[i]?.choice ?? '');
    const found = follow(system, choices, { skip: true, thenUpTo });
    yield tries;
    return found.problem !== null && isIt(found.problem);
  }
  const roots = rootsOf(moves);
  let kept = pastOf(moves, ends);
  while (!(yield* shows(kept))) {
    const others = all.filter((i) => !kept.includes(i)).reverse();
    let [low, high] = [1, others.length];
    while (low < high) {
      if (isSpent()) return { steps: all, shows: false };
      const middle = (low + high) >> 1;
      if (yield* shows(pastOf(moves, [...kept, ...others.slice(0, middle)]))) high = middle;
      else low = middle + 1;
    }
    const needed = others[low - 1];
    if (needed === undefined || isStopped()) return { steps: all, shows: false };
    kept = pastOf(moves, [...kept, needed]);
  }
  // whole clients, say, that touch what the failing step touches, too, and are not needed for it
  for (const root of new Set(roots)) {
    const fewer = kept.filter((step) => roots[step] !== root);
    if (fewer.length === kept.length || fewer.length === 0) continue;
    if (!isSpent() && (yield* shows(fewer))) kept = fewer;
  }
  return { steps: kept, shows: true };
}

/** The step that each goes back to, from cause to cause. */
function rootsOf<S>(moves: readonly Move<S>[]): number[] {
  const roots: number[] = [];
  moves.forEach(({ cause }, i) => roots.push(cause < 0 ? i : (roots[cause] ?? i)));
  return roots;
}
