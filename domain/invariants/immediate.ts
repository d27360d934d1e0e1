/** What must hold where ops take effect one by one and the CPU stores their entries (domain/driver). */
import { driverOf } from '../driver/drivers.ts';
import type { FactOf } from '../facts/schema.ts';
import { hexOfPages, type Page } from '../units.ts';
import { without } from '../without.ts';
import {
  type Backed,
  clipped,
  firstDifference,
  piecesOf,
  requested,
  type Span,
} from './backing.ts';
import { Broken, invariant } from './contract.ts';
import { callKey } from './known/calls.ts';
import type { Known } from './known/known.ts';
import { entrySpan } from './known/tables.ts';
import { firstDisagreement } from './present.ts';

/** What an op makes of the space: what it asked for; or, if it failed, nothing where it took something away. */
function wanted(
  fact: FactOf<'ops.created'>,
  done: number,
  known: Known,
  before: Known,
): readonly Backed[] | null {
  const asked = known.calls.calls.get(callKey(fact))?.request.ops[fact.bind];
  const old = before.vms[fact.vm];
  if (asked === undefined || old === undefined) return null;
  const pieces = piecesOf(old);
  if (done === fact.ops.length) return requested(pieces, asked);
  return done === 0 ? pieces : clipped(pieces, asked);
}

export const opResult = invariant({
  id: 'opResult',
  says: 'After an op every page that it names has the backing that it asked for, and every other page keeps its own; of one that fails, what it took away stays gone and nothing new is there.',
  source: 'domain/driver; panthor_vm_exec_op',
  shows: 'all; patterns with their phase',
  start: null,
  on: { 'ops.created': (own) => own },
  settle: (own, { facts }, known, before) => {
    const fact = facts.find((each) => each.type === 'ops.created');
    if (fact === undefined || driverOf(before.profile) === null) return own;
    const done = facts.filter(({ type }) => type === 'op.executed').length;
    const pieces = wanted(fact, done, known, before);
    const now = known.vms[fact.vm];
    if (pieces === null || now === undefined) return own;
    const found = firstDifference(
      [...pieces].sort((a, b) => a.addr - b.addr),
      piecesOf(now),
    );
    if (found === null) return own;
    return new Broken(
      own,
      `${fact.vm}: ${hexOfPages(found.page)} has ${found.b}, it should have ${found.a}`,
    );
  },
});

type Regions = Readonly<Record<string, Span>>;

export const opEntries = invariant<Regions>({
  id: 'opEntries',
  says: 'When the steps of an op are done, a page of its region has an entry if and only if it is mapped; the repetitions of a map that failed are all taken back.',
  source: 'L32; panthor_vm_map_pages, panthor_vm_unmap_pages',
  shows: 'that an entry is there, not where it leads',
  start: {},
  on: {
    'as.locked': (own, { vm, addr, range }) => ({ ...own, [vm]: { addr, end: addr + range } }),
    'as.unlocked': (own, { vm }) => without(own, vm),
    'pte.written': (own) => own,
    'op.executed': (own) => own,
  },
  settle: (own, { type, actor }, known) => {
    const region = own[actor];
    if (type !== 'as.locked' || region === undefined) return own;
    const found = firstDisagreement(known, actor, region);
    return found === null ? own : new Broken(own, `${actor}: ${found}`);
  },
});

/** The part of the address space that a run of entries translates. */
const spanOf = (base: Page, level: number, index: number, count: number): Span => ({
  addr: base + index * entrySpan(level),
  end: base + (index + count) * entrySpan(level),
});

export const opRegion = invariant<Regions>({
  id: 'opRegion',
  says: 'An entry is cleared only while the region that it lies in is locked.',
  source: 'panthor_vm_lock_region',
  shows: 'all; what is added where nothing was needs no lock to be safe',
  start: {},
  on: {
    'as.locked': (own, { vm, addr, range }) => ({ ...own, [vm]: { addr, end: addr + range } }),
    'as.unlocked': (own, { vm }) => without(own, vm),
    'pte.written': (own, { vm, table, level, runs, by }, { tables, profile }) => {
      const base = tables.get(table)?.base ?? null;
      if (by !== 'cpu' || base === null || driverOf(profile) === null) return own;
      const region = own[vm];
      const bad = runs.find(({ index, count, pte }) => {
        if (pte % 2 !== 0) return false;
        const { addr, end } = spanOf(base, level, index, count);
        return region === undefined || addr < region.addr || end > region.end;
      });
      return bad === undefined
        ? own
        : new Broken(
            own,
            `${vm}: entries ${bad.index}+${bad.count} of table ${hexOfPages(table)} are cleared unlocked`,
          );
    },
  },
});

/** By VM: the call whose op has changed tables since the last flush. */
type Dirty = Readonly<Record<string, number>>;

const told =
  (what: string) =>
  (own: Dirty, { vm, call }: { readonly vm: string; readonly call?: number }) =>
    vm in own && (call === undefined || own[vm] === call)
      ? new Broken(without(own, vm), `${vm}: ${what} before the flush`)
      : own;

export const opFlush = invariant<Dirty>({
  id: 'opFlush',
  says: 'An op is over, its table pages are freed and what it unmapped lets go of its memory only after the flush of its region.',
  source: 'L29; panthor_vm_unlock_region',
  shows: 'all; a reset flushes, too',
  start: {},
  on: {
    'op.executed': (own, { vm, call }, { profile }) =>
      driverOf(profile) === null ? own : { ...own, [vm]: call },
    'tlb.invalidated': (own, { vm }) => without(own, vm),
    'gt.resumed': () => ({}),
    'bind.finished': told('a call is over'),
    'bind.stopped': told('a call is over'),
    'table.freed': (own, { vm }) => told('a table is freed')(own, { vm }),
    'vma.destroyed': (own, { vm }) => told('a mapping lets go')(own, { vm }),
    'vm.closed': told('the VM is closed'),
  },
});

export const noOops = invariant({
  id: 'oops',
  says: 'The kernel does not stop at a bug.',
  source: 'L33',
  shows: 'all',
  start: null,
  on: {
    'driver.oopsed': (own, { vm, where }) =>
      new Broken(own, `${vm}: the kernel oopses in ${where}`),
  },
});
