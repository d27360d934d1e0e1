/**
 * A schedule as a text short enough to paste: `f1.3k9d0a.41.01200102.12+2.9fk2c1`, its parts divided by points:
 *
 * - the version of this notation;
 * - a mark of the scenario: a schedule means something for that one only;
 * - how many steps it has, in decimal;
 * - for each step at which more than one process was ready, which of them went, in canonical order, base 36; more than 36 of
 *   them take as many digits as the last one needs. A step without a choice takes nothing;
 * - steps that decided something differently, each `STEP+N` or `STEP+N:ANSWER` as in a choice (`vm0>vm0!2:3`), commas
 *   between them; left out when there are none. No `!`, which shells take for something else;
 * - a mark of all choices, so that a text with a slip of the pen is refused and does not run as another schedule.
 */
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { processOf } from '../../world/choice.ts';
import { ofText } from '../hash.ts';
import type { System } from '../system.ts';

const VERSION = 'f1';
const RADIX = 36;

/** Why a text is not a schedule of this system. */
export class ScheduleTextError extends Error {}

/** Six characters, 31 bits. */
function markOf(text: string): string {
  const { a, b } = ofText(text);
  return (((a ^ Math.imul(b, 0x9e37_79b1)) >>> 0) % RADIX ** 6).toString(RADIX).padStart(6, '0');
}

/** The mark of a scenario as it is explored, with the bugs that are on. */
export const scenarioMark = (scenario: Scenario): string => markOf(canonicalScenario(scenario));

const digitsFor = (options: number): number =>
  options <= 1 ? 0 : (options - 1).toString(RADIX).length;

/** What a choice answers: `+2:3`, or nothing. */
const answersOf = (choice: string): string =>
  choice.slice(processOf(choice).length).replace(/!/g, '+');

const checkOf = (mark: string, choices: readonly string[]): string =>
  markOf([mark, ...choices].join('\n'));

/** @throws RangeError for a choice that is not possible */
export function scheduleText<S>(
  system: System<S>,
  mark: string,
  choices: readonly string[],
): string {
  let state = system.initial;
  let body = '';
  const answers: string[] = [];
  choices.forEach((choice, i) => {
    const ready = system.ready(state);
    const place = ready.indexOf(processOf(choice));
    const move = system.take(state, choice);
    if (move === undefined || place < 0) throw new RangeError(`${choice} is not possible`);
    const digits = digitsFor(ready.length);
    if (digits > 0) body += place.toString(RADIX).padStart(digits, '0');
    if (answersOf(choice) !== '') answers.push(`${i + 1}${answersOf(choice)}`);
    ({ state } = move);
  });
  const parts = [VERSION, mark, String(choices.length), body === '' ? '-' : body];
  if (answers.length > 0) parts.push(answers.join(','));
  return [...parts, checkOf(mark, choices)].join('.');
}

interface Parts {
  readonly mark: string;
  readonly steps: number;
  readonly body: string;
  /** by step, counted from 1: `!2:3` */
  readonly answers: ReadonlyMap<number, string>;
  readonly check: string;
}

const WHOLE =
  /^f1\.([0-9a-z]{6})\.(0|[1-9]\d{0,8})\.([0-9a-z]+|-)(?:\.([\d+:,]+))?\.([0-9a-z]{6})$/;

function partsOf(text: string): Parts {
  const match = WHOLE.exec(text.toLowerCase());
  if (match === null) throw new ScheduleTextError('it has not the shape of a schedule');
  const [, mark = '', steps = '', body = '', answers = '', check = ''] = match;
  const byStep = new Map<number, string>();
  for (const each of answers === '' ? [] : answers.split(',')) {
    const at = each.indexOf('+');
    if (at < 1) throw new ScheduleTextError(`its answers have no '${each}'`);
    byStep.set(Number(each.slice(0, at)), each.slice(at).replace(/\+/g, '!'));
  }
  return { mark, steps: Number(steps), body: body === '-' ? '' : body, answers: byStep, check };
}

/** The choices that a text stands for. @throws ScheduleTextError */
export function choicesOfText<S>(system: System<S>, mark: string, text: string): string[] {
  const parts = partsOf(text);
  if (parts.mark !== mark) {
    throw new ScheduleTextError('it is a schedule of another scenario, or of other quirks');
  }
  const choices: string[] = [];
  let state = system.initial;
  let at = 0;
  for (let step = 1; step <= parts.steps; step++) {
    const ready = system.ready(state);
    const digits = digitsFor(ready.length);
    const typed = parts.body.slice(at, at + digits);
    at += digits;
    const process = ready[digits === 0 ? 0 : parseInt(typed, RADIX)];
    if (process === undefined || typed.length < digits) {
      throw new ScheduleTextError(`it was changed: step ${step} has no such choice`);
    }
    const choice = `${process}${parts.answers.get(step) ?? ''}`;
    const move = system.take(state, choice);
    if (move === undefined) {
      throw new ScheduleTextError(`it was changed: step ${step} has no such answer`);
    }
    choices.push(choice);
    ({ state } = move);
  }
  if (at !== parts.body.length || checkOf(mark, choices) !== parts.check) {
    throw new ScheduleTextError('it was changed: its last six characters do not fit the rest');
  }
  return choices;
}
