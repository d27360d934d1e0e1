/**
 * Promise P8 for real: a writing process is killed with SIGKILL at a random moment, and every
 * record that it had reported as safe is in the file, which reads as open or torn.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { sampleRecord } from './sample-log.ts';

/** More with FENCELAB_KILLS, for a soak. */
const KILLS = Number(process.env['FENCELAB_KILLS'] ?? 6);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Lets the writer go until it has reported `reports` times, kills it, and says what it reported
 * last.
 */
function killedAfter(reports: number, path: string): Promise<number> {
  const args = ['--no-warnings', '--import', here('ts-hooks.js'), here('endless-writer.ts'), path];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > reports) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null) reject(new Error(`the writer ended by itself: ${code}`));
      // A report that was cut off does not count.
      else resolve(Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1)));
    });
  });
}

test('kill -9 loses no record that was reported as safe', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-kill-'));
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const path = join(folder, `${kill}.jsonl`);
      const last = await killedAfter(1 + ((kill * 7) % 40), path);
      const { records, end } = decodeLog(readFileSync(path));
      expect(['open', 'torn']).toContain(end.result);
      expect(end.lastSeq).toBeGreaterThanOrEqual(last);
      for (const record of records) {
        expect(lineOfRecord(record)).toBe(lineOfRecord(sampleRecord(record.seq)));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
