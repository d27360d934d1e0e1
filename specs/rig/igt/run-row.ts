/** Runs a row of a table under a schedule and says everything that is not as it must be. */
import type { Fact } from '../../../domain/facts/schema.ts';
import { parseScenario } from '../../../domain/scenario/parse.ts';
import { pathText } from '../../../domain/scenario/problem.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import type { Decider } from '../../../streams/world/decide.ts';
import { deciderOf } from '../../../streams/world/run.ts';
import { breaches } from '../invariants.ts';
import { quiescentFaults } from '../quiescent.ts';
import { wholeRun, type WholeRun } from '../runs.ts';
import type { Schedule } from '../scenarios.ts';
import { factOp, factVa, type MappingFact } from './op-text.ts';
import type { BindExpectation, IgtRow } from './row.ts';

const VM = 'vm0';

/** The scenario of a row, checked. @throws Error with every problem */
export function scenarioOfRow({ name, draft }: IgtRow): Scenario {
  const parsed = parseScenario(draft().written);
  if (parsed.ok) return parsed.scenario;
  const problems = parsed.problems.map(({ what, path }) => `${pathText(path)}: ${what}`);
  throw new Error(`${name}: ${problems.join('; ')}`);
}

/** Op lists and mappings of vm0 after each op of its calls, from the facts alone. */
interface Observed {
  readonly ops: Extract<Fact, { type: 'ops.created' }>['ops'];
  readonly mappings: readonly MappingFact[];
}

function observedLists(facts: readonly Fact[]): Observed[] {
  const space = new Map<number, MappingFact>();
  const lists: { ops: Observed['ops']; mappings: readonly MappingFact[] }[] = [];
  for (const fact of facts) {
    if (!('vm' in fact) || fact.vm !== VM) continue;
    if (fact.type === 'vm.closing') break;
    if (fact.type === 'ops.created') lists.push({ ops: fact.ops, mappings: [] });
    if (fact.type === 'va.mapped') space.set(fact.addr, fact);
    if (fact.type === 'va.unmapped') space.delete(fact.addr);
    const last = lists.at(-1);
    const changed = fact.type === 'va.mapped' || fact.type === 'va.unmapped';
    if (changed && last !== undefined) {
      last.mappings = [...space.values()].sort((a, b) => a.addr - b.addr);
    }
  }
  return lists;
}

function notAsExpected(seen: readonly Observed[], expected: BindExpectation): string[] {
  const { list, ops, mappings } = expected;
  const found = seen.at(list);
  if (found === undefined) return [`there is no op list ${list}`];
  const differs = (what: string, wanted: readonly string[], got: readonly string[]): string[] =>
    wanted.join('; ') === got.join('; ')
      ? []
      : [`${what} of list ${list}: wanted ${wanted.join('; ')}, got ${got.join('; ')}`];
  const gotOps = found.ops.map((op) => factOp(op, expected));
  const gotMappings = found.mappings.map((mapping) => factVa(mapping, expected));
  return [
    ...(ops === undefined ? [] : differs('ops', ops, gotOps)),
    ...(mappings === undefined ? [] : differs('mappings', mappings, gotMappings)),
  ];
}

/** Page tables that were made and never given back. */
function tablesLeft(facts: readonly Fact[]): string[] {
  const left = new Set<string>();
  for (const fact of facts) {
    if (fact.type === 'table.allocated') left.add(`${fact.gt} ${fact.table}`);
    if (fact.type === 'table.freed') left.delete(`${fact.gt} ${fact.table}`);
  }
  return left.size === 0 ? [] : [`${left.size} page tables are left`];
}

/** Everything wrong with a run of a row. */
export function faultsOf({ expected }: IgtRow, { records, end }: WholeRun): string[] {
  const facts = records.flatMap((record) => record.facts);
  const seen = observedLists(facts);
  return [
    ...(end.verdict === 'ok' ? [] : [end.verdict, ...end.reasons]),
    ...breaches(records),
    ...expected.flatMap((each) => notAsExpected(seen, each)),
    ...quiescentFaults(end.world),
    ...tablesLeft(facts),
  ];
}

/** Whoever decides as in any run, except that one chance of a name fails. */
function failing({ chance, nth }: NonNullable<IgtRow['fails']>, others: Decider): Decider {
  let count = 0;
  return {
    answer: (decision) => {
      if (decision.name !== chance) return others.answer(decision);
      count += 1;
      return count === nth ? 1 : 0;
    },
  };
}

const deciderOfRow = ({ fails }: IgtRow, schedule: Schedule): { decider?: Decider } =>
  fails === undefined ? {} : { decider: failing(fails, deciderOf(schedule)) };

/** Runs a row, or what is made of it, under the schedules, to the first one that goes wrong: what is wrong, and how many records were made. */
export function runRow(
  row: IgtRow,
  schedules: readonly Schedule[],
  change: (scenario: Scenario) => Scenario = (same) => same,
): { readonly faults: readonly string[]; readonly records: number } {
  const scenario = change(scenarioOfRow(row));
  let records = 0;
  for (const schedule of schedules) {
    const run = wholeRun({ scenario, ...schedule, ...deciderOfRow(row, schedule) });
    records += run.records.length;
    const faults = faultsOf(row, run);
    if (faults.length > 0) return { faults: [JSON.stringify(schedule), ...faults], records };
  }
  return { faults: [], records };
}
