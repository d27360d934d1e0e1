/**
 * A list of choices: one a line, as the records of a log have them (`app>vm0`, `timer:...`). Blank lines and lines that
 * begin with # are for people. Keeps the line of each choice, so that one that is not possible can be pointed at.
 */
import { FencelabError } from '../domain/errors.ts';
import { beginsAsLog } from './file-kind.ts';
import { readInput } from './input-file.ts';

const MAX_BYTES = 256 << 20;

export interface ChoicesFile {
  readonly file: string;
  readonly choices: readonly string[];
  /** the line of each choice, counted from 1 */
  readonly lines: readonly number[];
}

/** @throws FencelabError FL203 | FL204 */
export function readChoices(file: string): ChoicesFile {
  const choices: string[] = [];
  const lines: number[] = [];
  if (beginsAsLog(file) === true) {
    const what =
      "this is a log, not a list of choices; `jq -r 'select(.seq > 0).choice'` makes one";
    throw new FencelabError('FL204', what, file);
  }
  readInput(file, MAX_BYTES, 'FL204')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const choice = line.trim();
      if (choice === '' || choice.startsWith('#')) return;
      choices.push(choice);
      lines.push(index + 1);
    });
  if (choices.length === 0) throw new FencelabError('FL204', 'the file holds no choice', file);
  return { file, choices, lines };
}

/** Gives a complaint about choice N of the list the place in its file. */
export function placeInChoices(error: unknown, { file, lines }: ChoicesFile): unknown {
  if (!(error instanceof FencelabError) || error.code !== 'FL308') return error;
  const number = Number(/choice (\d+)/.exec(error.what)?.[1] ?? Number.NaN);
  const line = lines[number - 1];
  return new FencelabError('FL308', error.what, line === undefined ? file : `${file}:${line}`);
}
