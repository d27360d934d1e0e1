/**
 * The static check: everything about a well-shaped scenario that can be known to be wrong before it runs. Pure; gives
 * every problem, in the order of the document, each with its path. What user space could do is legal where an errno is
 * expected: the kernel answers at run time. What only the kernel can know (an overlap, a closed VM) is left to the run.
 */
import type { StepContext } from './check-context.ts';
import { checkDriver } from './check-driver.ts';
import { checkObjects } from './check-objects.ts';
import { checkStep, isHeld } from './check-steps.ts';
import { movesOf } from './moves.ts';
import { collectCreates, collectNames, NameCheck } from './names.ts';
import { problem, type Problem } from './problem.ts';
import { refusedStep } from './refusals.ts';
import type { Scenario } from './schema.ts';

/** Every static problem of a scenario; an empty list when it may run. */
export function checkScenario(scenario: Scenario): readonly Problem[] {
  const { names, problems: taken } = collectNames(scenario);
  const { creates, problems: twice } = collectCreates(scenario);
  const check = new NameCheck(names, creates);
  const problems: Problem[] = [...taken, ...twice];
  const report = (found: Problem): void => void problems.push(found);
  const nothing = (section: 'vms' | 'clients', what: string): void => {
    if (Object.keys(scenario[section]).length === 0) report(problem('FL110', what, [section]));
  };
  nothing('vms', 'the scenario declares no VM');
  nothing('clients', 'the scenario has no client');
  checkDriver(scenario, report);
  checkObjects({ scenario, names, creates, report });
  const limit = 1n << BigInt(scenario.device.vaBits);
  const common = { scenario, limit, report, moves: movesOf(scenario) };
  for (const [client, steps] of Object.entries(scenario.clients)) {
    steps.forEach((step, index) => {
      const held = isHeld(step);
      const refer: StepContext['refer'] = (name, kinds, path) => {
        const found = check.use(name, kinds, { client, step: index, path, held });
        if (found !== undefined) report(found);
        return found === undefined;
      };
      const path = ['clients', client, index];
      const before = problems.length;
      checkStep(step, path, { ...common, held, refer });
      if (!held || problems.length > before) return;
      const refused = refusedStep(step, path, scenario);
      if (refused !== undefined) report(refused);
    });
  }
  return problems;
}
