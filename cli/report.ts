/**
 * How a failure is told: `CODE: what (where). what to do` on stderr, one line a problem, never a stack trace. With
 * --json the same as one object on stdout. Anything that is not a known error is a bug of ours, FL901.
 */
import { ERRORS, type ErrorCode, EXIT, FencelabError } from '../domain/errors.ts';
import { type Paint, paintFor } from './colour.ts';
import { printJson } from './command-spec.ts';
import { InputProblems, MAX_PRINTED, problemLine } from './input-problems.ts';
import type { Io } from './io.ts';

interface Told {
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: string | undefined;
  readonly hint: string;
}

/** What a problem quotes may be as long as a file. */
const MAX_CHARS = 1000;

const short = (told: Told): Told => ({
  ...told,
  what: told.what.length > MAX_CHARS ? `${told.what.slice(0, MAX_CHARS)}...` : told.what,
});

function tell(error: unknown): readonly Told[] {
  if (error instanceof InputProblems) return error.problems;
  if (error instanceof FencelabError) {
    return [{ code: error.code, what: error.what, where: error.where, hint: error.hint }];
  }
  const message = (error as { message?: unknown } | null)?.message;
  const what = String(message ?? error).split('\n')[0] ?? '';
  return [
    { code: 'FL901', what: `internal error: ${what}`, where: undefined, hint: ERRORS.FL901.hint },
  ];
}

export function exitOf(error: unknown): number {
  if (error instanceof InputProblems || error instanceof FencelabError) return error.exit;
  return EXIT.internal;
}

function line(told: Told, paint: Paint): string {
  const text = problemLine(told);
  return `${paint('red', told.code)}${text.slice(told.code.length)}\n`;
}

/** Prints a failure; the caller ends with {@link exitOf}. */
export function reportError(
  error: unknown,
  io: Io,
  { json, command }: { readonly json: boolean; readonly command: string },
): void {
  const all = tell(error).map(short);
  const paint = paintFor(io.env, io.errIsTty);
  for (const told of all.slice(0, MAX_PRINTED)) io.err(line(told, paint));
  if (all.length > MAX_PRINTED) io.err(`... and ${all.length - MAX_PRINTED} more problems\n`);
  if (exitOf(error) === EXIT.internal && (io.env['FENCELAB_DEBUG'] ?? '') !== '') {
    io.err(`${String((error as { stack?: unknown } | null)?.stack ?? error)}\n`);
  }
  if (json) printJson(io, command, { ok: false, exit: exitOf(error), errors: all });
}
