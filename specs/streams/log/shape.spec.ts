/**
 * The shape of the log cannot change and its version stay: what a line may be is pinned beside the version. (The state
 * hash in the seal is pinned by the golden runs of this version, golden.spec.ts.)
 */
import { createHash } from 'node:crypto';
import { WIRE_FORM } from '../../../domain/facts/fields.ts';
import { FACT_TYPES } from '../../../domain/facts/schema.ts';
import { LOG_VERSION } from '../../../streams/log/format.ts';
import { V1_TYPES, V2_TYPES } from '../../../streams/log/fact-types.ts';
import { jsonSchemaOfLine } from '../../../streams/log/lines.schema.ts';
import { RAISE } from './raise.ts';

/** By version; one that was landed never changes. */
const PINNED: Readonly<Record<number, string>> = {
  3: '0b355017169ef2575d8e95490c851d3e275f0d8f1b99eb7e1c7723b5f2b8121c',
};

/** Members in the order of their names: how a schema is put together does not matter. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

const shapeOf = (schema: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted([schema, WIRE_FORM])))
    .digest('hex');

test('what a line may be is what it was when the version was raised', () => {
  const shape = shapeOf(jsonSchemaOfLine());
  if (shape !== PINNED[LOG_VERSION]) {
    throw new Error(`version ${LOG_VERSION} has another shape, ${shape}. ${RAISE}`);
  }
});

test('a fact, a member, a value or a number more is another shape', () => {
  const text = JSON.stringify(jsonSchemaOfLine());
  const shape = shapeOf(JSON.parse(text));
  for (const [old, now] of [
    ['"va.mapped"', '"va.moved"'],
    ['"gtMask"', '"gtMasks"'],
    ['"dma-fence"', '"dma-fences"'],
    ['9007199254740991', '9007199254740990'],
  ] as const) {
    expect(text).toContain(old);
    expect(shapeOf(JSON.parse(text.replace(old, now)))).not.toBe(shape);
  }
});

test('no fact type was ever taken away', () => {
  for (const type of [...V1_TYPES, ...V2_TYPES]) expect(FACT_TYPES).toContain(type);
  expect([V1_TYPES.size, V2_TYPES.size]).toEqual([39, 98]);
});
