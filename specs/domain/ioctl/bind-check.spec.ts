/**
 * The argument checks, row by row: a request that trips one row gets that row and its errno, one that trips two gets the
 * earlier. The stages and their order stand here once more, as the kernel has them, so that a change of either side shows.
 */
import fc from 'fast-check';
import { errnoName } from '../../../domain/errno.ts';
import { BIND_RULES, checkBind, MAX_BINDS } from '../../../domain/ioctl/bind-check.ts';
import type { BindRequest, BindView } from '../../../domain/ioctl/bind-request.ts';
import type { BindOp } from '../../../domain/scenario/schema.ts';

type MapOp = Extract<BindOp, { map: unknown }>['map'];

const VIEW: BindView = {
  vm: 'open',
  vmAsync: false,
  vmRange: 2 ** 36,
  boRange: (bo) => (bo === 'data' ? 16 : undefined),
  capture: ({ syncobj, point }) => {
    const filled = syncobj === 'full' || (syncobj === 'tl' && point !== '0x9');
    return filled ? ['f:1'] : null;
  },
  syncobjKind: (id) =>
    id === 'tl' ? 'timeline' : ['full', 'empty'].includes(id) ? 'binary' : undefined,
};
const MAP: MapOp = { addr: '0x1000', range: '0x2000', bo: 'data', offset: '0x1000' };
const GOOD: BindRequest = {
  async: false,
  ops: [{ map: MAP }],
  in: [{ syncobj: 'full' }],
  out: [{ syncobj: 'full' }, { syncobj: 'tl', point: '0x3' }],
};

interface Trip {
  readonly stage: number;
  readonly errno: string;
  /** the op that trips it, where an op does */
  readonly op?: BindOp;
  readonly request?: (request: BindRequest) => BindRequest;
  readonly view?: Partial<BindView>;
}
const mapOp = (change: Partial<MapOp>): BindOp => ({ map: { ...MAP, ...change } });
const nullOp = (change: Partial<MapOp>): BindOp => ({
  map: { addr: '0x1000', range: '0x1000', null: true, ...change },
});
const withIn = (syncobj: string, point?: string) => (request: BindRequest) => ({
  ...request,
  in: [{ syncobj, point }],
});

/** Every row of the kernel's table that this build has, in its order. */
const TRIPS: Readonly<Record<string, Trip>> = {
  1: {
    stage: 0,
    errno: 'EINVAL',
    request: (request) => ({
      ...request,
      ops: Array.from({ length: MAX_BINDS + 1 }, (_, i) => request.ops[i] ?? { map: MAP }),
    }),
  },
  4: { stage: 1, errno: 'EINVAL', op: { unmapAll: { bo: 'data' } } },
  '6a': { stage: 1, errno: 'EINVAL', op: nullOp({ bo: 'data' }) },
  '6b': { stage: 1, errno: 'EINVAL', op: nullOp({ offset: '0x1000' }) },
  7: { stage: 1, errno: 'EINVAL', op: { map: { addr: '0x1000', range: '0x1000' } } },
  '10a': { stage: 1, errno: 'EINVAL', op: mapOp({ addr: '0x1800' }) },
  '10b': { stage: 1, errno: 'EINVAL', op: mapOp({ range: '0x0' }) },
  11: { stage: 2, errno: 'EINVAL', view: { vm: 'unknown' } },
  12: { stage: 3, errno: 'ENOENT', view: { vm: 'closed' } },
  15: { stage: 4, errno: 'ENOTSUPP', view: { vmAsync: true } },
  16: { stage: 5, errno: 'EINVAL', op: { unmap: { addr: '0xfffffffff000', range: '0x2000' } } },
  '17a': { stage: 6, errno: 'ENOENT', op: mapOp({ bo: 'gone' }) },
  '17b': { stage: 6, errno: 'EINVAL', op: mapOp({ offset: '0xf000' }) },
  '18a': { stage: 7, errno: 'ENOENT', request: withIn('gone') },
  '18b': { stage: 7, errno: 'EINVAL', request: withIn('empty') },
  '18c': {
    stage: 7,
    errno: 'EINVAL',
    request: (request) => ({ ...request, out: [{ syncobj: 'tl' }] }),
  },
};
const ROWS = BIND_RULES.map(({ row }) => row);

