/**
 * A problem of a scenario: what is wrong, at which path of the document, and what to do about it. A checker lists
 * problems instead of throwing, so that one run of `validate` shows all of them. Whoever read the text (the command
 * line) turns the path into a file, line and column.
 */
import { ERRORS, type ErrorCode } from '../errors.ts';

/** Keys and indices from the top of the document. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly code: ErrorCode;
  /** one sentence, without code and place */
  readonly what: string;
  readonly path: Path;
  /** what to do; the table's advice for the code when nothing better is known */
  readonly hint: string;
}

export function problem(code: ErrorCode, what: string, path: Path, hint?: string): Problem {
  return { code, what, path, hint: hint ?? ERRORS[code].hint };
}

/** `clients.app[2].bind.vm`, for people. @example pathText(['clients', 'app', 2]) === 'clients.app[2]' */
export function pathText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}
