/** Records of a run with one fact changed, dropped or doubled: what a broken machine would have written. */
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { wholeRun } from './runs.ts';
import { type NamedScenario, SCENARIOS } from './scenarios.ts';

export type Records = readonly StepRecord[];

export function recordsOf(name: string): Records {
  const { scenario } = SCENARIOS.find((each) => each.name === name) as NamedScenario;
  return wholeRun({ scenario, chooser: 'time', seed: '0x1' }).records;
}

/**
 * The records with one fact of that type replaced: the `nth` that `change` does not leave alone.
 * @throws RangeError when there is none
 */
export function edit<K extends FactType>(
  name: string,
  type: K,
  change: (fact: FactOf<K>) => Fact | readonly Fact[],
  nth = 0,
): Records {
  let seen = 0;
  const edited = (fact: Fact): readonly Fact[] => {
    if (fact.type !== type) return [fact];
    const changed = change(fact as unknown as FactOf<K>);
    if (changed === fact || seen++ !== nth) return [fact];
    return Array.isArray(changed) ? (changed as readonly Fact[]) : [changed as Fact];
  };
  const records = recordsOf(name).map((record) => ({
    ...record,
    facts: record.facts.flatMap(edited),
  }));
  if (seen <= nth) throw new RangeError(`nothing to change in ${name}`);
  return records;
}

export const drop = (name: string, type: FactType, nth = 0): Records =>
  edit(name, type, () => [], nth);

/** Without the `nth` signal of a fence whose key begins so. */
export const dropSignal = (name: string, prefix: string, nth = 0): Records =>
  edit(name, 'fence.signaled', (fact) => (fact.fence.startsWith(prefix) ? [] : fact), nth);

export const double = (name: string, type: FactType): Records =>
  edit(name, type, (fact: unknown) => [fact as Fact, fact as Fact]);
