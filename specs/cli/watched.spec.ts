/** Long work on the command line: told on a terminal, broken off by a signal or ended by itself. */
import { describe, expect, it } from '@jest/globals';
import type { Io } from '../../cli/io.ts';
import { type Doing, watched } from '../../cli/watched.ts';

const ROUNDS = 100;

/** Works for so many rounds, half of them of one kind, or until it is told. */
function* working(isStopped = (): boolean => false): Generator<Doing, number> {
  for (let count = 1; count <= ROUNDS; count++) {
    if (isStopped()) return count;
    yield { what: count <= ROUNDS / 2 ? 'sums' : 'draws', count };
  }
  return ROUNDS;
}

/** A terminal on which a round takes 100 ms; a signal comes when it has been asked for so often. */
function terminal(signalAfter = Infinity): { io: Io; text: () => string; now: () => number } {
  let [text, time, asked] = ['', 0, 0];
  const io = {
    err: (part: string) => (text += part),
    errIsTty: true,
    env: {},
    stopped: () => (++asked > signalAfter ? 'SIGINT' : undefined),
  } as Partial<Io> as Io;
  return { io, text: () => text, now: () => (time += 100) };
}

describe('watched work', () => {
  it('comes to its value, and says what is being done when that takes long', async () => {
    const { io, text, now } = terminal();
    const call = { io, quiet: false };
    expect(await watched(working(), call, { every: 4, now })).toBe(ROUNDS);
    expect(text()).toMatch(/sums \d+.*draws \d+/s);
    expect(text().endsWith('\r\u001b[K')).toBe(true);
  });

  it('is left when a signal comes, at the next look', async () => {
    const { io } = terminal(3);
    let rounds = 0;
    function* counted(): Generator<Doing, number> {
      for (const each of working()) {
        rounds += 1;
        yield each;
      }
      return ROUNDS;
    }
    expect(await watched(counted(), { io, quiet: true }, { every: 4 })).toBeUndefined();
    expect(rounds).toBe(16);
  });

  it('that ends by itself gives what it has by then', async () => {
    const { io } = terminal(10);
    const work = working(() => io.stopped() !== undefined);
    expect(await watched(work, { io, quiet: true }, { every: 4, endsItself: true })).toBe(11);
  });
});
