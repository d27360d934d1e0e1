/**
 * Reading a log file for a command: record by record, with a progress line, a stop on a signal, and the verdict of the
 * reading told as the command line tells things: a torn or open log is a warning, a corrupt one an error.
 */
import { statSync } from 'node:fs';
import { FencelabError } from '../domain/errors.ts';
import { errorOfEnd, type LogEnd } from '../streams/log/log-end.ts';
import type { OnBlock } from '../streams/log/line-acceptor.ts';
import { openLog, type OpenLog } from '../streams/log/reader.ts';
import { fileSource } from '../streams/log/source.ts';
import type { StepRecord } from '../streams/world/record.ts';
import type { CommandCall } from './command-spec.ts';
import { looksLikeScenario } from './file-kind.ts';
import { problemLine } from './input-problems.ts';
import { breathe } from './io.ts';
import { Progress } from './progress.ts';

/** Opens a log. @throws FencelabError with the file's name when it is none */
export async function openLogFile(file: string, onBlock?: OnBlock): Promise<OpenLog> {
  try {
    if (statSync(file).isDirectory()) throw new FencelabError('FL203', 'this is a folder', file);
  } catch (error) {
    if (error instanceof FencelabError) throw error;
    throw new FencelabError('FL203', 'there is no such file', file);
  }
  try {
    return await openLog(fileSource(file), onBlock);
  } catch (error) {
    const isForeign = error instanceof FencelabError && error.code === 'FL301';
    if (isForeign && looksLikeScenario(file)) {
      throw new FencelabError('FL301', 'this is a scenario, not a log', file);
    }
    throw named(error, file);
  }
}

/** The error with the file's name in its place. */
export function named(error: unknown, file: string): unknown {
  if (!(error instanceof FencelabError) || error.where?.includes(file) === true) return error;
  const where = error.where === undefined ? file : `${file}: ${error.where}`;
  return new FencelabError(error.code, error.what, where);
}

/**
 * Hands every record to `each` until it says false, and gives the verdict; undefined when the reading was broken off,
 * by `each` or by a signal.
 */
export async function readRecords(
  log: OpenLog,
  each: (record: StepRecord) => boolean,
  call: CommandCall,
): Promise<LogEnd | undefined> {
  const progress = new Progress(call.io, 'records', call.quiet);
  let count = 0;
  try {
    for await (const batch of log.batches()) {
      for (const record of batch) if (!each(record)) return undefined;
      count += batch.length;
      progress.at(count);
      await breathe();
      if (call.io.stopped() !== undefined) return undefined;
    }
    return await log.end();
  } finally {
    progress.end();
    await log.close();
  }
}

/**
 * Tells how the reading ended: nothing for a sealed log, a warning for an open or torn one.
 * @throws FencelabError FL303 for a corrupt one, FL302 for one without a whole record
 */
export function tellLogEnd(end: LogEnd, file: string, call: CommandCall): void {
  const error = errorOfEnd(end);
  if (error === undefined) return;
  const placed = named(error, file) as FencelabError;
  if (end.result === 'corrupt') throw placed;
  if (end.records === 0) throw new FencelabError('FL302', 'the log holds no whole record', file);
  const { code, what, where, hint } = placed;
  if (!call.quiet) call.io.err(`warning: ${problemLine({ code, what, where, hint })}\n`);
}
