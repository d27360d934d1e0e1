/** I7 and the numbers of calls: what a call leaves that is refused or fails. */
import type { FactOf } from '../facts/schema.ts';
import { firstDifference, piecesOf } from './backing.ts';
import { Broken, invariant } from './contract.ts';
import { callKey } from './known/calls.ts';
import { KeyMap } from './key-map.ts';
import type { VmSeen } from './known/spaces.ts';
import { hexOfPages } from '../units.ts';

const TRACES = /^(va\.|vma\.(?!pinned)|syncobj\.|fence\.|job\.|table\.|pte\.|resv\.|op\.)/;

/**
 * References that a record takes and does not drop, or the other way round; but for those of a call, which it takes when
 * it comes in and drops when it ends, maybe records later (I9 counts them).
 */
function unbalanced(facts: readonly { readonly type: string }[]): string | null {
  const counts = new Map<string, number>();
  for (const fact of facts) {
    if (fact.type !== 'ref.taken' && fact.type !== 'ref.dropped') continue;
    const { of, by } = fact as FactOf<'ref.taken'>;
    if (/\/call\d+$/.test(by)) continue;
    counts.set(of, (counts.get(of) ?? 0) + (fact.type === 'ref.taken' ? 1 : -1));
  }
  return [...counts].find(([, count]) => count !== 0)?.[0] ?? null;
}

/** By call: the VM as it was before the call was accepted. */
type Before = KeyMap<VmSeen>;

export const failuresLeaveNothing = invariant<Before>({
  id: 'I7',
  says: 'A call that fails leaves the space, syncobjs, fences, page tables and references as they were; an array is all or nothing.',
  source: '6.7, 2.3',
  shows:
    'all for a call that was not committed; of one that was, that the space is what it was before',
  start: KeyMap.empty(),
  on: {
    'bind.accepted': (own) => own,
    'bind.finished': (own, fact) => own.delete(callKey(fact)),
    'bind.refused': (own) => own,
    'bind.unwound': (own) => own,
  },
  settle: (own, { facts }, known, before) => {
    const failed = facts.find(({ type }) => type === 'bind.refused' || type === 'bind.unwound');
    const accepted = facts.find((fact) => fact.type === 'bind.accepted');
    if (failed === undefined) {
      const old = accepted && before.vms[accepted.vm];
      if (accepted === undefined || old === undefined) return own;
      // an asynchronous call is not undone: its op waits for RESTART
      const isAsync = known.calls.calls.get(callKey(accepted))?.request.async !== false;
      const isOver = facts.some((fact) => fact.type === 'bind.finished');
      return isAsync || isOver ? own : own.set(callKey(accepted), old);
    }
    const { vm, call } = failed as FactOf<'bind.unwound'>;
    const committed = accepted === undefined ? own.get(callKey({ vm, call })) : before.vms[vm];
    const rest = own.delete(callKey({ vm, call }));
    const now = known.vms[vm];
    if (committed !== undefined && now !== undefined) {
      const found = firstDifference(piecesOf(committed), piecesOf(now));
      if (found === null) return rest;
      const { page, a, b } = found;
      return new Broken(
        rest,
        `${vm}: ${hexOfPages(page)} has ${b} after a failed call, it had ${a}`,
      );
    }
    const trace = facts.find(({ type }) => TRACES.test(type));
    if (trace !== undefined) return new Broken(rest, `a failed call leaves ${trace.type}`);
    const held = unbalanced(facts);
    return held === null
      ? rest
      : new Broken(rest, `a failed call changes the references of ${held}`);
  },
});

const numbered = (
  own: KeyMap<number>,
  { vm, call }: { vm: string; call: number },
): KeyMap<number> | Broken<KeyMap<number>> => {
  const last = own.get(vm) ?? 0;
  const next = own.set(vm, call);
  return call === last + 1 ? next : new Broken(next, `${vm}: call ${call} after ${last}`);
};

export const callsNumbered = invariant<KeyMap<number>>({
  id: 'calls',
  says: 'The calls of a VM are numbered 1, 2, 3, ... as they are answered, refused ones too.',
  source: 'domain/facts/schema.ts',
  shows: 'all',
  start: KeyMap.empty(),
  on: {
    'bind.accepted': numbered,
    'bind.refused': numbered,
    // RESTART is a call that leaves nothing else behind
    'vm.restarted': (own, { vm }) => own.set(vm, (own.get(vm) ?? 0) + 1),
    // a committed call that fails later has its number already
    'bind.unwound': (own, fact, { calls }) =>
      calls.calls.get(callKey(fact))?.isAccepted === true ? own : numbered(own, fact),
  },
});
