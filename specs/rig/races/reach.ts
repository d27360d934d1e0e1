/** After how many random schedules, seeds 1, 2, 3, ..., each row's interleaving has been seen. */
import { runScenario } from '../../../streams/world/run.ts';
import { seedOf } from '../scenarios.ts';
import type { Row } from './row.ts';
import { type Sight, Sightings } from './sightings.ts';
import { type WorldId, WORLDS } from './worlds.ts';

/** What one schedule of a world shows. */
export function sightsOf(world: WorldId, seed: number): ReadonlySet<Sight> {
  const sightings = new Sightings();
  const run = runScenario({ scenario: WORLDS[world](), chooser: 'random', seed: seedOf(seed) });
  for (const record of run) sightings.take(record);
  return sightings.seen;
}

/** Worlds of two VMs or two queues: a moment of one may well fall into a phase of the other. */
const WITH_TWO: ReadonlySet<WorldId> = new Set<WorldId>(['shared', 'twoOfEach']);

export interface Reached {
  /** by sight: the first schedule that shows it */
  readonly first: ReadonlyMap<Sight, number>;
  /** how many schedules were run */
  readonly schedules: number;
  /** what must not be seen and was, with the schedule */
  readonly broken: readonly string[];
}

/** Runs a world until each of its rows' sights was seen, but not more than `limit` schedules. */
export function reach(world: WorldId, rows: readonly Row[], limit: number): Reached {
  const wanted = new Set(rows.flatMap(({ reach: to }) => (to?.[0] === world ? [to[1]] : [])));
  const forbidden = new Set(WITH_TWO.has(world) ? [] : rows.flatMap(({ never }) => never));
  const first = new Map<Sight, number>();
  const broken: string[] = [];
  let schedules = 0;
  while (wanted.size > 0 && schedules < limit) {
    schedules += 1;
    for (const sight of sightsOf(world, schedules)) {
      if (!first.has(sight)) first.set(sight, schedules);
      wanted.delete(sight);
      if (forbidden.has(sight)) broken.push(`schedule ${schedules}: ${sight}`);
    }
  }
  return { first, schedules, broken };
}
