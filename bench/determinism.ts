/**
 * Prints one line for each scenario and seed: the hash of every record line of a run under the random chooser. Two
 * processes that print the same have run the same, byte for byte; specs/streams/world/determinism.spec.ts compares two
 * that differ in everything a run must not depend on. Every second run is replayed too, the odd seeds or the even ones.
 *
 *     node dist/bench/determinism.js [FOLDER [SEEDS [odd|even|none]]]
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from '../cli/scenario-file.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { lineOfRecord } from '../streams/log/wire.ts';
import { type Difference, Replayer } from '../streams/replay/replay.ts';
import { runScenario } from '../streams/world/run.ts';
import { isMain } from './measure.ts';

interface Ran {
  readonly hash: string;
  readonly records: number;
  /** `identical`, where the replay differs, or `-` for a run that was not replayed */
  readonly replay: string;
}

function ran(scenario: Scenario, n: number, isReplayed: boolean): Ran {
  const seed = `0x${n.toString(16)}`;
  const hash = createHash('sha256');
  const replayer = isReplayed ? new Replayer(scenario, seed) : null;
  let difference: Difference | null = null;
  const run = runScenario({ scenario, seed, chooser: 'random' });
  let next = run.next();
  for (; next.done !== true; next = run.next()) {
    hash.update(lineOfRecord(next.value));
    difference ??= replayer?.check(next.value) ?? null;
  }
  const { verdict, stateHash, events } = next.value;
  difference ??= replayer?.checkEnd({ verdict, stateHash }) ?? null;
  hash.update(`${verdict} ${stateHash}`);
  const replayed = difference === null ? 'identical' : JSON.stringify(difference);
  return { hash: hash.digest('hex'), records: events, replay: isReplayed ? replayed : '-' };
}

function main([folder = 'scenarios', seeds = '200', which = 'none']: readonly string[]): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  for (const file of files.sort()) {
    const scenario = loadScenario(join(folder, file));
    for (let n = 1; n <= Number(seeds); n++) {
      const { hash, records, replay } = ran(scenario, n, which === (n % 2 === 1 ? 'odd' : 'even'));
      process.stdout.write(`${file} ${n} ${records} ${hash} ${replay}\n`);
    }
  }
}

if (isMain(import.meta.url)) main(process.argv.slice(2));
