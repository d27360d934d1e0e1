/** The strategies by name, behind one interface: what a command, a bench or a spec calls. */
import type { U64 } from '../../domain/units.ts';
import { dpor } from './dpor/dpor.ts';
import { stateful } from './dpor/stateful.ts';
import type { Witness } from './findings.ts';
import type { Exploration, Limits } from './result.ts';
import { pct } from './strategies/pct.ts';
import { pos } from './strategies/pos.ts';
import { randomWalk } from './strategies/random-walk.ts';
import { explorationOf, type Sampled, type Sampler, sampleRuns } from './strategies/sample.ts';
import { exact, exhaustive, symmetric } from './strategies/states.ts';
import { boundedSwitches } from './strategies/switches.ts';
import { uniform } from './strategies/uniform.ts';
import type { System } from './system.ts';

export interface Options<S = unknown> {
  readonly seed?: U64;
  /** PCT: how many ordering constraints a bug may need */
  readonly depth?: number;
  /** switches: how many a schedule may have */
  readonly switches?: number;
  /** uniform: how many states may be counted before weights are estimated instead */
  readonly maxStates?: number;
  /** samplers: count classes of schedules */
  readonly classes?: boolean;
  readonly witnesses?: readonly Witness<S>[];
}

export interface Strategy {
  /** what it does, in a line */
  readonly says: string;
  /** it can prove: it goes everywhere if it is let */
  readonly proves: boolean;
  /** it may leave out schedules that a global judge could tell from those it takes */
  readonly reduces: boolean;
  readonly explore: <S>(system: System<S>, limits: Limits, options: Options<S>) => Exploration;
  /** of one that draws runs: some of them, to be added to others; a search has none */
  readonly sample?: <S>(system: System<S>, limits: Limits, options: Options<S>) => Sampled;
}

const SEED: U64 = '0x1';
const DEPTH = 3;
const SWITCHES = 8;
const COUNTED_STATES = 50_000;

type SamplerOf = <S>(system: System<S>, options: Options<S>, limits: Limits) => Sampler<S>;

function sampling(name: string, says: string, samplerOf: SamplerOf): Strategy {
  const sample = <S>(system: System<S>, limits: Limits, options: Options<S>): Sampled => {
    const { seed = SEED, classes = false, witnesses } = options;
    let isStopped = false;
    const shouldStop = (): boolean => (isStopped ||= limits.shouldStop?.() === true);
    const sampler = samplerOf(system, options, { ...limits, shouldStop });
    // a sampler that counts before its first run may have been told to stop
    const left = isStopped ? { ...limits, executions: 0 } : limits;
    return sampleRuns(system, sampler, { seed, classes }, left, witnesses);
  };
  return {
    says,
    proves: false,
    reduces: false,
    explore: (system, limits, options) => explorationOf(name, sample(system, limits, options)),
    sample,
  };
}

export const STRATEGIES = {
  random: sampling('random', 'anybody who is ready', (_system, { seed = SEED }) =>
    randomWalk(seed),
  ),
  uniform: sampling(
    'uniform',
    'every schedule as likely as another',
    (system, { seed = SEED, maxStates = COUNTED_STATES }, { shouldStop }) =>
      uniform(system, seed, { maxStates, ...(shouldStop && { shouldStop }) }),
  ),
  pct: sampling(
    'pct',
    'random priorities, few changes of them',
    (system, { seed = SEED, depth = DEPTH }) => pct(system, depth, seed),
  ),
  pos: sampling(
    'pos',
    'random priorities for steps, drawn anew when they race',
    (system, { seed = SEED }) => pos(system, seed),
  ),
  switches: {
    says: 'few switches between actors first',
    proves: true,
    reduces: false,
    explore: (system, limits, { switches = SWITCHES, witnesses }) =>
      boundedSwitches(system, switches, limits, witnesses),
  },
  exhaustive: {
    says: 'every state',
    proves: true,
    reduces: false,
    explore: (system, limits, { witnesses }) => exhaustive(system, limits, witnesses),
  },
  exact: {
    says: 'every state, told apart by all that it is',
    proves: true,
    reduces: false,
    explore: (system, limits, { witnesses }) => exact(system, limits, witnesses),
  },
  symmetric: {
    says: 'every state but for the names of the interchangeable',
    proves: true,
    reduces: false,
    explore: (system, limits, { witnesses }) => symmetric(system, limits, witnesses),
  },
  dpor: {
    says: 'one run for each class of schedules that differ only in the order of independent steps',
    proves: true,
    reduces: true,
    explore: (system, limits, { witnesses }) => dpor(system, limits, witnesses),
  },
  stateful: {
    says: 'every state once, and from each only the processes whose order matters',
    proves: true,
    reduces: true,
    explore: (system, limits, { witnesses }) => stateful(system, limits, witnesses),
  },
} as const satisfies Readonly<Record<string, Strategy>>;

export type StrategyName = keyof typeof STRATEGIES;

export const STRATEGY_NAMES = Object.keys(STRATEGIES) as readonly StrategyName[];

export const strategyOf = (name: StrategyName): Strategy => STRATEGIES[name];

export function explore<S>(
  system: System<S>,
  strategy: StrategyName,
  limits: Limits = {},
  options: Options<S> = {},
): Exploration {
  return strategyOf(strategy).explore(system, limits, options);
}
