/** I1: what an address space may look like. */
import { Broken, invariant } from './contract.ts';
import { endOf, mappedIn } from './known/spaces.ts';
import { hexOfPages } from '../units.ts';
import { spanText } from './text.ts';

export const mappingsDisjoint = invariant({
  id: 'I1',
  says: 'The mapped VAs of a VM are pairwise disjoint, not empty and inside the VM; only what is mapped is unmapped.',
  source: '6.1',
  shows: 'all; a reserved area is in no fact, so the reserved part cannot be seen',
  start: null,
  on: {
    'va.mapped': (own, fact, { vms }) => {
      const vm = vms[fact.vm];
      const wrong = (what: string): Broken<null> => new Broken(own, `${fact.vm}: ${what}`);
      if (vm === undefined)
        return wrong(`va ${fact.va} (${spanText(fact)}) is mapped, and the VM is not there`);
      if (fact.range < 1) return wrong(`va ${fact.va} at ${hexOfPages(fact.addr)} is empty`);
      if (fact.addr < vm.addr || endOf(fact) > endOf(vm))
        return wrong(`va ${fact.va} (${spanText(fact)}) is outside of ${spanText(vm)}`);
      const [other] = mappedIn(vm, fact.addr, endOf(fact));
      return other === undefined
        ? own
        : wrong(`va ${fact.va} (${spanText(fact)}) overlaps va ${other.va} (${spanText(other)})`);
    },
    'va.unmapped': (own, fact, { vms }) => {
      const vm = vms[fact.vm];
      const held = vm?.vmas.get(fact.va);
      const isIt = vm?.tree.get(fact.addr) === fact.va && held?.range === fact.range;
      return isIt
        ? own
        : new Broken(
            own,
            `${fact.vm}: va ${fact.va} (${spanText(fact)}) is unmapped, and is not mapped`,
          );
    },
  },
});
