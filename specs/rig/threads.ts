/**
 * The smallest system to explore: threads that load, store, check, lock and unlock shared variables. It knows nothing of
 * worlds, so it tests what strategies make of the contract alone.
 */
import { mixA, mixB, ofText, type StateKey } from '../../streams/explore/hash.ts';
import type { Move, System, Touches } from '../../streams/explore/system.ts';
import { reading, writing } from '../../streams/explore/touches.ts';

export type Op =
  | { readonly op: 'store'; readonly at: number; readonly value: number }
  | { readonly op: 'load'; readonly at: number }
  /** breaks the invariant if the variable holds something else */
  | { readonly op: 'check'; readonly at: number; readonly value: number }
  | { readonly op: 'lock'; readonly at: number }
  | { readonly op: 'unlock'; readonly at: number }
  /** stores, and goes back to its first op */
  | { readonly op: 'restart'; readonly at: number; readonly value: number };

export interface Threads {
  readonly pcs: readonly number[];
  /** what each thread loaded last */
  readonly loaded: readonly number[];
  readonly values: readonly number[];
  /** who holds each lock; -1: nobody */
  readonly holders: readonly number[];
}

const VARIABLES = 3;
const objectOf = { thread: 0, variable: 100, lock: 200 };

function done({ pcs, loaded, values, holders }: Threads, thread: number, op: Op): Threads {
  const put = <T>(list: readonly T[], at: number, value: T): T[] => list.with(at, value);
  const next = { pcs: put(pcs, thread, (pcs[thread] as number) + 1), loaded, values, holders };
  switch (op.op) {
    case 'store':
      return { ...next, values: put(values, op.at, op.value) };
    case 'load':
      return { ...next, loaded: put(loaded, thread, values[op.at] as number) };
    case 'check':
      return next;
    case 'restart':
      return { ...next, values: put(values, op.at, op.value), pcs: put(pcs, thread, 0) };
    case 'lock':
      return { ...next, holders: put(holders, op.at, thread) };
    case 'unlock':
      return { ...next, holders: put(holders, op.at, -1) };
  }
}

function touchesOf(thread: number, op: Op): Touches {
  const own = writing(objectOf.thread + thread);
  const variable = objectOf.variable + op.at;
  if (op.op === 'store' || op.op === 'restart') return [own, writing(variable)];
  if (op.op === 'load' || op.op === 'check') return [own, reading(variable)];
  // what may keep the step waiting comes first
  return [writing(objectOf.lock + op.at), own];
}

export function threadsSystem(programs: readonly (readonly Op[])[]): System<Threads> {
  const threadOf = (process: string): number => Number(process.slice(1));
  const opOf = ({ pcs }: Threads, process: string): Op | undefined =>
    programs[threadOf(process)]?.[pcs[threadOf(process)] as number];
  const isFree = ({ holders }: Threads, op: Op): boolean =>
    op.op !== 'lock' || holders[op.at] === -1;
  const unfinished = (state: Threads): string[] =>
    programs.map((_, i) => `t${i}`).filter((process) => opOf(state, process) !== undefined);
  const readyIn = (state: Threads): string[] =>
    unfinished(state).filter((each) => isFree(state, opOf(state, each) as Op));
  const moveOf = (state: Threads, process: string): Move<Threads> => {
    const op = opOf(state, process) as Op;
    const thread = threadOf(process);
    const isBroken = op.op === 'check' && state.values[op.at] !== op.value;
    return {
      choice: process,
      state: done(state, thread, op),
      cause: -1,
      isLast: false,
      problem: isBroken ? `${process} reads ${state.values[op.at] as number}` : null,
      touches: () => touchesOf(thread, op),
      mergedTouches: () => touchesOf(thread, op),
    };
  };
  const text = (state: Threads): string => JSON.stringify(state);
  const keyOf = (state: Threads): StateKey => {
    const { a, b } = ofText(text(state));
    return { a: mixA(a, 3), b: mixB(b, 3) };
  };
  return {
    initial: {
      pcs: programs.map(() => 0),
      loaded: programs.map(() => 0),
      values: new Array<number>(VARIABLES).fill(0),
      holders: new Array<number>(VARIABLES).fill(-1),
    },
    ready: readyIn,
    threadOf: (process) => process,
    actorOf: (process) => process,
    moves: (state, process) => [moveOf(state, process)],
    take: (state, process) =>
      readyIn(state).includes(process) ? moveOf(state, process) : undefined,
    needs: (state, process) => {
      const op = opOf(state, process) as Op;
      const [keeper] = touchesOf(threadOf(process), op);
      return { keeper: (keeper as number) >>> 1, needed: JSON.stringify(op) };
    },
    lets: (earlier, _process, needed) => isFree(earlier, JSON.parse(needed) as Op),
    sent: () => [],
    blocked: (state) =>
      unfinished(state).map((process) => ({
        process,
        cause: -1,
      })),
    stuck: (state) => unfinished(state).map((process) => `${process} waits for a lock`),
    problemAtEnd: () => null,
    key: keyOf,
    text,
    orbitKey: null,
    unreducible: null,
  };
}
