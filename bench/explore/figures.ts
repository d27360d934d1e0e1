/** How the benchmarks of exploration count: CPU seconds, medians, ways in turns. */
import { cpuUsage } from 'node:process';
import { explore, type StrategyName } from '../../streams/explore/explore.ts';
import type { Limits } from '../../streams/explore/result.ts';
import type { System } from '../../streams/explore/system.ts';
import { RUNS } from '../measure.ts';

/** Scenarios of the full model. */
export const FULL = ['async-chain', 'exec', 'evict', 'shared-vm', 'two-gts'];

export const cpuSeconds = (work: () => void): number => {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

export interface Rate {
  readonly name: string;
  /** works once; how many of what is counted it did, and what else it has to say */
  readonly run: () => Promise<Done> | Done;
}
interface Done {
  readonly done: number;
  readonly says: string;
}

/** Each way in turn, once to warm up and then five times: how many a CPU second. @returns the medians */
export async function ratesOf(what: string, ways: readonly Rate[]): Promise<number[]> {
  const all = ways.map(() => [] as number[]);
  const says = ways.map(() => '');
  for (let round = 0; round <= RUNS; round++) {
    for (const [i, { run }] of ways.entries()) {
      const start = cpuUsage();
      const told = await run();
      const { user, system } = cpuUsage(start);
      says[i] = told.says;
      if (round > 0) all[i]?.push((told.done * 1e6) / (user + system));
    }
  }
  return ways.map(({ name }, i) => {
    const sorted = (all[i] ?? []).sort((a, b) => a - b);
    const spread = `[${count(sorted[0] ?? NaN)}..${count(sorted.at(-1) ?? NaN)}]`;
    process.stdout.write(
      `${name.padEnd(40)} ${count(median(sorted)).padStart(9)} ${what}/s  ${spread} ${says[i] ?? ''}\n`,
    );
    return median(sorted);
  });
}

/** CPU seconds of a measurement of {@link forSeconds}: a shorter one would be of the compiler. */
const SECONDS = 1.5;

/** Goes on for some seconds, batch after batch, each with a seed of its own. */
export function forSeconds(name: string, batch: (seed: number) => Promise<Done> | Done): Rate {
  let seed = 0;
  return {
    name,
    run: async () => {
      let [done, says] = [0, ''];
      const start = cpuUsage();
      for (let spent = 0; spent < SECONDS * 1e6;) {
        const told = await batch(++seed);
        done += told.done;
        ({ says } = told);
        const { user, system } = cpuUsage(start);
        spent = user + system;
      }
      return { done, says };
    },
  };
}

export function exploring<S>(
  name: string,
  systemOf: () => System<S>,
  strategy: StrategyName,
  limits: Limits,
): Rate {
  return {
    name,
    run: () => {
      const { counts } = explore(systemOf(), strategy, limits);
      const { transitions, states, executions } = counts;
      const seen = states > 0 ? `${count(states)} states` : `${count(executions)} schedules`;
      return { done: transitions, says: `${seen}, ${count(transitions)} transitions` };
    },
  };
}
