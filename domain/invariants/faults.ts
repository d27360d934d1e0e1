/** Page faults: an answer is good for something. */
import type { FactOf } from '../facts/schema.ts';
import { without } from '../without.ts';
import { Broken, invariant } from './contract.ts';
import { KeyMap } from './key-map.ts';
import type { Known } from './known/known.ts';
import { mappedIn } from './known/spaces.ts';
import { hexOfPages } from '../units.ts';

/** Faults of a VM since a mapping of it changed last, by GT and page. */
interface Faults {
  /** the accesses that have not been answered */
  readonly raised: KeyMap<readonly string[]>;
  /** the access that was answered with success */
  readonly served: KeyMap<string>;
}
type ByVm = Readonly<Record<string, Faults>>;

const NO_FAULTS: Faults = { raised: KeyMap.empty(), served: KeyMap.empty() };

const pageOf = ({ gt, addr }: FactOf<'fault.raised'> | FactOf<'fault.handled'>): string =>
  `${gt} ${addr}`;

/** A mapping on whose account the page can fault: it is not bound there. */
function isUnbound({ vms }: Known, { gt, vm, addr }: FactOf<'fault.raised'>): boolean {
  const state = vms[vm];
  const [vma] = state === undefined ? [] : mappedIn(state, addr, addr + 1);
  return vma !== undefined && (!vma.present.includes(gt) || vma.zapped.includes(gt));
}

function answered(own: ByVm, fact: FactOf<'fault.handled'>): ByVm {
  const page = pageOf(fact);
  const { raised, served } = own[fact.vm] ?? NO_FAULTS;
  const [access, ...others] = raised.get(page) ?? [];
  if (access === undefined) return own;
  const left = others.length === 0 ? raised.delete(page) : raised.set(page, others);
  // which of several accesses to the page was answered is not told
  const isKnown = fact.result === 0 && others.length === 0;
  const now = isKnown ? served.set(page, access) : served;
  return { ...own, [fact.vm]: { raised: left, served: now } };
}

/** Whatever faults again, or is answered for how it was before, has a reason. */
const changed = (own: ByVm, { vm }: { readonly vm: string }): ByVm =>
  own[vm] === undefined ? own : without(own, vm);

export const faultsEnd = invariant<ByVm>({
  id: 'refault',
  says: 'A page fault that is answered with success leaves the mapping of its page bound on that GT: the access does not fault there again.',
  source: 'S28; xe_gt_pagefault.c',
  shows:
    'all but what was answered while a mapping of the VM changed, or while several accesses to the page had faulted: then the next round shows it',
  start: {},
  on: {
    'fault.raised': (own, fact, known) => {
      const { vm, access, addr } = fact;
      const page = pageOf(fact);
      const { raised, served } = own[vm] ?? NO_FAULTS;
      const accesses = [...(raised.get(page) ?? []), access];
      const next = { ...own, [vm]: { raised: raised.set(page, accesses), served } };
      const isRepeated = served.get(page) === access && isUnbound(known, fact);
      return isRepeated
        ? new Broken(
            next,
            `${vm}: ${hexOfPages(addr)} faults again after it was served, and is not bound`,
          )
        : next;
    },
    'fault.handled': answered,
    'va.mapped': changed,
    'va.unmapped': changed,
    'vma.unbound': changed,
    'vma.zapped': changed,
    // what nobody has answered is raised anew
    'gt.reset': () => ({}),
  },
});
