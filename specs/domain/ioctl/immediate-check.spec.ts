/** The checks of one op of the drivers of domain/driver: each row refuses something that no row before it does. */
import { DRIVERS, hasSparse, semanticsOf } from '../../../domain/driver/drivers.ts';
import {
  checkImmediate,
  IMMEDIATE_RULES,
  type ImmediateView,
} from '../../../domain/ioctl/immediate-check.ts';
import { rawImmediateOp } from '../../../domain/ioctl/immediate-op.ts';
import {
  IMMEDIATE_SYNC_RULES,
  submitted,
  type SyncsView,
} from '../../../domain/ioctl/immediate-syncs.ts';
import type { BindOp } from '../../../domain/scenario/schema.ts';

const VIEW: ImmediateView = {
  driver: DRIVERS.panthor,
  version: '1.8',
  quirks: [],
  isOpen: true,
  isUnusable: false,
  isAsync: false,
  vm: 'vm0',
  bo: (id) => ({ bo0: { range: 4, vm: null }, theirs: { range: 4, vm: 'vm1' } })[id],
};

const map = (more: object): BindOp =>
  ({ map: { addr: '0x0', range: '0x1000', bo: 'bo0', ...more } }) as BindOp;
const raw = (op: string, more: object = {}): BindOp =>
  ({
    raw: { op, offset: '0x0', addr: '0x0', range: '0x1000', region: '0x0', gtMask: '0x0', ...more },
  }) as BindOp;
const UNMAP = '0x10000000';
const SYNC = '0x20000000';
const done = { syncobj: 'done' };
const asynchronous = { isAsync: true };

/** row -> an op that it refuses, and what is different from the view above */
const REFUSED: Readonly<Record<string, readonly [BindOp, Partial<ImmediateView>?]>> = {
  'op-1': [map({}), { isOpen: false }],
  'op-2': [map({}), { isAsync: true, driver: DRIVERS.asahi }],
  'op-3': [map({}), { isAsync: true, isUnusable: true }],
  'op-4': [map({ in: [done] })],
  'op-5': [map({ addr: '0x800' })],
  'op-6a': [raw('0x30000000')],
  'op-6b': [map({ bo: 'nothing' })],
  'op-6c': [map({ repeat: '0x1000' }), { version: '1.7' }],
  'op-6d': [map({ null: true }), { driver: DRIVERS.msm }],
  'op-7a': [map({ offset: '0x10' })],
  'op-7b': [map({ offset: '0x4000' })],
  'op-8a': [map({ range: '0x4000', repeat: '0x2000', offset: '0x3000' })],
  'op-8b': [map({ repeat: '0x0' })],
  'op-8c': [map({ range: '0x3000', repeat: '0x2000' })],
  'op-8d': [
    map({ range: '0x100000000', repeat: '0x100000000' }),
    { bo: () => ({ range: 2 ** 21, vm: null }) },
  ],
  'op-8e': [map({ range: '0x1000', repeat: '0x800' })],
  'op-8f': [raw('0x0', { bo: 'bo0', repeat: '0x1000' })],
  'op-9': [map({ bo: 'theirs' })],
  'op-10': [raw(UNMAP, { offset: '0x1000' })],
  'op-11a': [raw(SYNC), asynchronous],
  'op-11b': [{ sync: { in: [], out: [] } }, asynchronous],
};

const rowOf = (op: BindOp, view: Partial<ImmediateView> = {}): string | null =>
  checkImmediate(rawImmediateOp(op), { ...VIEW, ...view })?.row ?? null;

test('there is a case for every row', () => {
  expect(Object.keys(REFUSED)).toEqual(IMMEDIATE_RULES.map(({ row }) => row));
});

test.each(Object.entries(REFUSED))('%s', (row, [op, view]) => {
  expect(rowOf(op, view)).toBe(row);
});

const PASSING: readonly (readonly [string, BindOp, Partial<ImmediateView>?])[] = [
  ['a plain map', map({})],
  ['a map with all flags that there are', raw('0xf', { bo: 'bo0', repeat: '0x1000' })],
  [
    'a repeated map of the end of a BO',
    map({ range: '0x6000', repeat: '0x2000', offset: '0x2000' }),
  ],
  ['one larger than its BO', map({ range: '0x40000', repeat: '0x4000' })],
  ['an unmap', raw(UNMAP)],
  ['a wait', { sync: { in: [done], out: [] } }, asynchronous],
  ['a single page', map({ range: '0x9000', singlePage: true }), { driver: DRIVERS.asahi }],
  ['MAP_NULL', map({ bo: undefined, null: true }), { driver: DRIVERS.msm }],
  ['a repeat range of 0 with L33', map({ repeat: '0x0' }), { quirks: ['L33'] as const }],
  ['nothing to do, whatever is in it', map({ bo: 'nothing', range: '0x0' })],
];

test.each(PASSING.map(([what]) => what))('%s is not refused', (what) => {
  const [, op, view] = PASSING.find(([each]) => each === what) ?? [];
  expect(op === undefined ? 'no case' : rowOf(op, view)).toBeNull();
});

test.each(Object.values(DRIVERS))('$profile takes its own sparse form only', (driver) => {
  const version = driver.version;
  const forms = {
    repeat: map({ repeat: '0x1000' }),
    'single-page': map({ singlePage: true }),
    null: map({ bo: undefined, null: true }),
  };
  const taken = Object.entries(forms).filter(([, op]) => rowOf(op, { driver, version }) === null);
  expect(taken.map(([form]) => form)).toEqual([driver.sparse]);
  expect(semanticsOf(driver, version)).toBe(driver.semantics);
});

test('a version is compared number by number', () => {
  const has = (version: string): boolean => hasSparse(DRIVERS.panthor, version);
  expect(['1.7', '1.8', '1.10', '2.0', '0.9'].map(has)).toEqual([false, true, true, true, false]);
});

const SYNCS: SyncsView = {
  capture: ({ syncobj }) => (syncobj === 'held' ? ['a:1'] : null),
  syncobjKind: (id) => (({ held: 'binary', empty: 'binary', tl: 'timeline' }) as const)[id],
  fenceOf: (job) => `q:${job + 1}`,
};
const held = { syncobj: 'held' };
const empty = { syncobj: 'empty' };

test.each([
  ['op-s1', [{ in: [{ dmaBuf: true as const }], out: [] }]],
  ['op-s2', [{ in: [{ syncobj: 'held', point: '0x1' }], out: [] }]],
  ['op-s3', [{ in: [], out: [{ syncobj: 'nothing' }] }]],
  [
    'op-s4',
    [
      { in: [empty], out: [] },
      { in: [], out: [empty] },
    ],
  ],
  ['op-s5', [{ in: [{ syncobj: 'nothing' }], out: [] }]],
  ['op-s6', [{ in: [empty], out: [] }]],
] as const)('%s', (row, ops) => {
  expect(submitted(ops, SYNCS)).toMatchObject({ row });
  expect(IMMEDIATE_SYNC_RULES.map((each) => each.row)).toContain(row);
});

test('an op waits for what an earlier one signals, and the syncobj is given the last fence', () => {
  const ops = [
    { in: [held], out: [empty, held] },
    { in: [empty, held], out: [empty] },
  ];
  expect(submitted(ops, SYNCS)).toEqual({
    waits: [['a:1'], ['q:1', 'q:1']],
    given: [
      { syncobj: 'empty', point: undefined, fence: 'q:2' },
      { syncobj: 'held', point: undefined, fence: 'q:1' },
    ],
  });
});
