/** A repeated mapping whose n-th chunk fails leaves the tables as they were; L32 and L33 do not. */
import type { StepRecord } from '../../../streams/world/record.ts';
import { walk } from '../../../hw/page-tables.ts';
import type { World } from '../../../streams/world/world.ts';
import { broken, breaches } from '../../rig/invariants.ts';
import { failing, hex, immediateScenario, type Steps, timed } from '../../rig/immediate.ts';

const BOS = { dummy: 2, other: 4 };
const FIRST = 16;
/** Six chunks of two pages, between two other mappings. */
const CHUNKS = 6;
const repeat = {
  map: { addr: hex(FIRST), range: hex(2 * CHUNKS), bo: 'dummy', repeat: hex(2) },
};
const before: Steps = [
  { bind: { vm: 'vm0', ops: [{ map: { addr: hex(FIRST - 4), range: hex(4), bo: 'other' } }] } },
  { bind: { vm: 'vm0', ops: [{ map: { addr: hex(FIRST + 12), range: hex(4), bo: 'other' } }] } },
  // beyond the region that the op locks
  { bind: { vm: 'vm0', ops: [{ map: { addr: hex(40), range: hex(4), bo: 'other' } }] } },
];
const failed: Steps = [...before, { bind: { vm: 'vm0', ops: [repeat], expect: 'ENOMEM' } }];

/** Every page that leads somewhere, and where. */
function translations({ shared }: World): Record<number, number | null> {
  const root = shared.roots['gt0 vm0'] ?? 0;
  const found = Array.from({ length: 64 }, (_, page) => {
    const leaf = walk(shared.tables, root, 4, page);
    return leaf.kind === 'leaf' ? [[page, leaf.pfn] as const] : [];
  });
  return Object.fromEntries(found.flat());
}

const as = translations(timed(immediateScenario(before, BOS)).end.world);
const errnosOf = (records: readonly StepRecord[]): number[] =>
  records.flatMap(({ facts }) => facts.flatMap((f) => (f.type === 'op.failed' ? [f.error] : [])));
/** The chunk mappings of the ops before come first. */
const EARLIER = 3;

test.each(Array.from({ length: CHUNKS }, (_, i) => i))(
  'chunk %i fails: tables as before',
  (chunk) => {
    const { records, end } = failing(immediateScenario(failed, BOS), 'map', EARLIER + chunk);
    expect([end.verdict, end.reasons]).toEqual(['ok', []]);
    expect(errnosOf(records)).toEqual([-12]);
    expect(translations(end.world)).toEqual(as);
    expect(breaches(records)).toEqual([]);
  },
);

test('the op is repeated once nothing fails, and maps all of it', () => {
  const again: Steps = [...failed, { bind: { vm: 'vm0', ops: [repeat] } }];
  const { end } = failing(immediateScenario(again, BOS), 'map', EARLIER + 3);
  expect([end.verdict, Object.keys(translations(end.world)).length]).toEqual(['ok', 24]);
});

test('with L32 one chunk stays mapped from the second on', () => {
  const scenario = immediateScenario(failed, BOS, { quirks: ['L32'] });
  for (let chunk = 1; chunk < CHUNKS; chunk++) {
    const { records, end } = failing(scenario, 'map', EARLIER + chunk);
    const more = Object.keys(translations(end.world)).length - Object.keys(as).length;
    expect([chunk, more, broken(records)]).toEqual([chunk, 2, ['opEntries']]);
  }
});

test('with L32 a first chunk that fails unmaps everything behind it, and the VM is unusable', () => {
  const steps: Steps = [...failed, { expect: { vm: 'vm0', state: 'unusable' } }];
  const scenario = immediateScenario(steps, BOS, { quirks: ['L32'] });
  const { records, end } = failing(scenario, 'map', EARLIER);
  expect(end.verdict).toBe('ok');
  expect(Object.keys(translations(end.world)).map(Number)).toEqual([12, 13, 14, 15]);
  expect(broken(records).sort()).toEqual(['opEntries', 'opRegion']);
});

test('a repeat range of 0 is refused; with L33 the kernel oopses', () => {
  const zero = { map: { addr: '0x0', range: '0x4000', bo: 'dummy', repeat: '0x0' } };
  const steps: Steps = [{ bind: { vm: 'vm0', ops: [zero], expect: 'EINVAL' } }];
  const right = timed(immediateScenario(steps, BOS));
  expect([right.end.verdict, breaches(right.records)]).toEqual(['ok', []]);
  const wrong = timed(immediateScenario(steps, BOS, { quirks: ['L33'] }));
  expect([wrong.end.verdict, broken(wrong.records)]).toEqual(['stuck', ['oops']]);
});

test.each([
  ['R01', { unmap: { addr: hex(FIRST + 3), range: hex(2) } }],
  ['R02', { unmap: { addr: hex(FIRST + 3), range: hex(2) } }],
] as const)('with %s a split loses the pattern', (quirk, op) => {
  const steps: Steps = [{ bind: { vm: 'vm0', ops: [repeat] } }, { bind: { vm: 'vm0', ops: [op] } }];
  expect(breaches(timed(immediateScenario(steps, BOS)).records)).toEqual([]);
  const { records } = timed(immediateScenario(steps, BOS, { quirks: [quirk] }));
  expect(broken(records)).toContain('opResult');
});
