/** `--do`: what is to be done instead at a record, from text to a change of a schedule. */
import { FencelabError } from '../domain/errors.ts';
import { processOf } from '../streams/world/choice.ts';
import type { Change } from '../streams/explore/schedule/change.ts';

const ORDER = /^(first|swap|after):(\d{1,9})$/;

/**
 * @param at the record, counted from 1
 * @param choices of the log, from record 1 on
 * @throws FencelabError FL201 | FL307
 */
export function parseChange(text: string, at: number, choices: readonly string[]): Change {
  const order = ORDER.exec(text);
  if (order !== null) {
    const other = Number(order[2]);
    if (other <= at || other > choices.length) {
      const what = `'${text}' needs a record from ${at + 1} to ${choices.length}`;
      throw new FencelabError('FL307', what, '--do');
    }
    return { kind: order[1] === 'after' ? 'after' : 'first', step: other - 1 };
  }
  if (text === '') throw new FencelabError('FL201', 'nothing to do', '--do');
  const here = processOf(choices[at - 1] ?? '');
  // an answer by itself is one of the very delivery; `!` alone is that without its answers
  if (text === '!') return { kind: 'deliver', choice: here };
  return { kind: 'deliver', choice: text.startsWith('!') ? here + text : text };
}
