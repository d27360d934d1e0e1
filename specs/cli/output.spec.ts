/** Where output goes wrong: full disks, closed pipes, signals. Real processes, so `npm run build` comes first. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BIN, cli, HEAD, NULL_BIND, put, shell, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const reads = (count: number): string =>
  HEAD.replace('small', 'long') + '    - gpu: { vm: vm0, read: 0x0 }\n'.repeat(count);
const long = put(folder, 'long.yaml', reads(12_000));

describe('a full disk', () => {
  it.each(['--out /dev/full', '--out /dev/full --json'])('run %s: FL401, exit 6', (out) => {
    const ran = shell(`fencelab run '${NULL_BIND}' ${out}`, folder);
    expect(ran.status).toBe(6);
    expect(ran.err).toMatch(/^FL401: writing failed: ENOSPC \(\/dev\/full\)\. Free some space/);
  });

  it('behind stdout: the same', () => {
    const ran = shell(`fencelab run '${NULL_BIND}' > /dev/full`, folder);
    expect(ran.status).toBe(6);
    expect(ran.err).toMatch(/^FL401: writing failed: ENOSPC \(stdout\)/);
  });
});

describe('a closed pipe', () => {
  it('behind stdout is nothing to complain about, and the log is still written', () => {
    const line = `fencelab run '${NULL_BIND}' --out piped.log | head -1; echo \${PIPESTATUS[0]}`;
    const ran = shell(line, folder);
    expect(ran.err).toBe('');
    expect(ran.out.trimEnd().split('\n').at(-1)).toBe('0');
    expect(shell('fencelab validate piped.log', folder).status).toBe(0);
  });

  it('behind --out is FL402', () => {
    const line = `mkfifo fifo; head -c 10 fifo > /dev/null & fencelab run '${long}' --out fifo > /dev/null`;
    const ran = shell(line, folder);
    expect(ran.err).toMatch(/^FL402: writing failed: EPIPE \(fifo\)\. The reader/);
    expect(ran.status).toBe(6);
  });
});

/** Starts a long run, sends the signal once the log has something, and waits for the end. */
function interrupted(signal: 'SIGINT' | 'SIGTERM', log: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, 'run', long, '--out', log], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let seen = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > 20_000 && !child.killed) child.kill(signal);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s flushes the log and ends with %d', async (signal, status) => {
    const log = join(folder, `${signal}.log`);
    expect(await interrupted(signal, log)).toBe(status);
    const validated = await cli(['validate', log]);
    expect(validated.err).toMatch(/^FL306: the log has no seal/);
    const replayed = await cli(['replay', log, '--quiet']);
    expect(replayed.out).toMatch(/^identical so far: \d{3,} records/);
  });

  it('is obeyed inside of one process, too', async () => {
    const ran = await cli(['run', long], { stopAfter: 10_000 });
    expect(ran.status).toBe(130);
    expect(ran.out).not.toContain('verdict');
  });
});

describe('a failed run', () => {
  const failing = put(
    folder,
    'failing.yaml',
    `${HEAD.replace('small', 'will fail')}    - gpu: { vm: vm0, read: 0x0, expect: 0x5 }\n`,
  );

  it('keeps its log in the current folder and ends with the line that replays it', async () => {
    const ran = await cli(['run', failing, '--seed', '0x2a'], { cwd: folder });
    expect(ran.status).toBe(1);
    const last = ran.out.trimEnd().split('\n').at(-1);
    expect(last).toBe(
      `replay: fencelab replay fencelab-will-fail-0x2a.log   (or: fencelab run ${failing} --seed 0x2a)`,
    );
    const log = join(folder, 'fencelab-will-fail-0x2a.log');
    expect(existsSync(log)).toBe(true);
    expect((await cli(['replay', log])).status).toBe(0);
    expect(ran.out).toContain('EXPECTATION FAILED in step 1, GPU access: expected 0x5, got fault');
  });

  it('tells its verdict even where its log cannot be written', async () => {
    const ran = await cli(['run', failing], { cwd: '/nowhere' });
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(/^warning: FL403: .*ENOENT/);
    expect(ran.out).toMatch(
      /\nverdict: failed .*\nseed: 0x1 .*\nreplay: fencelab run .* --seed 0x1\n$/,
    );
  });

  it('uses --out when given', async () => {
    const log = join(folder, 'kept.log');
    const ran = await cli(['run', failing, '--out', log, '--chooser', 'random', '--seed', '3']);
    expect(ran.out).toContain(
      `replay: fencelab replay ${log}   (or: fencelab run ${failing} --seed 0x3 --chooser random)`,
    );
    expect(readFileSync(log, 'utf8')).toContain('"verdict":"failed"');
  });
});
