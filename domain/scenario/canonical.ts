/**
 * The canonical text of a scenario: one line of JSON with sorted keys and no absent members. Two scenarios mean the
 * same exactly when these texts are equal; the log header holds it and names it by its sha256. `$schema` is for
 * editors and left out.
 */
import type { Scenario } from './schema.ts';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

/** Stable JSON text: independent of the order in which keys were written and of the file format. */
export function canonicalScenario(scenario: Scenario): string {
  return JSON.stringify(canonicalOrder(scenario));
}

/** The same scenario with its keys in canonical order: what runs, so that a log's copy runs in the same order. */
export function canonicalOrder(scenario: Scenario): Scenario {
  return sorted({ ...scenario, $schema: undefined }) as Scenario;
}
