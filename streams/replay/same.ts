/**
 * Are two values the same, whatever they are built of? Persistent maps are compared by content, everything else member by
 * member. The answer is the path of the first difference, or null.
 */
import { GemLists } from '../../domain/va/gem-lists.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';

export function firstDifference(a: unknown, b: unknown, path = ''): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return path;
  if (a instanceof OrderedMap && b instanceof OrderedMap) {
    const same = a.equals(b, (x: unknown, y: unknown) => firstDifference(x, y) === null);
    return same ? null : path;
  }
  if (a instanceof GemLists && b instanceof GemLists) return a.equals(b) ? null : path;
  if (a instanceof Map || a instanceof Set) throw new TypeError(`${path}: not plain data`);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return path;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return `${path}.${key}`;
    const [x, y] = [a[key as never] as unknown, b[key as never] as unknown];
    const found = firstDifference(x, y, `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
