/** dma-fences as data: signalling once, waiters, contexts. */
import fc from 'fast-check';
import {
  addFence,
  addWaiter,
  contextOf,
  type FenceTable,
  fenceKeyOf,
  fenceOf,
  findFence,
  isSignaled,
  markSignaled,
  nextSeqno,
  NO_FENCES,
  resultOf,
  seqnoOf,
  signalsOf,
  STUB,
} from '../../../domain/fence/fence-table.ts';

const plain = (fence: string): Parameters<typeof addFence>[1] => ({
  fence,
  kind: 'spec',
  parts: [],
});
const tableOf = (...keys: readonly string[]): FenceTable =>
  keys.reduce((table, key) => addFence(table, plain(key)), NO_FENCES);

test('a key is its context and its seqno, whatever colons the context has', () => {
  const context = fc.string({ minLength: 1, maxLength: 20 });
  const property = fc.property(context, fc.nat(), (name, seqno) => {
    const key = fenceKeyOf(name, seqno);
    expect([contextOf(key), seqnoOf(key)]).toEqual([name, seqno]);
  });
  fc.assert(property);
});

test('a fence that is made is there, pending, and nobody else is', () => {
  const table = tableOf('a:1', 'a:2', 'b/c:1');
  expect(['a:1', 'a:2', 'b/c:1'].map((key) => resultOf(table, key))).toEqual([null, null, null]);
  expect(['a:3', 'c:1', 'b:1'].map((key) => findFence(table, key))).toEqual(
    new Array(3).fill(undefined),
  );
  expect(() => fenceOf(table, 'a:3')).toThrow('no fence a:3');
});

test('the next seqno of a context is one after its greatest', () => {
  const property = fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50 })), (seqnos) => {
    const ascending = [...seqnos].sort((a, b) => a - b);
    const table = tableOf(...ascending.map((n) => `a:${n}`), 'b:77');
    expect(nextSeqno(table, 'a')).toBe(Math.max(0, ...seqnos) + 1);
    expect(nextSeqno(table, 'c')).toBe(1);
  });
  fc.assert(property);
});

test('a fence is made once, and after those with lower numbers', () => {
  expect(() => addFence(tableOf('a:1'), plain('a:1'))).toThrow('fence a:1 made twice');
  expect(() => addFence(tableOf('a:2'), plain('a:1'))).toThrow('or after a:2');
});

test('a fence signals once, and its error never changes', () => {
  const property = fc.property(fc.integer({ min: -4095, max: 0 }), (error) => {
    const table = markSignaled(tableOf('a:1', 'a:2'), 'a:1', error);
    expect([resultOf(table, 'a:1'), isSignaled(table, 'a:1')]).toEqual([error, true]);
    expect([resultOf(table, 'a:2'), isSignaled(table, 'a:2')]).toEqual([null, false]);
    expect(() => markSignaled(table, 'a:1', 0)).toThrow('fence a:1 signalled twice');
  });
  fc.assert(property);
});

test('waiters stand in line until the signal, and nobody after it', () => {
  let table = ['x', 'y', 'x'].reduce(
    (now, waiter) => addWaiter(now, 'a:1', waiter),
    tableOf('a:1'),
  );
  expect(fenceOf(table, 'a:1').waiters).toEqual(['x', 'y', 'x']);
  table = markSignaled(table, 'a:1', 0);
  expect(fenceOf(table, 'a:1').waiters).toEqual([]);
  expect(addWaiter(table, 'a:1', 'z')).toBe(table);
});

test('the stub has signalled and takes no waiter', () => {
  expect([resultOf(NO_FENCES, STUB), isSignaled(NO_FENCES, STUB)]).toEqual([0, true]);
  expect(addWaiter(NO_FENCES, STUB, 'x')).toBe(NO_FENCES);
});

test('an older table stays as it was', () => {
  const before = tableOf('a:1');
  const after = markSignaled(addWaiter(before, 'a:1', 'x'), 'a:1', -5);
  expect([fenceOf(before, 'a:1').waiters, resultOf(before, 'a:1')]).toEqual([[], null]);
  expect(resultOf(after, 'a:1')).toBe(-5);
});

test('signals come in the order asked for, each with its error', () => {
  const table = tableOf('a:1', 'a:2', 'b:1');
  const signals = signalsOf(table, [
    ['b:1', 0],
    ['a:1', -5],
  ]);
  expect(signals.map(({ fence, error }) => [fence, error])).toEqual([
    ['b:1', 0],
    ['a:1', -5],
  ]);
});
