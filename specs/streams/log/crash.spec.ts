/**
 * Promise P8 for power loss: at any moment the machine stops; of what was not synced, any 4 KiB
 * page may be there, missing, zeroed or garbage, in any order. Every record whose append had
 * resolved in durable mode is read back.
 */
import { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { FileSink } from '../../../streams/log/file-sink.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import { FaultyFile, inBackground } from './faulty-file.ts';
import { Dice } from './mutate-log.ts';
import { ORIGIN, OUTCOME, sampleRecord } from './sample-log.ts';
import type { StepRecord } from '../../../streams/world/record.ts';

const PAGE = 4096;
/** Long enough that the tail of one append spans pages. */
const RECORDS: readonly StepRecord[] = Array.from({ length: 64 }, (_, i) => {
  const record = sampleRecord(i);
  return { ...record, data: { ...record.data, note: 'n'.repeat((i * 997) % 9000) } };
});
const LINES = RECORDS.map(lineOfRecord);

interface Moment {
  readonly content: Buffer;
  readonly synced: number;
  readonly acknowledged: number;
}

/** Writes the log and looks at the file after each operation and each acknowledgement. */
async function moments(): Promise<readonly Moment[]> {
  const seen: Moment[] = [];
  const file = new FaultyFile();
  const background = inBackground(file);
  let acknowledged = 0;
  const look = <T>(result: T): T => {
    seen.push({ content: file.content, synced: file.synced, acknowledged });
    return result;
  };
  const sink = new FileSink(
    {
      write: async (bytes) => look(await background.write(bytes)),
      sync: async () => {
        await background.sync();
        look(undefined);
      },
      close: async () => {
        await background.close();
      },
    },
    'crash.jsonl',
  );
  const writer = new LogWriter(sink, ORIGIN, { block: 8, durable: true });
  const appends = RECORDS.map(async (record, i) => {
    // In groups of four, so that one sync covers several appends.
    for (let turn = 0; turn < Math.floor(i / 4) * 12; turn++) await Promise.resolve();
    await writer.append(record);
    acknowledged++;
    look(undefined);
  });
  await Promise.all(appends);
  await writer.seal(OUTCOME);
  return seen;
}

/** The file as it may be found after the crash. */
function survivor({ content, synced }: Moment, dice: Dice): Buffer {
  const length = synced + dice.below(content.length - synced + 1);
  const image = Buffer.from(content.subarray(0, length));
  for (let page = Math.floor(synced / PAGE) * PAGE; page < length; page += PAGE) {
    const from = Math.max(page, synced);
    const to = Math.min(page + PAGE, length);
    const fate = dice.below(4);
    if (fate === 1) image.fill(0, from, to);
    if (fate === 2) for (let at = from; at < to; at++) image[at] = dice.below(256);
    if (fate === 3) image.copyWithin(from, 0, to - from);
  }
  return image;
}

test('no crash loses an acknowledged record', async () => {
  const all = await moments();
  expect(all.at(-1)?.acknowledged).toBe(RECORDS.length);
  const dice = new Dice(99);
  let runs = 0;
  for (const moment of all) {
    for (let seed = 0; seed < 16; seed++) {
      runs++;
      const image = survivor(moment, dice);
      try {
        const { records, end } = decodeLog(image);
        expect(records.length).toBeGreaterThanOrEqual(moment.acknowledged);
        expect(records.map(lineOfRecord)).toEqual(LINES.slice(0, records.length));
        if (end.result === 'sealed') expect(records).toHaveLength(RECORDS.length);
      } catch (error) {
        if (!(error instanceof FencelabError)) throw error;
        expect(moment.acknowledged).toBe(0);
      }
    }
  }
  expect(runs).toBeGreaterThan(1024);
});
