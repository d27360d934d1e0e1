/** What one access of the GPU sees. */
import { access, type AccessRequest, type Machine } from '../../hw/access.ts';
import { readWord, writeWord, zeroMemory } from '../../hw/memory.ts';
import { freeTable } from '../../hw/page-tables.ts';
import { fill, forget, noTlb, tlbEntries } from '../../hw/tlb.ts';
import { invalidationRange } from '../../hw/tlb-range.ts';
import { bind, mapping, newRig, NULL, rootOf, system, unbind } from './rig.ts';

const OLD = 0x100001;
const NEW = 0x200001;
const READ: AccessRequest = { kind: 'read' };
const store = (value: string): AccessRequest => ({ kind: 'write', value });
const page = mapping(0x5000, 0x6000, system(OLD));
const rig = bind(newRig(), page);
const context = { asid: 3, ...rootOf(rig) };
const at = { addr: 5, word: 9 };
const memory = writeWord(zeroMemory(), { pfn: OLD, word: 9 }, '0x1d');
const machine: Machine = { tables: rig.tables, tlb: noTlb(), memory };
const entry = { asid: 3, addr: 5, pages: 1, level: 0, pte: OLD * 4096 + 3 };
const cached: Machine = { ...machine, tlb: fill(noTlb(), entry) };
const nullRig = bind(newRig(), mapping(0x200000, 0x400000, NULL));
const nullPage: Machine = { ...machine, tables: nullRig.tables };

test('a first read walks, fills the TLB and sees the word', () => {
  expect(access(machine, context, at, READ)).toEqual({
    outcome: 'read',
    value: '0x1d',
    tlbHit: false,
    entry,
    pfn: OLD,
    filled: entry,
  });
});

test('a second one hits', () => {
  const again = access(cached, context, at, READ);
  expect(again).toEqual({ outcome: 'read', value: '0x1d', tlbHit: true, entry, pfn: OLD });
});

test('a write is in memory only once it is applied', () => {
  const result = access(machine, context, at, store('0xc0ffee'));
  if (result.outcome !== 'written') throw new Error(result.outcome);
  expect(result.write).toEqual({ pfn: OLD, word: 9, value: '0xc0ffee' });
  expect(readWord(machine.memory, result.write)).toBe('0x1d');
  const after = writeWord(machine.memory, result.write, result.write.value);
  expect(access({ ...machine, memory: after }, context, at, READ)).toMatchObject({
    value: '0xc0ffee',
  });
});

test('a NULL page reads 0 and drops writes, at any offset of a huge leaf', () => {
  const inside = { addr: 0x3ff, word: 511 };
  const poisoned = { ...nullPage, memory: writeWord(memory, { pfn: 0x1ff, word: 511 }, '0x1') };
  expect(access(poisoned, context, inside, READ)).toMatchObject({ value: '0x0', pfn: null });
  const dropped = access(poisoned, context, inside, store('0x5'));
  expect(dropped).toMatchObject({ outcome: 'dropped', filled: { pages: 512 } });
  expect(dropped).not.toHaveProperty('write');
});

test.each([
  ['nothing bound in the last level', { addr: 6, word: 0 }, 0],
  ['nothing bound anywhere near', { addr: 2 ** 30, word: 0 }, 3],
])('%s: the access faults', (_name, where, level) => {
  const fault = { outcome: 'fault', fault: 'not-present', level, tlbHit: false };
  expect(access(machine, context, where, READ)).toEqual(fault);
});

test.each([
  ['physical', system(OLD)],
  ['NULL', NULL],
])('a write to a read-only %s page is a violation, a read is fine', (_name, backing) => {
  const { tables } = bind(newRig(), { ...page, backing, readOnly: true });
  const readOnly = { ...machine, tables };
  expect(access(readOnly, context, at, READ).outcome).toBe('read');
  expect(access(readOnly, context, at, store('0x1'))).toMatchObject({
    outcome: 'fault',
    fault: 'write-violation',
    level: 0,
    filled: { addr: 5 },
  });
});

