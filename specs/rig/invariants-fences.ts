/** Invariants 10, 11 and 17 (as far as records show it): what fences may do. */
import type { StepRecord } from '../../streams/world/record.ts';
import { watcher } from './invariant.ts';

const contextOf = (fence: string): string => fence.slice(0, fence.lastIndexOf(':'));
const seqnoOf = (fence: string): number => Number(fence.slice(fence.lastIndexOf(':') + 1));

interface Fences {
  readonly kinds: Map<string, string>;
  readonly parts: Map<string, readonly string[]>;
  readonly signaled: Map<string, number>;
  /** by context: the last seqno that signalled */
  readonly last: Map<string, number>;
}

export const fencesOnce = watcher<Fences>({
  id: 'I10',
  says: 'A fence signals at most once, after it was made; the seqnos of one context signal in order.',
  start: () => ({ kinds: new Map(), parts: new Map(), signaled: new Map(), last: new Map() }),
  at: ({ kinds, signaled, last }, { facts }) => {
    for (const fact of facts) {
      if (fact.type === 'fence.created') {
        if (kinds.has(fact.fence)) return `${fact.fence} is made twice`;
        kinds.set(fact.fence, fact.kind);
      }
      if (fact.type !== 'fence.signaled') continue;
      const { fence, error } = fact;
      if (!kinds.has(fence)) return `${fence} signals and was never made`;
      if (signaled.has(fence)) return `${fence} signals twice`;
      signaled.set(fence, error);
      const before = last.get(contextOf(fence)) ?? 0;
      if (seqnoOf(fence) <= before) return `${fence} signals after seqno ${before} of its context`;
      last.set(contextOf(fence), seqnoOf(fence));
    }
    return null;
  },
});

export const arraysComplete = watcher<Fences>({
  id: 'I10a',
  says: 'A fence array signals in the very step that signals the last of its parts.',
  start: () => ({ kinds: new Map(), parts: new Map(), signaled: new Map(), last: new Map() }),
  at: ({ parts, signaled }, { facts }) => {
    for (const fact of facts) {
      if (fact.type === 'fence.created' && fact.parts.some((part) => !signaled.has(part))) {
        parts.set(fact.fence, fact.parts);
      }
      if (fact.type === 'fence.signaled') signaled.set(fact.fence, fact.error);
    }
    for (const [array, each] of parts) {
      const isDue = each.every((part) => signaled.has(part));
      if (isDue !== signaled.has(array)) {
        return isDue ? `${array} has not signalled with its parts` : `${array} signals early`;
      }
      if (isDue) parts.delete(array);
    }
    return null;
  },
});

export const fencesAllSignal = watcher<Map<string, string>>({
  id: 'I11',
  says: 'Every fence that was published signals in the end, unless a software fence never did.',
  start: () => new Map(),
  at: (pending, { facts }) => {
    for (const fact of facts) {
      const isBornSignaled =
        fact.type === 'fence.created' &&
        fact.parts.length > 0 &&
        fact.parts.every((part) => !pending.has(part));
      if (fact.type === 'fence.created' && !isBornSignaled) pending.set(fact.fence, fact.kind);
      if (fact.type === 'fence.signaled') pending.delete(fact.fence);
    }
    return null;
  },
  end: (pending) => {
    const [first] = pending.keys();
    const excused = [...pending.values()].includes('software');
    return first === undefined || excused ? null : `${first} never signals`;
  },
});

interface Started {
  /** asynchronous fence -> its call */
  readonly calls: Map<string, string>;
  readonly finished: Set<string>;
  readonly closing: Set<string>;
}

/** The call that a record accepts, as `vm call`. */
function acceptedIn({ facts }: StepRecord): string | undefined {
  const accepted = facts.find((fact) => fact.type === 'bind.accepted');
  return accepted && `${accepted.vm} ${accepted.call}`;
}

export const startedFirst = watcher<Started>({
  id: 'I17a',
  says: 'An asynchronous fence signals only after the worker took its call up, or its VM closes.',
  start: () => ({ calls: new Map(), finished: new Set(), closing: new Set() }),
  at: ({ calls, finished, closing }, record) => {
    for (const fact of record.facts) {
      if (fact.type === 'fence.created' && fact.kind === 'async-op') {
        calls.set(fact.fence, acceptedIn(record) ?? '');
      }
      if (fact.type === 'bind.finished') finished.add(`${fact.vm} ${fact.call}`);
      if (fact.type === 'vm.closing') closing.add(fact.vm);
      if (fact.type !== 'fence.signaled') continue;
      const call = calls.get(fact.fence);
      if (call === undefined || finished.has(call)) continue;
      if (!closing.has(call.split(' ')[0] ?? ''))
        return `${fact.fence} signals before its call ran`;
    }
    return null;
  },
});
