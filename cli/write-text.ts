/** Writes a text that somebody asked for. It replaces an older one of its kind but no other file, as a log does. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FencelabError } from '../domain/errors.ts';
import { beginsWith } from './file-kind.ts';
import type { Io } from './io.ts';
import { systemCode } from './system-error.ts';

export const TEXT_KINDS = {
  'a chart': '<svg ',
  'a scenario that fencelab wrote': 'fencelab: 1\n',
} as const;
export type TextKind = keyof typeof TEXT_KINDS;

/** That a text of this kind can go there, before the work for it is done. @throws FencelabError FL403 */
export function checkTextTarget(path: string, kind: TextKind, { cwd }: Io): void {
  if (beginsWith(resolve(cwd, path), TEXT_KINDS[kind]) !== false) return;
  throw new FencelabError('FL403', `this file exists and is not ${kind}`, path);
}

/** @throws FencelabError FL403 */
export function writeText(path: string, text: string, { cwd }: Io): void {
  try {
    writeFileSync(resolve(cwd, path), text);
  } catch (error) {
    const why = systemCode(error) ?? 'unknown reason';
    throw new FencelabError('FL403', `cannot write: ${why}`, path);
  }
}
