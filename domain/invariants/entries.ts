/** I21, I22 and I23: what page-table entries say of the mappings that they are for. */
import { driverOf } from '../driver/drivers.ts';
import { hexOfPages } from '../units.ts';
import { hasFlag, leafPage, PTE_NULL, PTE_WRITABLE } from '../pte-bits.ts';
import { Broken } from './contract.ts';
import type { Known } from './known/known.ts';
import { aliveIn, endOf, type VmaSeen } from './known/spaces.ts';
import { vaText } from './text.ts';
import { type Held, isForMapping, leafRule, type Leaves } from './leaves.ts';

export const presentWhereBound = leafRule(
  {
    id: 'I21',
    says: 'Entries present on a GT mean that the mapping is marked as bound there; it is bound only where its gt_mask says.',
    source: '6.21, 2.13',
    shows:
      'that every entry stored is of a mapping that was marked before: an unbind takes the mark when its job is queued, behind a bind job that may still store. A log without vma.bound has no marks, and the first part is silent',
  },
  (leaves, known) => {
    if (!isForMapping(leaves, known)) return null;
    const isMarked = leaves.vmas.some(({ wasBound }) => wasBound.includes(leaves.gt));
    return isMarked ? null : 'an entry for a mapping that is not bound there';
  },
  {
    'vma.bound': (own, { vm, va, gt }, { vms }) => {
      const next = own.hasBounds ? own : { ...own, hasBounds: true };
      const vma = vms[vm]?.vmas.get(va);
      if (vma === undefined)
        return new Broken(next, `${vaText(undefined, { vm, va })} is bound, and is not there`);
      const bit = 2 ** Number(/\d+$/.exec(gt)?.[0] ?? 0);
      const isAllowed = vma.gtMask === 0 || Math.floor(vma.gtMask / bit) % 2 === 1;
      return isAllowed
        ? next
        : new Broken(next, `${vaText(vms[vm], { vm, va })} is bound on ${gt}`);
    },
  },
);

/** NULL in bits, and what is behind a NULL entry. */
function badNull(leaves: Leaves, known: Known): string | null {
  const isNull = hasFlag(leaves.pte, PTE_NULL);
  if (isNull && leafPage(leaves.pte, leaves.level) !== 0) return 'a NULL entry with an address';
  if (!isForMapping(leaves, known)) {
    // a driver that stores pages first and takes them back if it fails: opEntries judges what is left
    const isStray = isNull && leaves.vmas.length === 0 && driverOf(known.profile) === null;
    return isStray ? 'a NULL entry for nothing' : null;
  }
  if (isNull && leaves.vmas.every((vma) => !vma.null))
    return 'a NULL entry for a mapping with memory';
  const isMissing = !isNull && leaves.vmas.every((vma) => vma.null);
  return isMissing ? 'an entry with an address for a NULL mapping' : null;
}

export const nullIsNull = leafRule(
  {
    id: 'I22',
    says: 'A NULL mapping has no object; its entries have bit 9 and present and no address; reads give 0 and writes change nothing.',
    source: '6.22, 2.15, 2.16',
    shows: 'all; where an old and a new mapping overlap, an entry may be for either',
  },
  badNull,
  {
    'va.mapped': (own, { va, obj, null: isNull }) =>
      isNull && obj !== null ? new Broken(own, `va ${va} is NULL and has an object`) : own,
    'access.done': (own, done, _known, { facts }) => {
      const written = facts.filter((fact) => fact.type === 'memory.written');
      const { outcome, phys, value, word } = done;
      const wrong = (what: string): Broken<Held> => new Broken(own, `${done.client}: ${what}`);
      if (outcome !== 'written' && written.length > 0) return wrong(`a ${outcome} access stores`);
      if (outcome === 'read' && phys === null && value !== '0x0')
        return wrong('NULL does not read 0');
      if (outcome === 'dropped' && phys !== null) return wrong('a write to memory is dropped');
      if (outcome !== 'written') return own;
      const [only] = written;
      const isIt = only?.phys === phys && only?.word === word && only.value === value;
      return isIt && written.length === 1 ? own : wrong('a write misses its word, or hits others');
    },
  },
);

const allReadOnly = (vmas: readonly VmaSeen[]): boolean =>
  vmas.length > 0 && vmas.every(({ readOnly }) => readOnly);

export const readOnlyIsKept = leafRule(
  {
    id: 'I23',
    says: 'A read-only mapping has no entry with the write bit; a write to it is refused.',
    source: '6.23, 2.15',
    shows: 'all; a write through a translation that was cached before is I13’s business',
  },
  (leaves, known) =>
    isForMapping(leaves, known) && allReadOnly(leaves.vmas) && hasFlag(leaves.pte, PTE_WRITABLE)
      ? 'a writable entry for a read-only mapping'
      : null,
  {
    'access.done': (own, { vm, addr, outcome, tlbHit, client }, { vms }) => {
      if (tlbHit || (outcome !== 'written' && outcome !== 'dropped')) return own;
      const state = vms[vm];
      // until its bind has run, what a scratch VM maps is the scratch page, which can be written
      const isRefused =
        state !== undefined && !state.scratch && allReadOnly(aliveIn(state, addr, addr + 1));
      return isRefused
        ? new Broken(own, `${client} writes to ${hexOfPages(addr)} of ${vm}, which is read-only`)
        : own;
    },
    'fault.handled': (own, { vm, addr, gt, result }, { vms }, { facts, data }) => {
      const state = vms[vm];
      if (result !== 0 || state === undefined) return own;
      const isWrite =
        data['access'] === 'write' ||
        data['access'] === 'atomic' ||
        facts.some(
          (fact) => fact.type === 'fault.raised' && fact.gt === gt && fact.access !== 'read',
        );
      const vmas = aliveIn(state, addr, addr + 1).filter((vma) => addr < endOf(vma));
      return isWrite && allReadOnly(vmas)
        ? new Broken(own, `a write fault at ${hexOfPages(addr)} of ${vm}, read-only, is served`)
        : own;
    },
  },
);
