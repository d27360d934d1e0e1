/**
 * What the scheduler may decide next. A choice is text: the key of the queue whose head is delivered, or of the timer
 * that fires. There is no other source of nondeterminism.
 */
import type { Executor } from '../../machines/execute/executor.ts';
import type { VtimeNs } from '../../domain/units.ts';
import { actorOf, type World } from './world.ts';

export interface Choice {
  readonly key: string;
  readonly dueNs: VtimeNs;
}

/**
 * Every choice there is, in canonical order: queues by key, then the one timer that is due first (one clock drives
 * them all). A queue whose receiver does not take such a message in its state now is not among them: its sender waits,
 * for a lock as a rule.
 */
export function enabled(world: World, executor: Executor): Choice[] {
  const choices: Choice[] = [];
  for (const { key, to, mail } of world.queues) {
    const [head] = mail;
    if (head !== undefined && executor.accepts(actorOf(world, to), head.message.type)) {
      choices.push({ key, dueNs: head.dueNs });
    }
  }
  const [timer] = world.timers;
  if (timer !== undefined) choices.push({ key: timer.key, dueNs: timer.mail.dueNs });
  return choices;
}
