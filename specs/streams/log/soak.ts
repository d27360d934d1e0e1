/**
 * The long versions of the log's sweeps, for `npm run soak`: the specs run the same functions with
 * smaller counts. Each returns what it counted and throws nothing: a fault is a line of text that
 * names how to run it again.
 */
import { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import type { LogEnd } from '../../../streams/log/log-end.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { Dice, type Mutant, mutantOf } from './mutate-log.ts';
import type { SampleLog } from './sample-log.ts';

export interface Sweep {
  readonly runs: number;
  /** result or error code -> how often */
  readonly results: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/** What is wrong with the reading of a damaged log; '' when nothing is. */
function faultOf(
  { bytes }: Mutant,
  originals: readonly SampleLog[],
  records: readonly StepRecord[],
  end: LogEnd,
): string {
  const intact = originals.some((log) => log.bytes.equals(bytes));
  if (intact !== (end.result === 'sealed')) return `intact: ${intact}, result: ${end.result}`;
  // A record that was never written must not appear, wherever the lines come from.
  const foreign = records.findIndex(
    (record, i) => !originals.some((log) => log.lines[i] === lineOfRecord(record)),
  );
  if (foreign >= 0) return `record ${foreign} was never written`;
  // What the chain confirms comes from one log.
  const proven = records.slice(0, (end.provenSeq ?? -1) + 1).map(lineOfRecord);
  const whole = originals.some((log) => proven.every((line, i) => log.lines[i] === line));
  return whole ? '' : 'the chain confirms records of two logs';
}

/** Mutates `log` (splicing with `other`) `runs` times. */
export function mutantSweep(log: SampleLog, other: SampleLog, runs: number, seed: number): Sweep {
  const dice = new Dice(seed);
  const results: Record<string, number> = {};
  const faults: string[] = [];
  for (let run = 0; run < runs; run++) {
    const mutant = mutantOf(log, other, dice);
    let result: string;
    let fault = '';
    try {
      const { records, end } = decodeLog(mutant.bytes);
      result = end.result;
      fault = faultOf(mutant, [log, other], records, end);
    } catch (error) {
      result = error instanceof FencelabError ? error.code : 'other';
      if (result !== 'FL301') fault = String(error);
    }
    results[result] = (results[result] ?? 0) + 1;
    if (fault !== '') faults.push(`seed ${seed} run ${run} ${mutant.by.join('+')}: ${fault}`);
  }
  return { runs, results, faults };
}

/** Flips every pair of bits of the bytes `[from, to)`. */
export function twoBitSweep(log: SampleLog, from: number, to: number): Sweep {
  const bits = (to - from) * 8;
  const bytes = Buffer.from(log.bytes);
  const flip = (bit: number): void => {
    const at = from + (bit >> 3);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  };
  const results: Record<string, number> = {};
  const faults: string[] = [];
  let runs = 0;
  for (let a = 0; a < bits; a++) {
    flip(a);
    for (let b = a + 1; b < bits; b++) {
      flip(b);
      const { result } = decodeLog(bytes).end;
      results[result] = (results[result] ?? 0) + 1;
      if (result === 'sealed' || result === 'open') faults.push(`bits ${a} and ${b}: ${result}`);
      runs++;
      flip(b);
    }
    flip(a);
  }
  return { runs, results, faults };
}
