/**
 * Logs by a writer gone wrong: every checksum and the chain are right, but the lines contradict each other. Each
 * contradiction has its name, and the records before it are delivered.
 */
import { Chain } from '../../../streams/log/chain.ts';
import type { DamageKind } from '../../../streams/log/damage.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { framed } from '../../../streams/log/frame.ts';
import { headerText } from '../../../streams/log/header.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { ORIGIN, OUTCOME, sampleRecord } from './sample-log.ts';

/** Builds a log line by line with blocks of two, keeping the chain right whatever is said. */
class Forger {
  #text = '';
  readonly #chain = new Chain();

  constructor() {
    this.#hashed(headerText(ORIGIN, 2));
  }

  record(seq: number): this {
    return this.#hashed(lineOfRecord({ ...sampleRecord(seq), cause: null }));
  }

  block(block: number, from: number, to: number, more: object = {}): this {
    const stated = { block, from, to, ...more, sha256: this.#chain.close() };
    this.#text += framed(JSON.stringify(stated).slice(0, -1));
    return this;
  }

  seal(events: number): this {
    const stated = { seal: true, events, ...OUTCOME, sha256: this.#chain.close() };
    this.#text += framed(JSON.stringify(stated).slice(0, -1));
    return this;
  }

  get bytes(): Buffer {
    return Buffer.from(this.#text);
  }

  #hashed(line: string): this {
    this.#text += line;
    this.#chain.add(Buffer.from(line));
    return this;
  }
}

const forged = (): Forger => new Forger().record(0).record(1);

test('the forger can write a good log', () => {
  const { bytes } = forged().block(0, 0, 1).record(2).seal(3);
  expect(decodeLog(bytes).end).toMatchObject({ result: 'sealed', records: 3 });
});

const cases: readonly (readonly [string, () => Forger, DamageKind, number])[] = [
  ['a record where a block line is due', () => forged().record(2), 'block', 2],
  ['a seal where a block line is due', () => forged().seal(2), 'block', 2],
  ['a block line too early', () => new Forger().record(0).block(0, 0, 0), 'block', 1],
  ['a block line twice', () => forged().block(0, 0, 1).block(1, 2, 1), 'block', 2],
  ['a wrong block number', () => forged().block(1, 0, 1), 'block', 2],
  ['a block that begins elsewhere', () => forged().block(0, 1, 1), 'block', 2],
  ['a block that ends elsewhere', () => forged().block(0, 0, 2), 'block', 2],
  ['a seal that counts too many', () => forged().block(0, 0, 1).seal(3), 'count', 2],
  ['a seal that counts too few', () => forged().block(0, 0, 1).seal(1), 'count', 2],
  ['a short state key', () => forged().block(0, 0, 1, { stateKey: '55' }), 'schema', 2],
  ['a gap', () => new Forger().record(0).record(2), 'sequence', 1],
  ['a beginning that is not 0', () => new Forger().record(1), 'sequence', 0],
  ['two seals', () => forged().block(0, 0, 1).seal(2).seal(2), 'after-seal', 2],
  ['a record after the seal', () => forged().block(0, 0, 1).seal(2).record(2), 'after-seal', 2],
];

test.each(cases)('%s', (_what, forge, kind, delivered) => {
  const { records, end } = decodeLog(forge().bytes);
  expect(end).toMatchObject({ result: 'corrupt', damage: { kind } });
  expect(records).toHaveLength(delivered);
});

test('a whole line that lacks only its line feed counts for nothing', () => {
  const { bytes } = forged().block(0, 0, 1);
  const rest = `{"seq":2,"t":{${lineOfRecord(sampleRecord(2)).trimEnd()}`;
  expect(decodeLog(Buffer.concat([bytes, Buffer.from(rest)])).end).toMatchObject({
    result: 'torn',
    damage: { kind: 'cut' },
  });
  expect(decodeLog(Buffer.concat([bytes, Buffer.from(`${rest}\n`)])).end).toMatchObject({
    result: 'corrupt',
    damage: { kind: 'checksum' },
  });
});
