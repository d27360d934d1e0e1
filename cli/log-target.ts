/**
 * Where a run's log goes. `--out` replaces an older log but no other file: a mistyped path must not cost a scenario.
 * What is not a plain file (a pipe, /dev/null) is simply written to.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FencelabError } from '../domain/errors.ts';
import { canonicalOrder } from '../domain/scenario/canonical.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import type { RunningKey } from '../streams/explore/running-key.ts';
import { openFileSink } from '../streams/log/file-sink.ts';
import type { LogOrigin } from '../streams/log/header.ts';
import { LogWriter } from '../streams/log/writer.ts';
import { beginsAsLog } from './file-kind.ts';
import type { ChosenChooser } from './options.ts';
import { packageVersion } from './version.ts';

const NO_LOG = 'this file exists and is not a log';

/** That a log can go there, for who will have one only later. @throws FencelabError FL403 */
export function checkLogTarget(path: string): void {
  const folder = dirname(resolve(path));
  const refuse = (why: string): never => {
    throw new FencelabError('FL403', why, path);
  };
  if (!existsSync(folder)) refuse('there is no such folder');
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) refuse('this is a folder');
  if (beginsAsLog(path) === false) refuse(NO_LOG);
}

/** Opens a writer on `path`. @param key follows the run that is written @throws FencelabError FL403 for a file that is not a log */
export async function openLogWriter(
  path: string,
  scenario: Scenario,
  seed: U64,
  chooser: ChosenChooser['kind'],
  key?: RunningKey,
): Promise<LogWriter> {
  if (beginsAsLog(path) === false) {
    throw new FencelabError('FL403', NO_LOG, path);
  }
  const sink = await openFileSink(path, { replace: true });
  const source = canonicalOrder(scenario) as unknown as LogOrigin['scenario']['source'];
  const origin = { engine: packageVersion(), scenario: { name: scenario.name, source } };
  const options = key === undefined ? {} : { stateKey: key.hex };
  return new LogWriter(sink, { ...origin, seed, chooser }, options);
}

/** A folder for a log that nobody asked to keep. */
export class TemporaryFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'fencelab-'));

  file(name: string): string {
    return join(this.#path, name);
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** Where the log of a failed run goes when `--out` did not say. */
export function failureLogName(scenario: Scenario, seed: U64): string {
  const name = scenario.name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
  return `fencelab-${name === '' ? 'run' : name.slice(0, 60)}-${seed}.log`;
}
