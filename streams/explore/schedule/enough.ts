/**
 * The part of a schedule that is enough to show its problem. As a rule that is what the failing step rests on; but a rule
 * may compare things that no step has both touched (a job that runs here, a TLB entry there), and then steps from
 * elsewhere are needed, too. They are found as QuickXplain does (Junker, AAAI 2004): the fewest of the latest others
 * that make it show, by halving; the last of those is needed, with what it rests on; and again. At last whatever goes back
 * to one beginning (a client, as a rule) is left out if the rest shows it alone.
 */
import { follow, kindOf } from './follow.ts';
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
  readonly problem: string;
  /** the steps that the problem is about */
  readonly ends: Iterable<number>;
  /** the problem is one of the end of the run: what is left is taken in canonical order */
  readonly isAtEnd: boolean;
  /** parts of the schedule that are tried at most */
  readonly maxTries: number;
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

export function enoughToShow<S>(
  system: System<S>,
  moves: readonly Move<S>[],
  { problem, ends, isAtEnd, maxTries }: EnoughOptions,
): Enough {
  const all = moves.map((_, i) => i);
  const thenUpTo = isAtEnd ? moves.length + 1000 : 0;
  let tries = 0;
  const shows = (steps: readonly number[]): boolean => {
    tries += 1;
    const choices = steps.map((i) => moves[i]?.choice ?? '');
    const found = follow(system, choices, { skip: true, thenUpTo });
    return found.problem !== null && kindOf(found.problem) === kindOf(problem);
  };
  /** Whole clients, say, that touch what the failing step touches, too, and are not needed for it. */
  const withoutIdle = (steps: readonly number[]): readonly number[] => {
    let left = steps;
    for (const root of new Set(roots)) {
      const fewer = left.filter((step) => roots[step] !== root);
      if (fewer.length === left.length || fewer.length === 0) continue;
      if (tries < maxTries && shows(fewer)) left = fewer;
    }
    return left;
  };
  const roots = rootsOf(moves);
  let kept = pastOf(moves, ends);
  while (!shows(kept)) {
    const others = all.filter((i) => !kept.includes(i)).reverse();
    let [low, high] = [1, others.length];
    while (low < high) {
      if (tries >= maxTries) return { steps: all, shows: false };
      const middle = (low + high) >> 1;
      if (shows(pastOf(moves, [...kept, ...others.slice(0, middle)]))) high = middle;
      else low = middle + 1;
    }
    const needed = others[low - 1];
    if (needed === undefined) return { steps: all, shows: false };
    kept = pastOf(moves, [...kept, needed]);
  }
  return { steps: withoutIdle(kept), shows: true };
}

/** The step that each goes back to, from cause to cause. */
function rootsOf<S>(moves: readonly Move<S>[]): number[] {
  const roots: number[] = [];
  moves.forEach(({ cause }, i) => roots.push(cause < 0 ? i : (roots[cause] ?? i)));
  return roots;
}
