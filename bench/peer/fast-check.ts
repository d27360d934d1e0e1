/**
 * The peer model as a user of fast-check would write it: asynchronous processes whose every step is a task of
 * `fc.scheduler`, which decides who goes next. The steps are those of vmbind.pml: 9 for each worker and 1 for each fence.
 */
import fc from 'fast-check';

/** A promise that somebody else keeps. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** First in, first out; taking waits until there is something. */
class Channel<T> {
  readonly #items: T[] = [];
  #gate = new Gate();

  put(item: T): void {
    this.#items.push(item);
    this.#gate.open();
  }

  async head(): Promise<T> {
    if (this.#items.length === 0) {
      this.#gate = new Gate();
      await this.#gate.opened;
    }
    return this.#items[0] as T;
  }

  drop(): void {
    this.#items.shift();
  }
}

interface Invalidation {
  readonly op: number;
  readonly seqno: number;
}

/** Two in-fences and two engines. @returns how many tasks were run */
async function once(scheduler: fc.Scheduler, n: number): Promise<number> {
  let steps = 0;
  const step = async (): Promise<void> => {
    steps += 1;
    await scheduler.schedule(Promise.resolve());
  };
  const fences = [new Gate(), new Gate()];
  const queues = [new Channel<number>(), new Channel<number>()];
  const [requests, answers] = [new Channel<Invalidation>(), new Channel<number>()];
  const done = Array.from({ length: n }, () => new Gate());
  /** by seqno */
  const acked = Array.from({ length: n + 1 }, () => new Gate());
  const flushed = new Set<number>();
  let [next, highest] = [1, 0];

  const worker = async (op: number): Promise<void> => {
    await step();
    queues[op % 2]?.put(op);
    await done[op]?.opened;
    await step();
  };
  const fence = async (gate: Gate): Promise<void> => {
    await step();
    gate.open();
  };
  const engine = async (queue: Channel<number>, ops: number): Promise<void> => {
    for (let i = 0; i < ops; i++) {
      const op = await queue.head();
      await step();
      await fences[op % 2]?.opened;
      await step();
      await step();
      const seqno = next++;
      requests.put({ op, seqno });
      await acked[seqno]?.opened;
      await step();
      if (!flushed.has(op)) throw new Error(`op ${op} is signalled and not flushed`);
      queue.drop();
      done[op]?.open();
    }
  };
  const gt = async (): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const { op, seqno } = await requests.head();
      await step();
      requests.drop();
      await step();
      flushed.add(op);
      answers.put(seqno);
    }
  };
  const handler = async (): Promise<void> => {
    for (let i = 0; i < n; i++) {
      const seqno = await answers.head();
      await step();
      answers.drop();
      for (; highest < seqno; highest++) acked[highest + 1]?.open();
    }
  };
  const all = [
    ...done.map((_, op) => worker(op)),
    ...fences.map(fence),
    ...queues.map((queue, e) => engine(queue, Math.ceil((n - e) / 2))),
    gt(),
    handler(),
  ];
  await scheduler.waitFor(Promise.all(all));
  return steps;
}

/** So many schedules. @returns how many tasks they ran */
export async function fastCheckSchedules(n: number, runs: number, seed: number): Promise<number> {
  let tasks = 0;
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    tasks += await once(scheduler, n);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return tasks;
}
