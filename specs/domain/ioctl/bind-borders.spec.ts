/** VM_BIND: the loops over ops and syncs, the last values that pass and the first that do not, RESTART, a VM in error. */
import fc from 'fast-check';
import { checkBind, MAX_BINDS } from '../../../domain/ioctl/bind-check.ts';
import type { BindRequest, BindView } from '../../../domain/ioctl/bind-request.ts';
import { errnoName } from '../../../domain/errno.ts';
import type { BindOp, Sync } from '../../../domain/scenario/schema.ts';
import { VIEW } from './bind-setup.ts';

type MapOp = Extract<BindOp, { map: unknown }>['map'];

const MAP: MapOp = { addr: '0x1000', range: '0x2000', bo: 'data', offset: '0x1000' };
const REQUEST: BindRequest = {
  async: true,
  queue: null,
  extensions: '0x0',
  ops: [{ map: MAP }],
  in: [],
  out: [],
};
const mapOp = (change: Partial<MapOp>): BindOp => ({ map: { ...MAP, ...change } });
const in64K = (change: Partial<MapOp>): BindOp =>
  mapOp({ bo: 'in64K', addr: '0x10000', offset: '0x0', range: '0x10000', ...change });
const nullOp = (change: Partial<MapOp>): BindOp => ({
  map: { addr: '0x1000', range: '0x1000', null: true, ...change },
});
const unmap = (addr: string, range: string): BindOp => ({ unmap: { addr, range } });

function rowOf(request: Partial<BindRequest>, view: Partial<BindView> = {}): string | null {
  const found = checkBind({ ...REQUEST, ...request }, { ...VIEW, ...view });
  return found === null ? null : `${found.row} ${errnoName(found.error)}`;
}
const ofOps = (...ops: readonly BindOp[]): string | null => rowOf({ ops });

describe('loops', () => {
  test('ops are looked at one after another, each through all rows of its stage', () => {
    const [unaligned, zero] = [mapOp({ addr: '0x1' }), mapOp({ range: '0x0' })];
    expect(ofOps(unaligned, zero)).toBe('10a EINVAL');
    expect(ofOps(zero, unaligned)).toBe('10b EINVAL');
    expect(ofOps({ map: MAP }, zero, unaligned)).toBe('10b EINVAL');
  });

  test('a stage ends before the next one begins', () => {
    const beyondVm = unmap('0xfffffffff000', '0x2000');
    expect(ofOps(beyondVm, mapOp({ range: '0x0' }))).toBe('10b EINVAL');
    expect(ofOps(mapOp({ bo: 'gone' }), beyondVm)).toBe('16a EINVAL');
    expect(ofOps(mapOp({ gtMask: 2 }), beyondVm)).toBe('16b EINVAL');
  });

  test('syncs are looked at one after another, in-syncs first', () => {
    const [empty, gone]: Sync[] = [{ syncobj: 'empty' }, { syncobj: 'gone' }];
    if (empty === undefined || gone === undefined) throw new RangeError('two');
    expect(rowOf({ in: [empty, gone] })).toBe('18e EINVAL');
    expect(rowOf({ in: [gone, empty] })).toBe('18d ENOENT');
    expect(rowOf({ in: [empty], out: [gone] })).toBe('18e EINVAL');
    expect(rowOf({ out: [{ syncobj: 'tl' }, gone] })).toBe('18c EINVAL');
  });
});

