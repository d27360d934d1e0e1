/**
 * Prints one line for each scenario and seed: the hash of every record line of a run under the random chooser. Two
 * processes that print the same have run the same, byte for byte; specs/streams/world/determinism.spec.ts compares two
 * that differ in everything a run must not depend on. Every second run, the odd seeds or the even ones, is replayed too,
 * and after each record the fold of its facts is held against the machines' own state.
 *
 *     node dist/bench/determinism.js [FOLDER [SEEDS [odd|even|none]]]
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from '../cli/scenario-file.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import { lineOfRecord } from '../streams/log/wire.ts';
import { Replayer } from '../streams/replay/replay.ts';
import { firstDifference } from '../streams/replay/same.ts';
import { foldRecord, viewsOfWorld } from '../streams/replay/views.ts';
import { enabled } from '../streams/world/choice.ts';
import { randomChooser } from '../streams/world/chooser.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { endOf, tableExecutor } from '../streams/world/run.ts';
import { startWorld } from '../streams/world/start.ts';
import { step } from '../streams/world/step.ts';
import type { World } from '../streams/world/world.ts';
import { isMain } from './measure.ts';

/** Looks at every step of a run; gives what is wrong, or null. */
interface Check {
  readonly at: (before: World | null, record: StepRecord, world: World) => string | null;
  readonly end: (world: World) => string | null;
}

function checkOf(scenario: Scenario, seed: U64): Check {
  const replayer = new Replayer(scenario, seed);
  return {
    at: (before, record, world) => {
      const difference = replayer.check(record);
      if (difference !== null) return JSON.stringify(difference);
      if (before === null) return null;
      // From the views before, which were the same: comparing then costs what the record changed.
      const folded = foldRecord(viewsOfWorld(before), record);
      const found = firstDifference(folded, viewsOfWorld(world));
      return found === null ? null : `record-${record.seq}-folds-to-another${found}`;
    },
    end: (world) => {
      const difference = replayer.checkEnd(endOf(world, [], false));
      return difference === null ? null : JSON.stringify(difference);
    },
  };
}

/** The line of one run: how many records, their hash, and `identical`, `-` for unchecked, or what is wrong. */
function lineOf(scenario: Scenario, seed: U64, check: Check | null): string {
  const hash = createHash('sha256');
  const chooser = randomChooser(seed);
  const started = startWorld(scenario, seed, tableExecutor);
  hash.update(lineOfRecord(started.record));
  let wrong = check?.at(null, started.record, started.world) ?? null;
  let { world } = started;
  for (let choices = enabled(world, tableExecutor); choices.length > 0;) {
    const next = step(world, chooser.choose(choices)?.key ?? '', tableExecutor);
    hash.update(lineOfRecord(next.record));
    wrong ??= check?.at(world, next.record, next.world) ?? null;
    world = next.world;
    choices = enabled(world, tableExecutor);
  }
  wrong ??= check?.end(world) ?? null;
  const { verdict, stateHash } = endOf(world, [], false);
  hash.update(`${verdict} ${stateHash}`);
  return `${world.seq} ${hash.digest('hex')} ${wrong ?? (check === null ? '-' : 'identical')}`;
}

function main([folder = 'scenarios', seeds = '200', which = 'none']: readonly string[]): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  for (const file of files.sort()) {
    const scenario = loadScenario(join(folder, file));
    for (let n = 1; n <= Number(seeds); n++) {
      const seed = `0x${n.toString(16)}`;
      const isChecked = which === (n % 2 === 1 ? 'odd' : 'even');
      const line = lineOf(scenario, seed, isChecked ? checkOf(scenario, seed) : null);
      process.stdout.write(`${file} ${n} ${line}\n`);
    }
  }
}

if (isMain(import.meta.url)) main(process.argv.slice(2));
