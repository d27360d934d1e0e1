/** Searches over states: the full model, and the peer model's machines run by the table and by XState. */
import { join } from 'node:path';
import { loadScenario } from '../../cli/scenario-file.ts';
import { XStateExecutor } from '../../machines/execute/xstate.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import {
  MOST_SEARCHED,
  type Remembered,
  remembering,
} from '../../streams/explore/remembered/remembering.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { System } from '../../streams/explore/system.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import { peerMachines } from '../peer/machines.ts';
import { peerSystem } from '../peer/world.ts';
import { exploring, FULL, ratesOf } from './figures.ts';

export async function searches(): Promise<void> {
  process.stdout.write('\nsearch over states, transitions a CPU second\n');
  const limits = { transitions: 100_000 };
  for (const name of FULL) {
    const scenario = loadScenario(join('scenarios', `${name}.yaml`));
    const judged = (): WorldSystem => scenarioSystem(scenario, { judge: invariantJudge() });
    const remembered = (): System<Remembered> => remembering(judged(), MOST_SEARCHED);
    await ratesOf('transitions', [
      exploring(`${name}, expectations`, () => scenarioSystem(scenario), 'exhaustive', limits),
      exploring(`${name}, every invariant`, judged, 'exhaustive', limits),
      exploring(`${name}, remembered`, remembered, 'exhaustive', limits),
    ]);
  }
  const xstate = new XStateExecutor(peerMachines(2));
  const [table = NaN, theirs = NaN] = await ratesOf('transitions', [
    exploring('peer model, N=4, table', () => peerSystem({ n: 4 }), 'exhaustive', {}),
    exploring(
      'peer model, N=4, XState',
      () => peerSystem({ n: 4 }, { executor: xstate }),
      'exhaustive',
      {},
    ),
  ]);
  process.stdout.write(`${' '.repeat(40)} the table takes 1/${(table / theirs).toFixed(1)}\n`);
}