describe('borders', () => {
  test.each<[BindOp, string | null]>([
    [unmap('0x0', '0x1000000000000'), null],
    [unmap('0x1000', '0x1000000000000'), '16a EINVAL'],
    [unmap('0xfffffffff000', '0x1000'), null],
    [unmap('0x1000000000000', '0x1000'), '16a EINVAL'],
    [unmap('0xfffffffffffff000', '0x1000'), '16a EINVAL'],
    [unmap('0x1000', '0xfffffffffffff000'), '16a EINVAL'],
    [unmap('0x1000', '0x1'), '10a EINVAL'],
    [unmap('0xfff', '0x1000'), '10a EINVAL'],
    [in64K({}), null],
    [in64K({ addr: '0x11000' }), '17c EINVAL'],
    [in64K({ offset: '0x1000', range: '0xf000' }), '17c EINVAL'],
    [in64K({ range: '0xf000' }), '17c EINVAL'],
    [in64K({ addr: '0x11000', bo: 'data' }), null],
    [mapOp({ offset: '0xe000', range: '0x2000' }), null],
    [mapOp({ offset: '0xf000', range: '0x2000' }), '17b EINVAL'],
    [mapOp({ offset: '0x10000', range: '0x1000' }), '17b EINVAL'],
    [mapOp({ offset: '0xfffffffffffff000', range: '0x1000' }), '17b EINVAL'],
    [mapOp({ offset: '0x0', range: '0x10000' }), null],
    [mapOp({ offset: '0x0', range: '0x11000' }), '17b EINVAL'],
    [mapOp({ offset: '0x10' }), '10a EINVAL'],
    [nullOp({ offset: '0x0' }), null],
    [nullOp({ range: '0x1000000000000', addr: '0x0' }), null],
    [nullOp({ readOnly: true }), null],
    [mapOp({ null: false }), null],
    [mapOp({ gtMask: 1 }), null],
    [mapOp({ gtMask: 3 }), '16b EINVAL'],
    [{ prefetch: { addr: '0x0', range: '0x1000', region: 0 } }, null],
    [{ prefetch: { addr: '0x0', range: '0x1000', region: 1 } }, null],
    [{ prefetch: { addr: '0x0', range: '0x1000', region: 2 } }, '9b EINVAL'],
    [{ mapUserptr: { addr: '0x0', range: '0x1000', ptr: '0x7f0000000000' } }, null],
    [{ mapUserptr: { addr: '0x0', range: '0x1000', ptr: '0x7f0000000800' } }, '10a EINVAL'],
    [{ unmapAll: { bo: 'data' } }, null],
    [{ unmapAll: { bo: 'gone' } }, '17a ENOENT'],
    [{ raw: raw('0x20005') }, '10b EINVAL'],
    [{ raw: raw('0x20006') }, '5a EINVAL'],
    [{ raw: { ...raw('0x8002ffff') } }, '5a EINVAL'],
    [{ raw: { ...raw('0x800f0000'), range: '0x1000' } }, null],
    [{ raw: { ...raw('0x100000'), range: '0x1000' } }, '5b EINVAL'],
    [{ raw: { ...raw('0x40000000'), range: '0x1000' } }, '5b EINVAL'],
  ])('%j: %s', (op, expected) => {
    expect(ofOps(op)).toBe(expected);
  });

  test.each([
    [0, '1b EINVAL'],
    [1, null],
    [MAX_BINDS, null],
    [MAX_BINDS + 1, '1c EINVAL'],
  ])('%d ops: %s', (length, expected) => {
    expect(ofOps(...new Array<BindOp>(length).fill({ map: MAP }))).toBe(expected);
  });

  test.each<[Sync, 'in' | 'out', string | null]>([
    [{ syncobj: 'tl', point: '0x1' }, 'in', null],
    [{ syncobj: 'tl', point: '0x9' }, 'in', '18e EINVAL'],
    [{ syncobj: 'tl', point: '0x9' }, 'out', null],
    [{ syncobj: 'tl', point: '0x0' }, 'out', '18c EINVAL'],
    [{ syncobj: 'gone', point: '0x0' }, 'out', '18c EINVAL'],
    [{ syncobj: 'empty' }, 'out', null],
    [{ syncobj: 'full', flags: '0x13' }, 'in', null],
    [{ syncobj: 'full', flags: '0x4' }, 'in', '18a EINVAL'],
    [{ dmaBuf: true }, 'out', '18f EINVAL'],
    [{ userFence: '0x8', value: '0x1' }, 'out', null],
    [{ userFence: '0xc', value: '0x1' }, 'out', '18h EINVAL'],
  ])('%j as %s-sync: %s', (sync, side, expected) => {
    expect(rowOf({ [side]: [sync] })).toBe(expected);
  });
});

test.each(['compute', 'fault'] as const)('a VM in %s mode takes user fences only', (vmMode) => {
  expect(rowOf({ out: [{ syncobj: 'full' }] }, { vmMode })).toBe('18b ENOTSUPP');
  expect(rowOf({ in: [{ syncobj: 'full' }] }, { vmMode })).toBe('18b ENOTSUPP');
  expect(rowOf({ out: [{ userFence: '0x8', value: '0x1' }] }, { vmMode })).toBeNull();
});

