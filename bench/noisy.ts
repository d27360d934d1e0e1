/** A known bug among clients that have nothing to do with it: what long logs are recorded from. */
import { fileURLToPath } from 'node:url';
import { loadScenario } from '../cli/scenario-file.ts';
import type { QuirkId } from '../domain/quirks/quirks.ts';
import { canonicalOrder } from '../domain/scenario/canonical.ts';
import { parseScenario } from '../domain/scenario/parse.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';

/** Times that each of the others maps and unmaps a page, in a VM of its own. */
const ROUNDS = 5;

/** Two bind queues whose unmaps end out of order, with `others` clients beside them. */
export function noisy(quirk: QuirkId, others: number): Scenario {
  const file = new URL('../../scenarios/quirks/two-queues-unmap.yaml', import.meta.url);
  const quiet = loadScenario(fileURLToPath(file));
  const vm = quiet.vms['vm0'];
  if (vm === undefined) throw new RangeError('the scenario has no vm0');
  const names = Array.from({ length: others }, (_, i) => `other${i}`);
  const around = (name: string): Scenario['clients'][string] =>
    Array.from({ length: ROUNDS }, () => {
      const bind = { vm: name, in: [], out: [], expect: 'ok' as const };
      const span = { addr: '0x10000' as U64, range: '0x1000' as U64 };
      return [
        { bind: { ...bind, ops: [{ map: { ...span, bo: 'data' } }] } },
        { bind: { ...bind, ops: [{ unmap: span }] } },
      ];
    }).flat();
  const vms = Object.fromEntries(names.map((name) => [`vm-${name}`, vm]));
  const clients = Object.fromEntries(names.map((name) => [name, around(`vm-${name}`)]));
  const scenario = {
    ...quiet,
    device: { ...quiet.device, quirks: [quirk] },
    vms: { ...quiet.vms, ...vms },
    clients: { ...quiet.clients, ...clients },
  };
  // as a log's header has it
  const parsed = parseScenario(canonicalOrder(scenario));
  if (!parsed.ok) throw new RangeError('the scenario is not valid');
  return parsed.scenario;
}
