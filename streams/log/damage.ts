/**
 * What can be wrong with a log, by name, and a place for it. The names are the vocabulary of the
 * reader's verdicts, of its specs and of docs/log-format.md. Damage is a value: reading never stops
 * with anything but a clear result.
 */

/** Every kind of damage with the sentence that a user reads. */
export const DAMAGE = {
  cut: 'the last line has no line feed',
  checksum: 'a line does not match its checksum',
  'too-long': 'a line is longer than 1 MiB',
  crlf: 'lines end in CR LF: the file was converted',
  bom: 'the file begins with a byte-order mark',
  utf8: 'a line is not UTF-8',
  json: 'a line is not JSON',
  schema: 'a line does not have the shape of its format version',
  scenario: 'the scenario in the header does not match its sha256',
  sequence: 'a record is out of sequence',
  block: 'a block line is missing, misplaced or wrong',
  chain: 'the hash over the lines does not match',
  count: 'the seal counts other records than the log holds',
  'no-header': 'the log does not begin with its header',
  'second-header': 'a second header follows',
  'after-seal': 'something follows the seal',
} as const;

export type DamageKind = keyof typeof DAMAGE;

/** Why a line was not accepted. */
export class Problem {
  readonly kind: DamageKind;
  /** more than the kind's sentence, if there is more to say */
  readonly detail: string | undefined;

  constructor(kind: DamageKind, detail?: string) {
    this.kind = kind;
    this.detail = detail;
  }
}

/** The first damage of a log. */
export interface Damage {
  readonly kind: DamageKind;
  readonly what: string;
  /** of the damaged line's first byte */
  readonly offset: number;
  /** counted from 1, as editors do */
  readonly line: number;
}

export function damageAt(problem: Problem, offset: number, line: number): Damage {
  const sentence = DAMAGE[problem.kind];
  const what = problem.detail === undefined ? sentence : `${sentence}: ${problem.detail}`;
  return { kind: problem.kind, what, offset, line };
}