test('UNMAP_ALL and PREFETCH are for asynchronous calls, and those for asynchronous VMs', () => {
  for (const [op, early] of [
    [{ unmapAll: { bo: 'data' } }, '4a EINVAL'],
    [{ prefetch: { addr: '0x0', range: '0x1000', region: 1 } }, '4b EINVAL'],
  ] as const) {
    const ask = (async: boolean, vmAsync: boolean): string | null =>
      rowOf({ ops: [op], async }, { vmAsync });
    const expected = [null, early, '15 ENOTSUPP', early];
    expect([ask(true, true), ask(false, false), ask(true, false), ask(false, true)]).toEqual(
      expected,
    );
  }
});

test('a VM in error takes calls of either kind', () => {
  for (const async of [true, false]) {
    for (const vmAsync of [true, false]) {
      expect(rowOf({ async }, { vmAsync, vmInError: true })).toBeNull();
    }
  }
});

describe('RESTART', () => {
  const restart: BindOp = { restart: {} };
  const inError = { vmInError: true };

  test('restarts an asynchronous VM in error, and only that', () => {
    expect(rowOf({ ops: [restart] }, inError)).toBeNull();
    expect(rowOf({ ops: [restart], async: false }, inError)).toBeNull();
    expect(rowOf({ ops: [restart] })).toBe('14c EPROTO');
    expect(rowOf({ ops: [restart] }, { ...inError, vmAsync: false })).toBe('14a ENOTSUPP');
    const out = [{ userFence: '0x8', value: '0x1' }];
    expect(rowOf({ ops: [restart], out }, inError)).toBe('14b EINVAL');
  });

  test('is answered before anything that follows is looked at', () => {
    const wrong = { ...raw('0x3'), bo: 'gone', gtMask: '0xff', addr: '0xfffffffffffff000' };
    expect(rowOf({ ops: [{ raw: wrong }], async: false }, inError)).toBeNull();
    expect(rowOf({ ops: [restart, mapOp({ bo: 'gone' })] }, inError)).toBeNull();
    expect(rowOf({ ops: [restart], queue: 'gone' }, inError)).toBe('13a ENOENT');
    expect(rowOf({ ops: [restart, mapOp({ range: '0x0' })] }, inError)).toBe('10b EINVAL');
  });
});

function raw(op: string): Extract<BindOp, { raw: unknown }>['raw'] {
  const nothing = { offset: '0x0', addr: '0x0', range: '0x0', region: '0x0', gtMask: '0x0' };
  return { op, bo: op.endsWith('0000') && op !== '0x800f0000' ? 'data' : undefined, ...nothing };
}

test('whatever u64 a request has, the check answers, and lets only whole ranges inside through', () => {
  const edge = fc.constantFrom(0n, 1n, 0x1000n, 2n ** 47n, 2n ** 48n, 2n ** 63n, 2n ** 64n - 4096n);
  const u64 = fc
    .tuple(edge, fc.bigInt({ min: -8192n, max: 8192n }), fc.boolean())
    .map(([base, off, aligned]) =>
      BigInt.asUintN(64, base + (aligned ? (off / 4096n) * 4096n : off)),
    );
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  const property = fc.property(u64, u64, u64, (addr, range, offset) => {
    const op = { addr: hex(addr), range: hex(range), bo: 'data', offset: hex(offset) };
    const isWhole = [addr, range, offset].every((n) => n % 4096n === 0n) && range > 0n;
    const isInside = addr + range <= 2n ** 48n && offset + range <= 16n * 4096n;
    expect(ofOps({ map: op }) === null).toBe(isWhole && isInside);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('whatever an op is made of, the check answers', () => {
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => `0x${n.toString(16)}`);
  const few = fc.constantFrom('0x0', '0x1', '0x1000', '0x2000', '0x20000');
  const value = fc.oneof(few, u64);
  const bo = fc.constantFrom('data', 'gone', undefined);
  const record = {
    op: value,
    offset: value,
    addr: value,
    range: value,
    region: value,
    gtMask: value,
  };
  const op = fc.record({ bo, ...record }).map((each): BindOp => ({ raw: each }));
  const property = fc.property(fc.array(op, { maxLength: 3 }), fc.boolean(), (ops, async) => {
    expect(() => rowOf({ ops, async })).not.toThrow();
  });
  fc.assert(property, { numRuns: 1000 });
});