function refusal(trips: readonly Trip[]): string | null {
  const ops = trips.flatMap(({ op }) => (op === undefined ? [] : [op]));
  const start = ops.length === 0 ? GOOD : { ...GOOD, ops };
  const request = trips.reduce((now, trip) => trip.request?.(now) ?? now, start);
  const view = trips.reduce((now, trip) => ({ ...now, ...trip.view }), VIEW);
  const found = checkBind(request, view);
  return found === null ? null : `${found.row} ${errnoName(found.error)}`;
}

test('a good request is not refused', () => {
  expect(refusal([])).toBeNull();
  expect(checkBind({ ...GOOD, in: [], out: [] }, VIEW)).toBeNull();
});

test('the rows of the code are the rows of this spec, in the same order', () => {
  expect(ROWS).toEqual([
    '1',
    '4',
    '6a',
    '6b',
    '7',
    '10a',
    '10b',
    '11',
    '12',
    '15',
    '16',
    '17a',
    '17b',
    '18a',
    '18b',
    '18c',
  ]);
  expect([...ROWS].sort()).toEqual(Object.keys(TRIPS).sort());
});

test.each(ROWS)('row %s refuses what trips it alone, with its errno', (row) => {
  const trip = TRIPS[row] as Trip;
  expect(refusal([trip])).toBe(`${row} ${trip.errno}`);
});

const pairs = ROWS.flatMap((a, i) => ROWS.slice(i + 1).map((b): [string, string] => [a, b]));
const fits = ([a, b]: [string, string]): boolean => {
  const [x, y] = [TRIPS[a], TRIPS[b]] as [Trip, Trip];
  // both want the in-sync, or the VM's state, to themselves
  return !(['18a', '18b'].includes(a) && b === '18b') && !(a === '11' && b === '12') && x !== y;
};

test.each(pairs.filter(fits))(
  'rows %s and %s together, in either order: the earlier one',
  (a, b) => {
    const [x, y] = [TRIPS[a], TRIPS[b]] as [Trip, Trip];
    const inTurn = x.stage === y.stage && x.op !== undefined && y.op !== undefined;
    expect(refusal([x, y])).toBe(`${a} ${x.errno}`);
    // within a stage the ops are looked at one after another, each through all rows
    expect(refusal([y, x])).toBe(inTurn ? `${b} ${y.errno}` : `${a} ${x.errno}`);
  },
);

test.each<[string, string, BindOp]>([
  ['6a', '6b', nullOp({ bo: 'data', offset: '0x1000' })],
  ['6a', '10a', nullOp({ bo: 'data', addr: '0x1' })],
  ['6b', '10a', nullOp({ offset: '0x10' })],
  ['7', '10b', { map: { addr: '0x1000', range: '0x0' } }],
  ['10a', '10b', mapOp({ addr: '0x10', range: '0x0' })],
  ['10b', '16', { unmap: { addr: '0xfffffffffffff000', range: '0x0' } }],
  ['16', '17a', mapOp({ bo: 'gone', addr: '0xfffffffff000' })],
  ['16', '17b', mapOp({ range: '0x1000000000000' })],
])('rows %s and %s tripped by one op: the earlier one', (a, _b, op) => {
  expect(refusal([{ stage: 0, errno: '', op }])).toMatch(new RegExp(`^${a} `));
});

test('syncs are looked at one after another, in-syncs first', () => {
  const refusalOf = (request: Partial<BindRequest>): string | undefined =>
    checkBind({ ...GOOD, ...request }, VIEW)?.row;
  expect(refusalOf({ in: [{ syncobj: 'empty' }, { syncobj: 'gone' }] })).toBe('18b');
  expect(refusalOf({ in: [{ syncobj: 'empty' }], out: [{ syncobj: 'gone' }] })).toBe('18b');
  expect(refusalOf({ in: [], out: [{ syncobj: 'tl' }, { syncobj: 'gone' }] })).toBe('18c');
  expect(refusalOf({ in: [{ syncobj: 'tl', point: '0x9' }] })).toBe('18b');
  expect(refusalOf({ in: [{ syncobj: 'tl', point: '0x0' }] })).toBe('18b');
  expect(refusalOf({ in: [], out: [{ syncobj: 'empty' }] })).toBeUndefined();
});

