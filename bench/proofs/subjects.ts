/** What is searched: every scenario file with its quirks off, and every quirk as something to find, twins. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadScenario } from '../../cli/scenario-file.ts';
import { type QuirkRow, QUIRKS } from '../../domain/quirks/quirks.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import { aimAt, withQuirk } from '../detection/aim.ts';
import type { Part } from './data.ts';
import { interchangeableIn } from './swaps.ts';
import { QUIRKY_TWINS, TWINS } from './twins.ts';

/** The folder of the package, for what is run from dist/bench/proofs. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Subject {
  readonly part: Part;
  readonly id: string;
  readonly system: () => WorldSystem;
}

/** The scenarios that the package brings; by name below scenarios/, without `.yaml`. */
export function scenarioNames(root: string): readonly string[] {
  const namesIn = (folder: string): string[] =>
    readdirSync(`${root}scenarios/${folder}`)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => `${folder}${file.slice(0, -'.yaml'.length)}`)
      .sort();
  return [...namesIn(''), ...namesIn('quirks/')];
}

/** With no quirk on. */
export function scenarioNamed(root: string, name: string): Scenario {
  const scenario = loadScenario(`${root}scenarios/${name}.yaml`);
  return { ...scenario, device: { ...scenario.device, quirks: [] } };
}

/** With every invariant and all that the scenario expects; hardware does any of the things that it may. */
export function cleanSystem(scenario: Scenario): WorldSystem {
  return scenarioSystem(scenario, {
    judge: invariantJudge(),
    decisions: ['hardware'],
    interchangeable: interchangeableIn(scenario),
  });
}

/** A quirk's scenario, judged by what the catalogue says that the quirk breaks. */
function quirkSystem(root: string, row: QuirkRow, isOn: boolean): WorldSystem {
  const scenario = scenarioNamed(root, `quirks/${row.scenario}`);
  return aimAt(row, isOn ? withQuirk(scenario, row.id) : scenario);
}

function twins(): readonly Subject[] {
  const alone = Object.entries(TWINS).map(([id, scenario]): Subject => {
    return { part: 'twins', id, system: () => cleanSystem(scenario) };
  });
  const withQuirks = QUIRKS.map(({ id }): Subject => {
    const scenario = TWINS[QUIRKY_TWINS] as Scenario;
    return { part: 'twins', id, system: () => cleanSystem(withQuirk(scenario, id)) };
  });
  return [...alone, ...withQuirks];
}

/** In the order in which they are searched. */
export function allSubjects(root: string): readonly Subject[] {
  const rows: readonly QuirkRow[] = QUIRKS;
  const quirks = rows.map((row): Subject => {
    return { part: 'quirks', id: row.id, system: () => quirkSystem(root, row, true) };
  });
  const failures = rows
    .filter(({ needsFault }) => needsFault === true)
    .map((row): Subject => {
      return { part: 'failures', id: row.id, system: () => quirkSystem(root, row, false) };
    });
  const scenarios = scenarioNames(root).map((name): Subject => {
    const system = (): WorldSystem => cleanSystem(scenarioNamed(root, name));
    return { part: 'scenarios', id: name, system };
  });
  return [...quirks, ...failures, ...twins(), ...scenarios];
}
