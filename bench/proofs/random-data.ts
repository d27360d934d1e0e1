/** What random schedules showed so far, as a file: kept after every chunk, so that a run can be stopped at any time. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface RandomRuns {
  /** chunks drawn, from the first on */
  readonly chunks: number;
  readonly runs: number;
  readonly steps: number;
  /** the first thing that was wrong, with its schedule; null: nothing was */
  readonly wrong: { readonly what: string; readonly choices: readonly string[] } | null;
}

/** By the name of the scenario. */
export type RandomData = Readonly<Record<string, RandomRuns>>;

export function readRandom(path: string): RandomData {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RandomData) : {};
}

export function writeRandom(path: string, data: RandomData): void {
  const rows = Object.keys(data)
    .sort()
    .map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(data[name])}`);
  // whole or not at all: who stops the run may do so in the middle of a write
  writeFileSync(`${path}.new`, `{\n${rows.join(',\n')}\n}\n`);
  renameSync(`${path}.new`, path);
}
