/**
 * Several problems of one input at once, each with its place. The command line prints them one a line, at most
 * {@link MAX_PRINTED}, and ends with the exit status of the first.
 */
import { ERRORS, type ErrorCode, type ExitStatus } from '../domain/errors.ts';

export const MAX_PRINTED = 20;

export interface PlacedProblem {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
  /** `file:line:column` */
  readonly where: string;
}

export class InputProblems extends Error {
  readonly problems: readonly PlacedProblem[];

  constructor(problems: readonly PlacedProblem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'InputProblems';
    this.problems = problems;
  }

  get exit(): ExitStatus {
    const first = this.problems[0];
    return ERRORS[first?.code ?? 'FL901'].exit;
  }
}

/** `CODE: what (where). what to do`, on one line and without what would steer a terminal: names and bytes come from anywhere. */
export function problemLine({
  code,
  what,
  where,
  hint,
}: Omit<PlacedProblem, 'where'> & { readonly where?: string | undefined }): string {
  const text = `${code}: ${what}${where === undefined ? '' : ` (${where})`}. ${hint}`;
  return text.replace(/\p{Cc}+/gu, ' ');
}
