/** `--quirk L32,R01`: known bugs that the driver of the scenario shall have, beside those that it names itself. */
import { FencelabError } from '../domain/errors.ts';
import { findQuirk, type QuirkId } from '../domain/quirks/quirks.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { checkScenario } from '../domain/scenario/check.ts';

/** @throws FencelabError FL206 for an unknown id, or one of another kind of driver */
export function withQuirks(scenario: Scenario, given: string | undefined): Scenario {
  if (given === undefined) return scenario;
  const ids = given.split(',').map((typed) => {
    const found = findQuirk(typed.trim());
    if ('id' in found) return found.id as QuirkId;
    throw new FencelabError('FL206', `there is no quirk '${typed}'. ${found.hint}`, '--quirk');
  });
  const quirks = [...new Set([...(scenario.device.quirks ?? []), ...ids])].sort();
  const changed = { ...scenario, device: { ...scenario.device, quirks } };
  const [wrong] = checkScenario(changed);
  if (wrong === undefined) return changed;
  throw new FencelabError('FL206', `${given} does not fit this scenario: ${wrong.what}`, '--quirk');
}
