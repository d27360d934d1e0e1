/**
 * The hammer thread of xe_vm.c: a second client that stores to the first page over and over while the first one cuts
 * and maps around it; none of its jobs may fault. IGT's goes on until it is told to stop, and waits for every 32nd job.
 * It also starts before the first bind is waited for, which only luck makes safe; here it is let go behind the binds.
 */
import type { ScenarioBuilder } from '../../../domain/scenario/builder.ts';
import { type Cut, DATA } from './cut.ts';
import { section } from './sections.ts';
import { storeJob } from './store-job.ts';
import { hex, PAGE, range } from './words.ts';

/** About as many jobs as the first client has steps, so that one goes on while the other does. */
const hammersOf = ({ used }: Cut): number => 32 + 4 * used.length;
/** It waits for one job in so many, so that it does not race ahead of the first client. */
const WAITED = 4;

/** mirrors hammer_thread */
export function addHammer(made: ScenarioBuilder, cut: Cut): void {
  const { hammered, base } = cut;
  if (!hammered) return;
  // in the middle of the page, away from what the first client stores
  const at = hex(base + PAGE / 2 + DATA);
  made.client('hammer', (client) => {
    section(client, 'stores to the first page all the while');
    client.wait('go');
    for (const n of range(hammersOf(cut))) {
      const isWaited = n % WAITED === WAITED - 1;
      const job = { queue: 'q1', at };
      storeJob(client, isWaited ? { ...job, out: 'hit' } : job);
      if (isWaited) client.wait('hit');
    }
    return client.signal('hammered');
  });
}
