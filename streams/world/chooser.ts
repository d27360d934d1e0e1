/**
 * Choosers: who decides among the enabled choices. One interface; a chooser may keep state of its own (a generator, a
 * place in a list), which is never part of the world.
 */
import { FencelabError } from '../../domain/errors.ts';
import type { U64 } from '../../domain/units.ts';
import { mix32, seed32 } from '../../hw/latency.ts';
import { type Choice, parseChoice } from './choice.ts';

export interface Chooser {
  /** One of `choices`, which has at least one, maybe with answers behind its key; null ends the run. */
  choose(choices: readonly Choice[]): Choice | null;
}

/** In order of virtual time: what the latency model has arrive first; ties in canonical order. */
export const timeChooser: Chooser = {
  choose: (choices) =>
    choices.reduce(
      (first, each) => (each.dueNs < first.dueNs ? each : first),
      choices[0] as Choice,
    ),
};

/** Any enabled choice, each as likely as another, from a seed. */
export function randomChooser(seed: U64): Chooser {
  const halves = seed32(seed);
  let drawn = 0;
  return {
    choose: (choices) => choices[mix32(halves, drawn++, 0x5eed) % choices.length] ?? null,
  };
}

/** The given choices one after another, then the end. @throws FencelabError FL308 for one that is not possible */
export function listChooser(list: readonly string[]): Chooser {
  let index = 0;
  return {
    choose: (choices) => {
      const wanted = list[index++];
      if (wanted === undefined) return null;
      const found = choices.find(({ key }) => key === deliveryOf(wanted));
      if (found !== undefined) return { ...found, key: wanted };
      const possible = choices.map(({ key }) => key).join(', ');
      throw new FencelabError(
        'FL308',
        `choice ${index} of the list, ${wanted}, is not possible here; possible: ${possible}`,
      );
    },
  };
}

function deliveryOf(choice: string): string {
  return choice.includes('!') ? parseChoice(choice).key : choice;
}
