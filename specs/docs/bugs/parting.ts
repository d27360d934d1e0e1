/**
 * Where a driver with a known bug parts from one without: the same choices are taken in both, until a step does something
 * else. That step is where the bug is, however much later it shows.
 */
import { isDeepStrictEqual } from 'node:util';
import type { QuirkRow } from '../../../domain/quirks/quirks.ts';
import { atOnce } from '../../../streams/explore/at-once.ts';
import { enabled, processOf } from '../../../streams/world/choice.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { step } from '../../../streams/world/step.ts';
import { actorOf, type World } from '../../../streams/world/world.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';

export interface Parting {
  readonly choice: string;
  readonly actor: string;
  readonly machine: string;
  /** the state that the actor is in when the step begins */
  readonly before: string;
  readonly wrong: StepRecord;
  /** what the driver without the bug does with the same choice */
  readonly right: StepRecord;
}

const startOf = (row: QuirkRow, isOn: boolean): World =>
  startWorld(atOnce(scenarioOfQuirk(row, isOn)), '0x0', tableExecutor).world;

const doings = ({ facts, sends, state }: StepRecord): unknown => [facts, sends, state];

/** Null when the two do the same all the way, as far as both can take the choices. */
export function partingOf(row: QuirkRow, choices: readonly string[]): Parting | null {
  let [buggy, good] = [startOf(row, true), startOf(row, false)];
  for (const choice of choices) {
    const process = processOf(choice);
    if (!enabled(good, tableExecutor).some(({ key }) => key === process)) return null;
    const wrong = step(buggy, choice, tableExecutor);
    // the driver without the bug may ask for other decisions, or for fewer
    const right = step(good, takes(good, choice) ? choice : process, tableExecutor);
    const { actor } = wrong.record;
    const { machine, value: before } = actorOf(buggy, actor);
    if (!isDeepStrictEqual(doings(wrong.record), doings(right.record))) {
      return { choice, actor, machine, before, wrong: wrong.record, right: right.record };
    }
    [buggy, good] = [wrong.world, right.world];
  }
  return null;
}

function takes(world: World, choice: string): boolean {
  try {
    step(world, choice, tableExecutor);
    return true;
  } catch {
    return false;
  }
}
