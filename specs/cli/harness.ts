/** Runs the command line in this process with captured streams, or as a real process; and temporary folders. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BIN = join(ROOT, 'cli/bin.js');
export const NULL_BIND = join(ROOT, 'scenarios/null-bind.yaml');

/** A folder that goes away with the spec file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-spec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Conditions extends Partial<Io> {
  /** the signal that comes when this much has been printed */
  readonly stopAfter?: number;
}

/** `fencelab ...argv` in this process. */
export async function cli(argv: readonly string[], conditions: Conditions = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const { stopAfter, ...rest } = conditions;
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    outClosed: () => false,
    stopped: () => (stopAfter !== undefined && out.length >= stopAfter ? 'SIGINT' : undefined),
    cwd: tmpdir(),
    env: {},
    outIsTty: false,
    errIsTty: false,
    ...rest,
  };
  const status = await main(argv, io);
  return { status, out, err };
}

/** `fencelab ...argv` as a process of its own; needs `npm run build`. */
export function realCli(argv: readonly string[], options: { readonly cwd?: string } = {}): Ran {
  const ran = spawnSync(process.execPath, [BIN, ...argv], { encoding: 'utf8', ...options });
  return { status: ran.status ?? -1, out: ran.stdout, err: ran.stderr };
}

/** A shell line with `fencelab` in it. */
export function shell(line: string, cwd: string): Ran {
  const command = `fencelab() { '${process.execPath}' '${BIN}' "$@"; }; ${line}`;
  const ran = spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd });
  return { status: ran.status ?? -1, out: ran.stdout, err: ran.stderr };
}

/** Writes a file into `folder` and gives its path. */
export function put(folder: string, name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The head of a small scenario, seven lines; steps of `app` follow from line 8 on. */
export const HEAD = `fencelab: 1
name: small
vms: { vm0: {} }
bos: { bo0: { size: 0x4000 } }
syncobjs: { done: {}, tl: { kind: timeline } }
clients:
  app:
`;
