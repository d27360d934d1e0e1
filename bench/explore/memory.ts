/** Memory of searches over states. */
import { join } from 'node:path';
import { memoryUsage } from 'node:process';
import { loadScenario } from '../../cli/scenario-file.ts';
import { explore } from '../../streams/explore/explore.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import type { Limits } from '../../streams/explore/result.ts';
import { MOST_SEARCHED, remembering } from '../../streams/explore/remembered/remembering.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { System } from '../../streams/explore/system.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import { peerSystem } from '../peer/world.ts';
import { count, FULL } from './figures.ts';

/** Live bytes of the search, looked at now and then after a collection: the most there were. */
function bytesOf<S>(system: System<S>, limits: Limits): { bytes: number; states: number } {
  const live = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = live();
  let asked = 0;
  let peak = 0;
  const { counts } = explore(system, 'exhaustive', {
    ...limits,
    progress: () => {
      if (asked++ % 8 === 0) peak = Math.max(peak, live() - before);
    },
  });
  return { bytes: peak, states: counts.states };
}

/** What a search over states keeps: all that is live at its peak, over all states that it knows in the end. */
export function memory(): void {
  if (globalThis.gc === undefined) {
    process.stdout.write('\nmemory: needs --expose-gc\n');
    return;
  }
  process.stdout.write('\nlive bytes a state, at most\n');
  const row = (name: string, { bytes, states }: { bytes: number; states: number }): void => {
    process.stdout.write(
      `${name.padEnd(34)} ${count(bytes / states).padStart(9)}    ${count(states)} states\n`,
    );
  };
  const both = (name: string, system: WorldSystem, limits: Limits): void => {
    row(name, bytesOf(system, limits));
    row(`${name}, remembered`, bytesOf(remembering(system, MOST_SEARCHED), limits));
  };
  for (const n of [5, 6]) both(`peer model, N=${n}`, peerSystem({ n }), {});
  for (const name of FULL) {
    const scenario = loadScenario(join('scenarios', `${name}.yaml`));
    const judged = scenarioSystem(scenario, { judge: invariantJudge() });
    both(name, judged, { transitions: 200_000 });
  }
}
