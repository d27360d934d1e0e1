/** Long work that tells how far it is: shown on a terminal, and broken off by a signal. */
import type { CommandCall } from './command-spec.ts';
import { breathe } from './io.ts';
import { Progress } from './progress.ts';

/** What is being done, as the progress line calls it, and how much of it is done. */
export interface Doing {
  readonly what: string;
  readonly count: number;
}

export interface Watching {
  /** yields between two looks at whether somebody wants an end */
  readonly every: number;
  /** it is told by other means that somebody wants an end, and comes to one by itself */
  readonly endsItself?: boolean;
  readonly now?: () => number;
}

/** What the work comes to; undefined when a signal came before that. */
export async function watched<T>(
  work: Generator<Doing, T>,
  { io, quiet }: Pick<CommandCall, 'io' | 'quiet'>,
  { every, endsItself = false, now }: Watching,
): Promise<T | undefined> {
  let [what, progress] = ['', new Progress(io, '', quiet, now)];
  try {
    for (let yields = 1; ; yields++) {
      const next = work.next();
      if (next.done === true) return next.value;
      if (next.value.what !== what) {
        progress.end();
        ({ what } = next.value);
        progress = new Progress(io, what, quiet, now);
      }
      progress.at(next.value.count);
      if (yields % every !== 0) continue;
      await breathe();
      if (!endsItself && io.stopped() !== undefined) return undefined;
    }
  } finally {
    progress.end();
  }
}
