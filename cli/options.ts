/**
 * The options that several commands share, from text to values: a seed, a chooser, a sequence number. Each refuses
 * what it does not understand with its own code.
 */
import { randomBytes } from 'node:crypto';
import { FencelabError } from '../domain/errors.ts';
import { nearest } from '../domain/scenario/suggest.ts';
import { type U64, u64OfBigint } from '../domain/units.ts';
import { type ChoicesFile, readChoices } from './choices-file.ts';

/** The seed of a run in order of virtual time when none is given: such a run is a fixed example. */
export const DEFAULT_SEED: U64 = '0x1';

export interface ChosenChooser {
  readonly kind: 'time' | 'random' | 'choices';
  readonly choices: ChoicesFile | undefined;
  /** a schedule as `fencelab explore` prints it, to be read once the scenario is known (schedule-text.ts) */
  readonly schedule?: string;
  /** as it was given, for the line that repeats the run */
  readonly text: string;
}

/** `7` or `0x7`. @param where the option that it was given in. @throws FencelabError FL202 */
export function parseSeed(text: string, where = '--seed'): U64 {
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(text)) {
    const value = BigInt(text);
    if (value < 1n << 64n) return u64OfBigint(value);
  }
  const why = text.startsWith('-') ? 'is negative' : 'is not a seed';
  throw new FencelabError('FL202', `'${text}' ${why}`, where);
}

/** The seed given, or a default: fixed for `time`, fresh for `random`. A run prints it either way. */
export function seedFor(text: string | undefined, kind: ChosenChooser['kind']): U64 {
  if (text !== undefined) return parseSeed(text);
  return kind === 'random' ? u64OfBigint(randomBytes(8).readBigUInt64LE()) : DEFAULT_SEED;
}

/** `time`, `random`, `choices:FILE` or `schedule:TEXT`. @throws FencelabError FL204 */
export function parseChooser(text = 'time'): ChosenChooser {
  if (text === 'time' || text === 'random') return { kind: text, choices: undefined, text };
  if (text.startsWith('choices:')) {
    const file = text.slice('choices:'.length);
    if (file === '') throw new FencelabError('FL204', 'choices: without a file', '--chooser');
    return { kind: 'choices', choices: readChoices(file), text };
  }
  if (text.startsWith('schedule:')) {
    return { kind: 'choices', choices: undefined, text, schedule: text.slice('schedule:'.length) };
  }
  const guess = nearest(text, ['time', 'random', 'choices:FILE', 'schedule:TEXT']);
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
  throw new FencelabError('FL204', `there is no chooser '${text}'${hint}`, '--chooser');
}

/** The number of a chance to fail, counted from 1. @throws FencelabError FL201 */
export function parseChance(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new FencelabError('FL201', `'${text}' is not the number of a chance: 1, 2, ...`, '--fail');
}

/** A limit, such as 20000 or 20,000. @throws FencelabError FL201 */
export function parseCount(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const digits = text.replace(/[,_]/g, '');
  if (/^[0-9]{1,12}$/.test(digits)) return Number(digits);
  throw new FencelabError('FL201', `'${text}' is not a count: 0, 1, 2, ...`, flag);
}

/** A record's number. @throws FencelabError FL307 */
export function parseSeq(text: string): number {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new FencelabError('FL307', `'${text}' is not a sequence number`, '--at');
  }
  return value;
}
