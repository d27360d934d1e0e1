/**
 * The verdict of a reading: one of four results with what was read and, for damage, where. As an
 * error it is what a command line prints and exits with.
 */
import { FencelabError } from '../../domain/errors.ts';
import type { Damage } from './damage.ts';
import type { HeaderLine, SealLine } from './lines.schema.ts';

/** How far the good part of a log reaches. */
interface Extent {
  /** undefined when line 1 itself is damaged; then no record was delivered */
  readonly header: HeaderLine | undefined;
  /** whole records delivered, which are those numbered 0 .. records - 1 */
  readonly records: number;
  /** the last good sequence number */
  readonly lastSeq: number | null;
  /**
   * the last record that a block line or the seal confirms; later ones have only their own checksum
   */
  readonly provenSeq: number | null;
  /** length of the accepted lines; copying that many bytes salvages the log */
  readonly goodBytes: number;
  /** the row of the recovery table that decided */
  readonly row: string;
}

/** Complete: every line accepted and the seal's hash agrees. */
export interface SealedLog extends Extent {
  readonly result: 'sealed';
  readonly seal: SealLine;
}
/** Ends at a line end without a seal: the writer is still at it, or was stopped. */
export interface OpenEnd extends Extent {
  readonly result: 'open';
}
/** `torn`: only the tail is damaged, as a crash leaves it. `corrupt`: anything else. */
export interface DamagedLog extends Extent {
  readonly result: 'torn' | 'corrupt';
  readonly damage: Damage;
}
export type LogEnd = SealedLog | OpenEnd | DamagedLog;

/** What is wrong with a log that was read to this end, or undefined for a sealed one. */
export function errorOfEnd(end: LogEnd): FencelabError | undefined {
  const last = end.lastSeq === null ? 'no record is whole' : `last good record ${end.lastSeq}`;
  if (end.result === 'sealed') return undefined;
  if (end.result === 'open') return new FencelabError('FL306', 'the log has no seal', last);
  const { what, offset, line } = end.damage;
  const code = end.result === 'torn' ? 'FL302' : 'FL303';
  return new FencelabError(code, what, `byte ${offset}, line ${line}, ${last}`);
}
