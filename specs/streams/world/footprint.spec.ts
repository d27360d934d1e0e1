/**
 * Two steps with disjoint footprints commute: both orders lead to the same actors, the same shared objects and the same
 * mail. Not the same times: when a message is due depends on the number of the record that sent it.
 */
import { digestOf } from '../../../streams/replay/digest.ts';
import { viewsOfWorld } from '../../../streams/replay/views.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { step } from '../../../streams/world/step.ts';
import type { World } from '../../../streams/world/world.ts';
import { dependent, touched } from '../../rig/footprints.ts';
import { everyRun, type NamedRun, stepsOf, type Taken } from '../../rig/runs.ts';
import { firstDifference } from '../../../streams/replay/same.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

type Step = Omit<Taken, 'choices'>;

function take(before: World, choice: string): Step {
  const { world, record, footprint } = step(before, choice, tableExecutor);
  return { before, choice, world, record, reads: footprint.reads };
}

const mailOf = ({ queues }: World): unknown =>
  queues.map(({ key, mail }) => [key, mail.map(({ message }) => message)]);

/** How the two orders differ, or null. */
function orderMatters(world: World, a: string, b: string): string | null {
  const [ab, ba] = [
    [a, b],
    [b, a],
  ].map((keys) => keys.reduce((now, key) => take(now, key).world, world)) as [World, World];
  const actors = firstDifference(ab.actors, ba.actors);
  if (actors !== null) return `actors${actors}`;
  const mail = firstDifference(mailOf(ab), mailOf(ba));
  if (mail !== null) return `mail${mail}`;
  return digestOf(viewsOfWorld(ab)) === digestOf(viewsOfWorld(ba)) ? null : 'views';
}

interface Count {
  independent: number;
  dependent: number;
  timed: number;
}

function check({ label, scenario, chooser, seed }: NamedRun, count: Count): void {
  for (const { before, choices } of stepsOf({ scenario, chooser, seed })) {
    const steps = choices.slice(0, 6).map(({ key }) => take(before, key));
    for (const [i, a] of steps.entries()) {
      for (const b of steps.slice(i + 1)) {
        const [x, y] = [touched(a), touched(b)];
        if (x.timed || y.timed) {
          count.timed += 1;
          continue;
        }
        if (dependent(x, y)) {
          count.dependent += 1;
          continue;
        }
        count.independent += 1;
        const found = orderMatters(before, a.choice, b.choice);
        if (found !== null) expect([label, a.choice, b.choice, found]).toBe('the same');
      }
    }
  }
}

test('steps with disjoint footprints commute, in every scenario', () => {
  const count: Count = { independent: 0, dependent: 0, timed: 0 };
  for (const run of everyRun(3)) check(run, count);
  expect(count.independent).toBeGreaterThan(500);
  expect(count.dependent).toBeGreaterThan(100);
});

/**
 * A limit: arming a timer reads the clock, and every step moves the clock, so what arms a timer commutes with nothing.
 * Footprints do not say so yet; whoever reorders steps has to ask `timed` too.
 */
test('steps that arm timers do not commute: who wakes first depends on their order', () => {
  const scenario = scenarioOf({
    vms: { vm0: {} },
    clients: { a: [{ sleep: { ns: 1000 } }], b: [{ sleep: { ns: 1100 } }] },
  });
  const orders = ['0x1', '0x2', '0x3', '0x4', '0x5'].map((seed) => {
    const { world } = startWorld(scenario, seed, tableExecutor);
    const [ab, ba] = [
      ['world>a', 'world>b'],
      ['world>b', 'world>a'],
    ].map((keys) => keys.reduce((now, key) => take(now, key).world, world));
    const steps = ['world>a', 'world>b'].map((key) => touched(take(world, key)));
    expect(steps.map(({ timed }) => timed)).toEqual([true, true]);
    return [ab, ba].map((each) => each?.timers.map(({ key }) => key).join(' '));
  });
  expect(orders.some(([ab, ba]) => ab !== ba)).toBe(true);
});
