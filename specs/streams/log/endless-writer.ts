/**
 * A process that writes a durable log for ever and says which records are safe, so that
 * kill.spec.ts can kill it. Usage: node --import ./ts-hooks.js endless-writer.ts PATH
 */
import { writeSync } from 'node:fs';
import { openFileSink } from '../../../streams/log/file-sink.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import { ORIGIN, sampleRecord } from './sample-log.ts';

const [, , path = ''] = process.argv;
const sink = await openFileSink(path, { background: true });
const writer = new LogWriter(sink, ORIGIN, { durable: true, block: 16 });
for (let i = 0; ; i += 4) {
  const group = [i, i + 1, i + 2, i + 3].map((seq) => writer.append(sampleRecord(seq)));
  await Promise.all(group);
  writeSync(1, `${i + 3}\n`);
}
