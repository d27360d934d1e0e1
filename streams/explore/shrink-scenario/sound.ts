/**
 * Whether a smaller scenario still asks a fair question. A driver may never break an invariant, whatever is asked of it.
 * But what a scenario expects, and that it comes to an end, it can spoil by itself: without the step that writes, the
 * one that reads expects too much. So a smaller scenario must be right without the bug: with all quirks off, none of a
 * few runs may show the problem; if it has no quirk to switch off, one of them must not.
 */
import { without } from '../../../domain/without.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { Random } from '../random.ts';
import { endProblem, follow } from '../schedule/follow.ts';
import type { System } from '../system.ts';

const WALKS = 16;
const SEED = '0x5';

/** A run that anybody who is ready may go on with; null when it ends well. */
export function walk<S>(system: System<S>, random: Random, maxSteps: number): string | null {
  let state = system.initial;
  for (let steps = 0; steps < maxSteps; steps++) {
    const ready = system.ready(state);
    const process = ready[random.int(ready.length)];
    const move = process === undefined ? undefined : system.take(state, process);
    if (move === undefined) return endProblem(system, state);
    if (move.problem !== null) return move.problem;
    ({ state } = move);
  }
  return 'goes on';
}

/** The scenario with all its bugs off. */
export function withoutQuirks(scenario: Scenario): Scenario {
  const device = without(scenario.device, 'quirks') as Scenario['device'];
  return { ...scenario, device };
}

const hasQuirks = ({ device }: Scenario): boolean => (device.quirks ?? []).length > 0;

/**
 * @param systemOf a scenario as a system whose judge looks for the problem and nothing else
 * @param choices show the problem in `scenario`
 */
export function isSound<S>(
  scenario: Scenario,
  systemOf: (scenario: Scenario) => System<S>,
  choices: readonly string[],
): boolean {
  const system = systemOf(withoutQuirks(scenario));
  const maxSteps = 4 * choices.length + 1000;
  const random = new Random(SEED);
  function* runs(): Generator<string | null> {
    yield follow(system, choices, { skip: true, thenUpTo: maxSteps }).problem;
    yield follow(system, [], { thenUpTo: maxSteps }).problem;
    for (let i = 0; i < WALKS; i++) yield walk(system, random, maxSteps);
  }
  const mustAll = hasQuirks(scenario);
  for (const problem of runs()) {
    if (mustAll !== (problem === null)) return !mustAll;
  }
  return mustAll;
}
