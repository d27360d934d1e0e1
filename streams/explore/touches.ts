/**
 * What steps touch, as numbers: an object, and whether it is written. Two steps are dependent if they touch one object
 * and one of them writes it; the actor that runs is such an object, written by every step of it.
 */
import type { Touches } from './system.ts';

export const objectOf = (touch: number): number => touch >>> 1;
export const isWrite = (touch: number): boolean => (touch & 1) === 1;
export const reading = (object: number): number => object << 1;
export const writing = (object: number): number => (object << 1) | 1;

/** Whether two touches matter to each other. */
export const clash = (a: number, b: number): boolean => a >>> 1 === b >>> 1 && ((a | b) & 1) === 1;

/** Whether two steps may depend on each other. Symmetric. */
export function dependent(a: Touches, b: Touches): boolean {
  for (const x of a) {
    for (const y of b) if (clash(x, y)) return true;
  }
  return false;
}

/** Adds a touch to a list that has one for each object: whoever reads and writes, writes. */
export function addTouch(touches: number[], touch: number): void {
  for (let i = 0; i < touches.length; i++) {
    const known = touches[i] as number;
    if (known >>> 1 !== touch >>> 1) continue;
    touches[i] = known | touch;
    return;
  }
  touches.push(touch);
}

/** Numbers for objects, given out as they are first met. */
export class Objects {
  readonly #kinds = new Map<string, Map<string, number>>();
  readonly #names: string[] = [];

  of(kind: string, id: string): number {
    let ids = this.#kinds.get(kind);
    if (ids === undefined) this.#kinds.set(kind, (ids = new Map()));
    const known = ids.get(id);
    if (known !== undefined) return known;
    const number = this.#names.length;
    ids.set(id, number);
    this.#names.push(`${kind} ${id}`);
    return number;
  }

  nameOf(object: number): string {
    return this.#names[object] ?? '';
  }
}