test('a freed table under a live entry is told apart from a hole', () => {
  const torn = { ...machine, tables: freeTable(rig.tables, 2 ** 39 + 3) };
  expect(access(torn, context, at, READ)).toMatchObject({ fault: 'dangling-table', level: 1 });
});

test('another address space does not hit', () => {
  const other = bind(newRig(), { ...page, backing: system(NEW) });
  const result = access({ ...cached, tables: other.tables }, { ...context, asid: 4 }, at, READ);
  expect(result).toMatchObject({ tlbHit: false, pfn: NEW });
});

describe('a stale translation', () => {
  const gone = unbind(rig, page);
  const moved = bind(gone, { ...page, backing: system(NEW) });
  const stale: Machine = { ...cached, tables: moved.tables };

  test('reads and writes the old page', () => {
    expect(access(stale, context, at, READ)).toMatchObject({ value: '0x1d', pfn: OLD });
    expect(access(stale, context, at, store('0x2'))).toMatchObject({ write: { pfn: OLD } });
    expect(access({ ...cached, tables: gone.tables }, context, at, READ).outcome).toBe('read');
  });

  test('is gone after the invalidation', () => {
    const { addr, range } = invalidationRange(page.addr, page.range);
    const clean = { ...stale, tlb: forget(stale.tlb, 3, addr, range) };
    expect(tlbEntries(clean.tlb)).toEqual([]);
    expect(access(clean, context, at, READ)).toMatchObject({ value: '0x0', pfn: NEW });
  });

  test('a chunk with the 64K hint goes stale as a whole', () => {
    const chunk = mapping(0x10000, 0x20000, system(0x100010));
    const hinted = bind(newRig(), chunk);
    const first = access(
      { ...machine, tables: hinted.tables },
      context,
      { addr: 0x1f, word: 0 },
      READ,
    );
    if (first.outcome !== 'read' || first.filled === undefined) throw new Error('no fill');
    const after = { ...machine, tables: gone.tables, tlb: fill(noTlb(), first.filled) };
    expect(access(after, context, { addr: 0x10, word: 0 }, READ)).toMatchObject({
      tlbHit: true,
      pfn: 0x100010,
    });
  });
});

describe('an atomic', () => {
  const add = (value: string, needsBit: boolean): AccessRequest => ({
    kind: 'atomic',
    value,
    needsBit,
  });
  const bit = { ...cached, tlb: fill(noTlb(), { ...entry, pte: entry.pte + 0x400 }) };
  const readOnly = { ...cached, tlb: fill(noTlb(), { ...entry, pte: entry.pte - 2 + 0x400 }) };

  test('sees what was there and leaves the sum, modulo 2^64', () => {
    expect(access(bit, context, at, add('0x3', true))).toMatchObject({
      outcome: 'written',
      value: '0x1d',
      write: { pfn: OLD, word: 9, value: '0x20' },
    });
    expect(access(cached, context, at, add('0xffffffffffffffff', false))).toMatchObject({
      value: '0x1d',
      write: { value: '0x1c' },
    });
  });

  test('needs the atomic-enable bit where there is one, and the right to write', () => {
    expect(access(cached, context, at, add('0x1', true))).toMatchObject({
      outcome: 'fault',
      fault: 'atomic-violation',
    });
    for (const needsBit of [false, true]) {
      expect(access(readOnly, context, at, add('0x1', needsBit))).toMatchObject({
        fault: 'write-violation',
      });
    }
  });

  test('on a NULL page stores nothing', () => {
    const inside = { addr: 0x3ff, word: 0 };
    expect(access(nullPage, context, inside, add('0x1', false))).toMatchObject({
      outcome: 'dropped',
    });
    expect(access(nullPage, context, inside, add('0x1', true))).toMatchObject({
      fault: 'atomic-violation',
    });
  });
});
