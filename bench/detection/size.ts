/**
 * How large a scenario is for a scheduler with priorities: threads, and steps at which more than one of them could go.
 * PCT's bound is about these. Measured on whole random runs, which a violation does not end.
 */
import { remembering } from '../../streams/explore/remembered/remembering.ts';
import { randomWalk } from '../../streams/explore/strategies/random-walk.ts';
import { sampleRuns, type Sampler } from '../../streams/explore/strategies/sample.ts';
import type { Aim } from './aim.ts';

export interface Size {
  /** the most threads of a run */
  readonly threads: number;
  /** the most steps with a choice of a run */
  readonly choices: number;
}

const RUNS = 300;

export function sizeOf(system: Aim, runs = RUNS): Size {
  let [threads, choices] = [0, 0];
  let [met, steps] = [new Set<string>(), 0];
  const note = (): void => {
    [threads, choices] = [Math.max(threads, met.size), Math.max(choices, steps)];
    [met, steps] = [new Set(), 0];
  };
  const counting = <T>(walk: Sampler<T>): Sampler<T> => ({
    begin: note,
    pick: (state, ready) => {
      for (const process of ready) met.add(system.threadOf(process));
      if (ready.length > 1) steps += 1;
      return walk.pick(state, ready);
    },
  });
  const limits = { executions: runs, isExhaustive: true };
  sampleRuns(remembering(system), counting(randomWalk('0x1')), { seed: '0x1' }, limits);
  note();
  return { threads, choices };
}

/** The least chance of each run of PCT to show a bug that so many ordering constraints suffice for. */
export const pctBound = ({ threads, choices }: Size, depth: number): number =>
  1 / (Math.max(1, threads) * Math.max(1, choices) ** (depth - 1));
