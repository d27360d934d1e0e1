/** A worker thread of `fencelab explore`: does one piece of work after another, all of one question. */
import { type Answers, type Piece, type Question, Worker } from '../../streams/explore/work.ts';

/** What the threads share: whether to stop, and steps taken and states met so far. */
export const SHARED = { stop: 0, steps: 1, states: 2, length: 3 } as const;

export interface Job {
  readonly question: Question;
  readonly piece: Piece;
  readonly shared: BigInt64Array;
}

let worker: Worker | undefined;

export default function work({ question, piece, shared }: Job): Answers[Piece['do']] {
  worker ??= new Worker(question);
  let told = 0;
  return worker.do(piece, {
    shouldStop: () => Atomics.load(shared, SHARED.stop) !== 0n,
    progress: ({ transitions, states }) => {
      Atomics.add(shared, SHARED.steps, BigInt(transitions - told));
      told = transitions;
      if (states > 0) Atomics.store(shared, SHARED.states, BigInt(states));
    },
  });
}
