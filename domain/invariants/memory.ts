/** I19: what the GPU may still reach is not freed. */
import { Broken, invariant } from './contract.ts';
import type { Known } from './known/known.ts';
import { freedAt, leadsTo } from './known/memory.ts';
import { topOf } from './known/tables.ts';
import { hexOfPages } from '../units.ts';
import { vaText } from './text.ts';

/** Who of a fault-mode VM still leads to [phys, phys + range): page tables by its VMAs, or a TLB. */
function reachedBy({ vms, memory }: Known, phys: number, range: number): string | null {
  const touches = (from: number, count: number): boolean =>
    from < phys + range && from + count > phys;
  for (const vm of Object.values(vms)) {
    if (vm.mode !== 'fault' || vm.closed) continue;
    for (const vma of vm.vmas.values()) {
      const isThere = vma.present.some((gt) => !vma.zapped.includes(gt));
      if (isThere && vma.boundAt !== null && touches(vma.boundAt, vma.range)) {
        return vaText(vm, { vm: vm.vm, va: vma.va });
      }
    }
  }
  for (const [key, tlb] of Object.entries(memory.tlbs)) {
    for (const cached of tlb.values()) {
      if (touches(cached.phys, cached.range)) return `the TLB of ${key.replace(' ', ' for ')}`;
    }
  }
  return null;
}

export const memoryOutlivesUse = invariant({
  id: 'I19',
  says: 'Memory is freed only when nothing can reach it: no access and no TLB fill ever comes to a freed page, no page table is freed in the tree or before a flush.',
  source: '6.19, 2.12, 2.13, 2.15',
  shows:
    'all of page tables and fault mode. With dma-fences a stale entry may lead to a freed page as long as nobody uses it, so there accesses and fills are judged',
  start: null,
  on: {
    'access.done': (own, { client, gt, vm, addr, phys, fault }, { memory }) => {
      const who = `${client}: ${hexOfPages(addr)} of ${vm} on ${gt}`;
      if (fault === 'dangling-table')
        return new Broken(own, `${who} is walked to by a dangling entry`);
      if (phys === null || freedAt(memory, phys, 1) === null) return own;
      return new Broken(own, `${who} is memory at ${hexOfPages(phys)}, which was freed`);
    },
    'tlb.filled': (own, fact, { memory }) => {
      const phys = leadsTo(fact);
      const at = phys === null ? null : freedAt(memory, phys, fact.range);
      if (at === null) return own;
      return new Broken(
        own,
        `${fact.gt} caches ${hexOfPages(fact.addr)} of ${fact.vm}: memory at ${hexOfPages(at)} was freed`,
      );
    },
    'memory.freed': (own, { phys, range }, known) => {
      const who = reachedBy(known, phys, range);
      return who === null
        ? own
        : new Broken(own, `memory at ${hexOfPages(phys)} is freed, and ${who} leads there`);
    },
    'table.freed': (own, { gt, vm, table: page }, { tables, vms }) => {
      const table = tables.get(page);
      if (table === undefined)
        return new Broken(own, `${gt}: table ${hexOfPages(page)} of ${vm} is freed twice`);
      const top = topOf(tables, table);
      const state = vms[vm];
      if (state === undefined || state.closing) return own;
      if (top.isRoot)
        return new Broken(own, `${gt}: table ${hexOfPages(page)} of ${vm} is freed in the tree`);
      if (!top.isCached) return own;
      return new Broken(own, `${gt}: table ${hexOfPages(page)} of ${vm} is freed before a flush`);
    },
  },
});
