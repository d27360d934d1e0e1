/**
 * Random schedules. The peer model is compared with fast-check's scheduler, which runs the same steps as promises: ours
 * as any sampler takes them, and with steps remembered, as `fencelab explore` does. Each way has warmed up, and what is
 * remembered is kept from one measurement to the next, as a long exploration keeps it; how many steps were new is
 * counted. With every invariant on, ours goes on after a breach: the peer model is no driver, and not all rules for
 * drivers hold of it.
 */
import { join } from 'node:path';
import { loadScenario } from '../../cli/scenario-file.ts';
import { explore } from '../../streams/explore/explore.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import { remembering } from '../../streams/explore/remembered/remembering.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { System } from '../../streams/explore/system.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import { fastCheckSchedules } from '../peer/fast-check.ts';
import { peerSystem } from '../peer/world.ts';
import { count, FULL, forSeconds, type Rate, ratesOf } from './figures.ts';

function plain<S>(name: string, system: System<S>, executions: number): Rate {
  return forSeconds(name, (seed) => ({
    done: walked(system, executions, seed),
    says: '',
  }));
}

function remembered(name: string, system: WorldSystem, executions: number): Rate {
  let isNew = 0;
  const usual: WorldSystem['usual'] = (state, process) => {
    isNew += 1;
    return system.usual(state, process);
  };
  const { unreducible } = system;
  const memory = remembering({ ...system, unreducible, usual });
  return forSeconds(name, (seed) => ({
    done: walked(memory, executions, seed),
    says: `${count(isNew)} steps computed in all`,
  }));
}

/** Steps of so many random runs. */
function walked<S>(system: System<S>, executions: number, seed: number): number {
  const limits = { executions, isExhaustive: true };
  return explore(system, 'random', limits, { seed: `0x${seed.toString(16)}` }).counts.transitions;
}

export async function schedules(): Promise<void> {
  process.stdout.write('\nrandom schedules, steps a CPU second\n');
  for (const n of [4, 7]) {
    const judge = invariantJudge();
    const [bare = NaN, judged = NaN, known = NaN, theirs = NaN] = await ratesOf('steps', [
      plain(`peer model, N=${n}, expectations`, peerSystem({ n }), 250),
      plain(`peer model, N=${n}, every invariant`, peerSystem({ n }, { judge }), 250),
      remembered(`peer model, N=${n}, remembered`, peerSystem({ n }, { judge }), 250),
      forSeconds(`peer model, N=${n}, fast-check`, async (seed) => ({
        done: await fastCheckSchedules(n, 250, seed),
        says: '',
      })),
    ]);
    const times = (rate: number): string => (rate / theirs).toFixed(1);
    process.stdout.write(
      `${' '.repeat(40)} times fast-check's: expectations ${times(bare)}, ` +
        `every invariant ${times(judged)}, remembered ${times(known)}\n`,
    );
  }
  for (const name of FULL) {
    const scenario = loadScenario(join('scenarios', `${name}.yaml`));
    const judged = (): WorldSystem => scenarioSystem(scenario, { judge: invariantJudge() });
    await ratesOf('steps', [
      plain(`${name}, expectations`, scenarioSystem(scenario), 10),
      plain(`${name}, every invariant`, judged(), 10),
      remembered(`${name}, remembered`, judged(), 10),
    ]);
  }
}
