/**
 * What of a schedule one of its steps rests on: every step that happens before it, by cause or because both touch one object
 * and one of them writes it. The others could be left out or moved behind without a difference to it.
 */
import type { Move } from '../system.ts';
import { isWrite, objectOf } from '../touches.ts';

/** Numbers of `ends`, and of every step that happens before one of them; ascending. One sweep, from the end. */
export function pastOf<S>(moves: readonly Move<S>[], ends: Iterable<number>): number[] {
  const isIn = moves.map(() => false);
  for (const end of ends) isIn[end] = true;
  /** by the steps that are in, of those that were looked at so far */
  const [touched, written] = [new Set<number>(), new Set<number>()];
  const matters = (touch: number): boolean =>
    (isWrite(touch) ? touched : written).has(objectOf(touch));
  for (let i = moves.length - 1; i >= 0; i--) {
    const touches = moves[i]?.touches() ?? [];
    if (isIn[i] !== true && !touches.some(matters)) continue;
    isIn[i] = true;
    const cause = moves[i]?.cause ?? -1;
    if (cause >= 0) isIn[cause] = true;
    for (const touch of touches) {
      touched.add(objectOf(touch));
      if (isWrite(touch)) written.add(objectOf(touch));
    }
  }
  return isIn.flatMap((is, i) => (is ? [i] : []));
}

/** Numbers of the steps that happen before the last one, and its own; ascending. */
export function sliceOf<S>(moves: readonly Move<S>[]): number[] {
  return moves.length === 0 ? [] : pastOf(moves, [moves.length - 1]);
}
