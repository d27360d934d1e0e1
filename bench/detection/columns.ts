/** The strategies of the detection table. A new one is a new row here; `npm run detection` then measures only that. */
import type { Options, StrategyName } from '../../streams/explore/explore.ts';

export interface Column {
  readonly name: string;
  readonly strategy: StrategyName;
  readonly options: Pick<Options, 'depth' | 'maxStates' | 'switches'>;
  /**
   * `sampled`: schedules drawn from a seed; `ordered`: a search that takes processes in an order that is drawn from a
   * seed; `once`: a search whose order hardly matters, breadth first
   */
  readonly kind: 'sampled' | 'ordered' | 'once';
  /** whose steps have one priority: those of a queue, as a rule, or all that one actor takes */
  readonly threads?: 'actors';
}

export const pctColumn = (depth: number, ofActors = false): string =>
  `PCT(${depth})${ofActors ? ' of actors' : ''}`;

const pct = (depth: number): Column => {
  return { name: pctColumn(depth), strategy: 'pct', options: { depth }, kind: 'sampled' };
};

const pctOfActors = (depth: number): Column => {
  return { ...pct(depth), name: pctColumn(depth, true), threads: 'actors' };
};

export const DEPTHS = [1, 2, 3, 4] as const;

export const COLUMNS: readonly Column[] = [
  { name: 'random', strategy: 'random', options: {}, kind: 'sampled' },
  ...DEPTHS.map(pct),
  ...DEPTHS.map(pctOfActors),
  { name: 'POS', strategy: 'pos', options: {}, kind: 'sampled' },
  // weights from the run before: counting would take all combinations of answers for each step
  { name: 'uniform', strategy: 'uniform', options: { maxStates: 0 }, kind: 'sampled' },
  { name: 'DPOR', strategy: 'dpor', options: {}, kind: 'ordered' },
  { name: 'stateful', strategy: 'stateful', options: {}, kind: 'once' },
  { name: 'switches', strategy: 'switches', options: { switches: 1000 }, kind: 'once' },
  { name: 'exhaustive', strategy: 'exhaustive', options: {}, kind: 'once' },
];
