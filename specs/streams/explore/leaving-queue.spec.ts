/**
 * Close of a compute queue beside an eviction. One order in 60,000 random ones of scenarios/compute-mode
 * was stuck: the queue's request to leave lay before the signal of its preempt fence, and waited for vm->lock, which the rebind
 * worker held until that signal.
 */
import { explore } from '../../../streams/explore/explore.ts';
import { invariantJudge } from '../../../streams/explore/judge.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Explored } from '../../../streams/explore/world-system.ts';
import { leavingQueue } from '../../rig/leaving-queue.ts';

/** The rebind worker has vm->lock, and who closes the queue sleeps on it. */
const isAsleep = ({ world }: Explored): boolean => {
  const { context } = world.actors.states[world.actors.places['vm0'] ?? -1] ?? {};
  return (context as { leaving?: readonly unknown[] } | undefined)?.leaving?.length === 1;
};

test('whoever closes a queue is answered, whatever the rebind worker waits for', () => {
  const system = scenarioSystem(leavingQueue(), { judge: invariantJudge() });
  const witnesses = [{ name: 'sleeps', holds: isAsleep }];
  // a search proves it, over 103,924 states, in the soak
  const found = explore(system, 'random', { executions: 2_000 }, { witnesses });
  expect([found.violation, found.stuck]).toEqual([null, null]);
  expect(found.witnesses['sleeps']).toBeGreaterThan(20);
});
