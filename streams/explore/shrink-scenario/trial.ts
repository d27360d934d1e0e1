/**
 * Whether a smaller scenario shows the problem, in no more steps: the schedule is followed, and what is not possible without the
 * part that is gone is passed over.
 */
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { begin, type FromLog, judgeOf } from '../from-log.ts';
import { follow, kindOf } from '../schedule/follow.ts';
import { namesIn, sameAs } from '../schedule/same.ts';
import { type Found, foundOf } from '../schedule/shrink.ts';
import type { Explored, WorldSystem } from '../world-system.ts';
import { type Cut, sizeAt } from './cut.ts';
import { choicesWithout, type Owner, ownersOf } from './owners.ts';
import { isSound } from './sound.ts';
import type { Subject } from './subject.ts';

/** A scenario, and a schedule of it that shows the problem. */
export interface Best {
  readonly subject: Subject;
  readonly system: WorldSystem;
  readonly found: Found<Explored>;
}

export class Trial {
  readonly #log: FromLog;
  readonly #same: (problem: string) => boolean;

  constructor(log: FromLog) {
    this.#log = log;
    this.#same = sameAs(log.problem, namesIn(log.scenario));
  }

  /** Whether there is a scenario to try, and the step that shows the problem is not gone. */
  isWorth(best: Best, { subject, isGone }: Cut, isCoarse: boolean): boolean {
    return subject !== null && !(isCoarse && isGone !== null && isLastGone(best, isGone));
  }

  /**
   * The smaller scenario with a schedule that shows the problem; null if none was found.
   * @param isCoarse a client is left out with what it did, or not at all
   */
  of(best: Best, { subject, isGone }: Cut, isCoarse: boolean): Best | null {
    if (subject === null) return null;
    const system = this.#systemOf(subject);
    const found = this.#show(best, { subject, isGone }, system, isCoarse);
    return found !== null && this.#isFair(subject, found.choices)
      ? { subject, system, found }
      : null;
  }

  /** Whether a problem of a smaller scenario is the one that the log shows. */
  isItIn({ origins }: Subject): (problem: string) => boolean {
    return (problem) => {
      const [place, client = '', step = ''] = /^([\w-]+), step (\d+)(?=:)/.exec(problem) ?? [];
      const origin = origins[client]?.[Number(step) - 1];
      const first = place === undefined ? '' : `${client}, step ${(origin ?? -1) + 1}`;
      return this.#same(place === undefined ? problem : first + problem.slice(place.length));
    };
  }

  /** A schedule of the scenario that shows the problem in as many steps as the best one or fewer. */
  #show(
    best: Best,
    { subject, isGone }: Pick<Best, 'subject'> & Pick<Cut, 'isGone'>,
    system: WorldSystem,
    isCoarse: boolean,
  ): Found<Explored> | null {
    const isIt = this.isItIn(subject);
    const { choices } = best.found;
    const maxSteps = choices.length;
    const options = { skip: true, thenUpTo: maxSteps, maxSteps };
    const isClient = sizeAt(subject, ['clients']) < sizeAt(best.subject, ['clients']);
    const schedules: (() => readonly string[])[] = [];
    if (isGone !== null) schedules.push(() => choicesWithout(choices, ownersIn(best), isGone));
    if (!isCoarse || !isClient) schedules.push(() => choices);
    for (const schedule of schedules) {
      const { moves, problem } = follow(system, schedule(), options);
      if (problem !== null && isIt(problem)) return foundOf(system, moves, problem);
    }
    return null;
  }

  #isFair(subject: Subject, choices: readonly string[]): boolean {
    const kind = kindOf(this.#log.problem);
    const isOfScenario = kind === 'stuck' || !/^\w+$/.test(kind);
    const systemOf = (scenario: Scenario): WorldSystem => this.#systemOf({ ...subject, scenario });
    return !isOfScenario || isSound(subject.scenario, systemOf, choices);
  }

  #systemOf(subject: Subject): WorldSystem {
    const { seed, decisions, maxAnswers, problem } = this.#log;
    const judge = judgeOf(kindOf(problem), this.isItIn(subject));
    return begin({ scenario: subject.scenario, seed, judge, decisions, maxAnswers });
  }
}

/** Whose doing each step of the schedule is. */
export function ownersIn({ subject, system, found }: Best): readonly (Owner | null)[] {
  return ownersOf(system, found.moves, new Set(Object.keys(subject.scenario.clients)));
}

/** Whether the step that shows the problem is gone. */
function isLastGone(best: Best, isGone: (owner: Owner) => boolean): boolean {
  const last = ownersIn(best).at(-1) ?? null;
  return best.found.moves.at(-1)?.problem != null && last !== null && isGone(last);
}
