/**
 * What of a scenario may be left out, coarse before fine: the places of its lists and records, then every single member of
 * what is left. Whether the rest is a scenario is for its check to say.
 */
import type { Path } from '../../../domain/scenario/problem.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';

/** Places whose members go by halves, then one by one; `*` is any key. */
export const WHOLES: readonly string[] = [
  'clients',
  'clients.*',
  'clients.*.*.bind.ops',
  'clients.*.*.exec.batch',
  'clients.*.*.*.in',
  'clients.*.*.*.out',
  'clients.*.*.bind.ops.*.*.in',
  'clients.*.*.bind.ops.*.*.out',
  'clients.*.*.expect.mappings',
  'clients.*.*.expect.entries',
  'queues',
  'userptrs',
  'vms',
  'bos',
  'syncobjs',
  'device.quirks',
];

/** What explored worlds all have, and what a scenario is. */
const KEPT: ReadonlySet<string> = new Set(['fencelab', 'name', 'latency', 'clients', 'vms']);

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The places that a pattern names, in order. */
export function placesOf(tree: unknown, pattern: readonly string[], before: Path = []): Path[] {
  const [part, ...rest] = pattern;
  if (part === undefined) return [before];
  if (!isTree(tree)) return [];
  const keys = part === '*' ? Object.keys(tree) : part in tree ? [part] : [];
  return keys.flatMap((key) => {
    const step = isList(tree) ? Number(key) : key;
    return placesOf(tree[key], rest, [...before, step]);
  });
}

/** Every single member of a record, outer before inner. */
export function membersOf(scenario: Scenario): Path[] {
  const found: Path[] = [];
  let layer: (readonly [Path, unknown])[] = Object.entries(scenario)
    .filter(([key]) => key !== 'latency')
    .map(([key, value]) => [[key], value]);
  while (layer.length > 0) {
    const next: (readonly [Path, unknown])[] = [];
    for (const [path, value] of layer) {
      const key = path[path.length - 1];
      const isKept = path.length === 1 && KEPT.has(String(key));
      if (typeof key === 'string' && !isKept) found.push(path);
      if (!isTree(value)) continue;
      for (const [name, member] of Object.entries(value)) {
        next.push([[...path, isList(value) ? Number(name) : name], member]);
      }
    }
    layer = next;
  }
  return found;
}