describe('the borders of the rows', () => {
  const row = (op: BindOp): string | null => refusal([{ stage: 0, errno: '', op }]);
  const unmap = (addr: string, range: string): BindOp => ({ unmap: { addr, range } });

  test.each<[BindOp, string | null]>([
    [unmap('0x0', '0x1000000000000'), null],
    [unmap('0x1000', '0x1000000000000'), '16 EINVAL'],
    [unmap('0xfffffffff000', '0x1000'), null],
    [unmap('0x1000000000000', '0x1000'), '16 EINVAL'],
    [unmap('0xfffffffffffff000', '0x1000'), '16 EINVAL'],
    [unmap('0x1000', '0xfffffffffffff000'), '16 EINVAL'],
    [unmap('0x1000', '0x1'), '10a EINVAL'],
    [unmap('0xfff', '0x1000'), '10a EINVAL'],
    [mapOp({ offset: '0xe000', range: '0x2000' }), null],
    [mapOp({ offset: '0xf000', range: '0x2000' }), '17b EINVAL'],
    [mapOp({ offset: '0x10000', range: '0x1000' }), '17b EINVAL'],
    [mapOp({ offset: '0xfffffffffffff000', range: '0x1000' }), '17b EINVAL'],
    [mapOp({ offset: '0x0', range: '0x10000' }), null],
    [mapOp({ offset: '0x0', range: '0x11000' }), '17b EINVAL'],
    [nullOp({ offset: '0x0' }), null],
    [nullOp({ range: '0x1000000000000', addr: '0x0' }), null],
    [nullOp({ readOnly: true }), null],
    [mapOp({ null: false }), null],
  ])('%j: %s', (op, expected) => {
    expect(row(op)).toBe(expected);
  });

  test.each([
    [0, '1'],
    [1, undefined],
    [MAX_BINDS, undefined],
    [MAX_BINDS + 1, '1'],
  ])('%d ops: %s', (length, expected) => {
    const ops = new Array<BindOp>(length).fill({ map: MAP });
    expect(checkBind({ ...GOOD, ops }, VIEW)?.row).toBe(expected);
  });

  test('UNMAP_ALL is for asynchronous VMs', () => {
    const ops: BindOp[] = [{ unmapAll: { bo: 'data' } }];
    const ask = (async: boolean, vmAsync: boolean): string | undefined =>
      checkBind({ ...GOOD, ops, async }, { ...VIEW, vmAsync })?.row;
    expect([ask(true, true), ask(false, false), ask(true, false), ask(false, true)]).toEqual([
      undefined,
      '4',
      '15',
      '4',
    ]);
    const gone = { ...GOOD, async: true, ops: [{ unmapAll: { bo: 'gone' } }] };
    expect(checkBind(gone, { ...VIEW, vmAsync: true })?.row).toBe('17a');
  });
});

test('whatever u64 a request has, the check answers, and lets only whole ranges inside through', () => {
  const edge = fc.constantFrom(0n, 1n, 0x1000n, 2n ** 47n, 2n ** 48n, 2n ** 63n, 2n ** 64n - 4096n);
  const u64 = fc
    .tuple(edge, fc.bigInt({ min: -8192n, max: 8192n }), fc.boolean())
    .map(([base, off, aligned]) =>
      BigInt.asUintN(64, base + (aligned ? (off / 4096n) * 4096n : off)),
    );
  const property = fc.property(u64, u64, u64, (addr, range, offset) => {
    const [a, r, o] = [addr, range, offset].map((n) => `0x${n.toString(16)}`) as [
      string,
      string,
      string,
    ];
    const passes = row({ map: { addr: a, range: r, bo: 'data', offset: o } }) === null;
    const isWhole = [addr, range, offset].every((n) => n % 4096n === 0n) && range > 0n;
    const isInside = addr + range <= 2n ** 48n && offset + range <= 16n * 4096n;
    expect(passes).toBe(isWhole && isInside);
  });
  const row = (op: BindOp): string | null => refusal([{ stage: 0, errno: '', op }]);
  fc.assert(property, { numRuns: 2000 });
});
