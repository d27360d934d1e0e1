/** Reads a file that somebody names. */
import { readFileSync, statSync } from 'node:fs';
import { FencelabError } from '../domain/errors.ts';
import { readFailure } from './system-error.ts';

/** Its text. @throws FencelabError FL203 when it cannot be read, FL112 when it is too large */
export function readInput(file: string, maxBytes: number): string {
  try {
    const { size } = statSync(file);
    if (size > maxBytes) throw new FencelabError('FL112', `the file has ${size} bytes`, file);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof FencelabError) throw error;
    throw new FencelabError('FL203', readFailure(error), file);
  }
}
