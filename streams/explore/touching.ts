/**
 * What a step of a world touches: what its reader looked at, what its facts change (written.ts), what of its own state the judge
 * says it reads and writes, and the clock.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import type { Step } from '../world/step.ts';
import { actorOf, type Timer, type World } from '../world/world.ts';
import { aroundOf } from './around.ts';
import type { Explored } from './explored.ts';
import type { Judge } from './judge.ts';
import { hasStale } from './state-view.ts';
import type { Touches } from './system.ts';
import { addTouch, type Objects, reading, writing } from './touches.ts';
import { noteWritten } from './written.ts';

/** A step that was taken. */
export interface Taken {
  readonly from: Explored;
  readonly choice: string;
  readonly step: Step;
  /** the judge's state after it */
  readonly judged: unknown;
}

/** Begins the name of a process that is no mail queue, and is what such a process needs: to be the first of them. */
export const TIMER = 'timer:';

export class Touching {
  readonly #objects: Objects;
  readonly #judge: Judge;

  constructor(objects: Objects, judge: Judge) {
    this.#objects = objects;
    this.#judge = judge;
  }

  touches({ from, choice, step, judged }: Taken): Touches {
    const objects = this.#objects;
    const before = from.world;
    const { world, facts, footprint } = step;
    const touches = [writing(objects.of('actor', footprint.actor))];
    footprint.visitReads((kind, id) => {
      addTouch(touches, reading(objects.of(kind, isWhole(kind) ? '*' : id)));
    });
    const around = aroundOf(before.shared);
    const note = (kind: string, id: string, write: boolean): void => {
      const object = objects.of(kind, id);
      addTouch(touches, write ? writing(object) : reading(object));
    };
    for (const fact of facts) noteWritten(fact, note, around);
    this.#judge.hears?.({ step, before: from.judged, after: judged }, note);
    // a timer that fires moves the clock; whoever arms or cancels one reads it, and writes it if that changes who is first
    const clock = objects.of('clock', '*');
    const isMoved =
      choice.startsWith(TIMER) ||
      before.nowNs !== world.nowNs ||
      firstTimer(before) !== firstTimer(world);
    if (isMoved) addTouch(touches, writing(clock));
    else if (before.timers !== world.timers) addTouch(touches, reading(clock));
    return touches;
  }

  /**
   * A VM keeps fences that have signalled in its lists until it next looks, and the key leaves those out. So of two worlds
   * with one key a VM may look at such a fence in one and not in the other: every step of a VM counts as a look at its
   * lists, and who signals a fence that is listed writes them.
   */
  mergedTouches(taken: Taken): Touches {
    const objects = this.#objects;
    const before = taken.from.world;
    const { step } = taken;
    const touches = [...this.touches(taken)];
    const { actor } = step.footprint;
    if (hasStale(actorOf(before, actor))) addTouch(touches, reading(objects.of('listed', actor)));
    for (const fact of step.facts) {
      if (fact.type !== 'fence.signaled') continue;
      for (const vm of listersOf(before, fact.fence)) {
        addTouch(touches, writing(objects.of('listed', vm)));
      }
    }
    return touches;
  }
}

/** The timer that is due first, unless there are but watchdogs: those wait for everything else in any order. */
function firstTimer({ timers }: World): Timer | undefined {
  return timers.every(({ mail }) => WATCHDOGS.has(mail.message.type)) ? undefined : timers[0];
}

/** VMs that list a fence as pending, so that they look at it sooner or later. */
function listersOf({ actors }: World, fence: FenceKey): readonly ActorId[] {
  const found: ActorId[] = [];
  for (const [id, state] of actors.entries()) {
    if (!hasStale(state)) continue;
    const { inFlight, ranges } = state.context as VmContext;
    if (inFlight.includes(fence) || ranges.some((each) => each.fence === fence)) found.push(id);
  }
  return found;
}

/** The reader notes what it looked for in these, but looks at all of them. */
const isWhole = (kind: string): boolean => kind === 'queues' || kind === 'vms';
