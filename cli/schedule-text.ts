/** `--chooser schedule:TEXT`: a schedule that `fencelab explore` printed, run on the scenario as it was explored. */
import { FencelabError } from '../domain/errors.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { atOnce } from '../streams/explore/at-once.ts';
import { scenarioSystem } from '../streams/explore/scenario-system.ts';
import {
  choicesOfText,
  scenarioMark,
  scheduleText,
  ScheduleTextError,
} from '../streams/explore/schedule/text.ts';
import type { ChosenChooser } from './options.ts';

/** A list of choices that came from no file. */
export function chooserOf(choices: readonly string[], text: string): ChosenChooser {
  return { kind: 'choices', choices: { file: text, choices, lines: [] }, text };
}

/** The text of a schedule of an explored scenario. */
export function textOf(scenario: Scenario, choices: readonly string[]): string {
  const explored = atOnce(scenario);
  return scheduleText(scenarioSystem(explored), scenarioMark(explored), choices);
}

/**
 * What runs: for a schedule the scenario as it is explored, with the choices that the text stands for; anything else as
 * it is. @throws FencelabError FL215
 */
export function asExplored(
  scenario: Scenario,
  chooser: ChosenChooser,
): { readonly scenario: Scenario; readonly chooser: ChosenChooser } {
  const { schedule, text } = chooser;
  if (schedule === undefined) return { scenario, chooser };
  const explored = atOnce(scenario);
  try {
    const choices = choicesOfText(scenarioSystem(explored), scenarioMark(explored), schedule);
    return { scenario: explored, chooser: chooserOf(choices, text) };
  } catch (error) {
    if (!(error instanceof ScheduleTextError)) throw error;
    throw new FencelabError('FL215', error.message, '--chooser');
  }
}
