/**
 * The event log beside plain JSON lines: writing and reading 10^4, 10^5 and 10^6 typical records
 * through a file. Ours checks every record against its schema on both sides, adds checksum and hash
 * chain and verifies them; the peer is JSON.stringify into a write stream and readline with
 * JSON.parse, which promise nothing.
 *
 * Also the peak of resident memory while ours runs: it must not grow with the length of the log.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Fact } from '../domain/facts/schema.ts';
import { openFileSink } from '../streams/log/file-sink.ts';
import { openLog } from '../streams/log/reader.ts';
import { fileSource } from '../streams/log/source.ts';
import { LogWriter } from '../streams/log/writer.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { type Figure, isMain, line } from './measure.ts';

const ORIGIN = {
  engine: '0.1.0',
  scenario: { name: 'bench', source: { fencelab: 1 } },
  seed: '0x1',
  chooser: 'time',
} as const;
const OUTCOME = { verdict: 'ok', stateHash: '00'.repeat(32) };

/** The facts of a bind, its page-table writes and its fence, as they follow each other in a run. */
function factsOf(i: number): readonly Fact[] {
  const vm = `vm${i % 3}`;
  const fence = `${vm}/bind0:${i}`;
  const place = { addr: 0x1000 + i, range: 16 };
  switch (i % 8) {
    case 0:
      return [{ type: 'bind.accepted', vm, call: i, ops: 1, engine: `${vm}/bind0` }];
    case 1:
    case 2: {
      const rest = {
        obj: 'bo0',
        offset: 0,
        null: false,
        readOnly: false,
        userptr: false,
        gtMask: 0,
      };
      return [{ type: 'va.mapped', vm, va: i, ...place, ...rest }];
    }
    case 3:
    case 4: {
      const runs = [{ index: i % 512, count: 16, pte: 0x100083 + i * 4096, stride: 4096 }];
      return [{ type: 'pte.written', gt: 'gt0', vm, table: 4096 + i, level: 0, runs, by: 'gpu' }];
    }
    case 5:
      return [{ type: 'tlb.requested', gt: 'gt0', vm, ...place, seqno: i, fence: `gt0/tlb:${i}` }];
    case 6:
      return [];
    default:
      return [
        { type: 'job.done', engine: `${vm}/bind0`, job: `job${i}` },
        { type: 'fence.signaled', fence, error: 0 },
      ];
  }
}

/** Records come from a pool, so that making them costs next to nothing beside writing them. */
const POOL: readonly StepRecord[] = Array.from({ length: 4096 }, (_, i) => {
  const vm = `vm${i % 3}`;
  return {
    seq: 0,
    t: 0,
    actor: i % 2 === 0 ? vm : `${vm}/bind0`,
    type: i % 2 === 0 ? 'bind.run' : 'job.start',
    cause: null,
    choice: `app>${vm}`,
    data: i % 4 === 0 ? { call: i, addr: i } : { job: i },
    state: 'running',
    facts: factsOf(i),
    sends: i % 2 === 0 ? [[`${vm}/bind0`, 'job.start']] : [],
  };
});

function recordAt(seq: number): StepRecord {
  const record = POOL[seq % POOL.length] as StepRecord;
  return { ...record, seq, t: seq * 130, cause: seq === 0 ? null : seq - 1 };
}

/** The highest resident memory seen since the last reset. */
class Peak {
  bytes = 0;

  look(): void {
    this.bytes = Math.max(this.bytes, process.memoryUsage.rss());
  }
}
/** Records between two looks at the memory. */
const LOOK = 8192;

async function writeOurs(path: string, count: number, peak: Peak): Promise<void> {
  const writer = new LogWriter(await openFileSink(path, { replace: true }), ORIGIN);
  for (let seq = 0; seq < count; seq++) {
    const waiting = writer.append(recordAt(seq));
    if (waiting !== undefined) await waiting;
    if (seq % LOOK === 0) peak.look();
  }
  await writer.seal(OUTCOME);
  peak.look();
}

async function readOurs(path: string, count: number, peak: Peak): Promise<void> {
  const log = await openLog(fileSource(path));
  let seen = 0;
  for await (const batch of log.batches()) {
    seen += batch.length;
    peak.look();
  }
  const { result } = await log.end();
  if (result !== 'sealed' || seen !== count) throw new Error(`read ${seen} records, ${result}`);
}

async function writePeer(path: string, count: number): Promise<void> {
  const stream = createWriteStream(path);
  for (let seq = 0; seq < count; seq++) {
    if (!stream.write(`${JSON.stringify(recordAt(seq))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

async function readPeer(path: string, count: number): Promise<void> {
  let seen = 0;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if ((JSON.parse(text) as StepRecord).seq === seen) seen++;
  }
  if (seen !== count) throw new Error(`read ${seen} records`);
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  collectGarbage();
  const start = performance.now();
  await work();
  return (count * 1000) / (performance.now() - start);
}

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

function figureOf(name: string, rates: readonly number[]): Figure {
  const sorted = [...rates].sort((a, b) => a - b);
  const at = (i: number): number => sorted[i] ?? NaN;
  return { name, median: at(sorted.length >> 1), min: at(0), max: at(sorted.length - 1) };
}

export interface LogBenchRow {
  readonly records: number;
  readonly bytesPerLine: number;
  readonly figures: readonly Figure[];
  /** resident memory at its highest while ours wrote and read */
  readonly peakBytes: number;
}
export interface LogBench {
  readonly rows: readonly LogBenchRow[];
  /** how much more memory the longest log took than the one a tenth as long */
  readonly peakGrowthBytes: number;
}

/**
 * Ours five times; the peer as often, but three times only for the longest. Taking turns, so that
 * noise hits both.
 */
async function rowOf(folder: string, records: number): Promise<LogBenchRow> {
  const ours = join(folder, 'ours.jsonl');
  const peer = join(folder, 'peer.jsonl');
  const rates: [number[], number[], number[], number[]] = [[], [], [], []];
  const peak = new Peak();
  for (let round = 0; round < 5; round++) {
    rates[0].push(await rate(records, () => writeOurs(ours, records, peak)));
    rates[1].push(await rate(records, () => readOurs(ours, records, peak)));
    if (round >= 3 && records >= 1_000_000) continue;
    rates[2].push(await rate(records, () => writePeer(peer, records)));
    rates[3].push(await rate(records, () => readPeer(peer, records)));
  }
  const names = ['log: write', 'log: read', 'peer: JSON.stringify', 'peer: readline + JSON.parse'];
  const figures = rates.map((each, i) => figureOf(`${names[i]}, ${records} records`, each));
  return {
    records,
    bytesPerLine: statSync(ours).size / records,
    figures,
    peakBytes: peak.bytes,
  };
}

export async function run(
  sizes: readonly number[] = [10_000, 100_000, 1_000_000],
): Promise<LogBench> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    await rowOf(folder, 5000);
    const rows: LogBenchRow[] = [];
    for (const size of sizes) rows.push(await rowOf(folder, size));
    const [longest = 0, before = 0] = rows.map(({ peakBytes }) => peakBytes).reverse();
    return { rows, peakGrowthBytes: longest - before };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

if (isMain(import.meta.url)) {
  const { rows, peakGrowthBytes } = await run();
  const lines = rows.flatMap(({ bytesPerLine, figures, peakBytes }) => [
    ...figures.map(line),
    `  ${bytesPerLine.toFixed(0)} bytes a line, peak memory ${mebibytes(peakBytes)}`,
  ]);
  lines.push(`peak memory, 10^6 over 10^5 records: ${mebibytes(peakGrowthBytes)} more`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
