/** Invariants 19 (table pages) and 20: requests, flushes and acknowledgements of one GT's TLB. */
import { watcher } from './invariant.ts';

const MAX_SEQNO = 0xfffff;

interface Requests {
  /** by GT: the last number given out, and the highest that the GT has flushed */
  readonly sent: Map<string, number>;
  readonly flushed: Map<string, Set<number>>;
}

const isPowerOfTwo = (n: number): boolean => n >= 1 && Number.isInteger(Math.log2(n));

function badRange(addr: number, range: number): string | null {
  if (!isPowerOfTwo(range)) return `a flush of ${range} pages`;
  if (range >= 512 && range <= 2048) return `a flush of ${range} pages, which hardware refuses`;
  return addr % range === 0 ? null : `a flush of ${range} pages at page ${addr}`;
}

export const flushesNumbered = watcher<Requests>({
  id: 'I20',
  says:
    'TLB requests of a GT are numbered 1..0xfffff without gap; a flush is a power of two of pages, aligned to itself, ' +
    'never 2M, 4M or 8M, and contains the mapping; an acknowledged number was sent and flushed.',
  start: () => ({ sent: new Map(), flushed: new Map() }),
  at: ({ sent, flushed }, { facts, data }) => {
    for (const fact of facts) {
      if (fact.type === 'tlb.requested') {
        const { gt, seqno, addr, range } = fact;
        const last = sent.get(gt) ?? 0;
        if (seqno !== (last === MAX_SEQNO ? 1 : last + 1)) return `${gt}: ${seqno} after ${last}`;
        sent.set(gt, seqno);
        const wrong = badRange(addr, range);
        if (wrong !== null) return wrong;
        const { flush } = data as unknown as { flush: { addr: number; range: number } };
        const covers = addr <= flush.addr && addr + range >= flush.addr + flush.range;
        if (!covers) return `${gt}: request ${seqno} does not cover the mapping`;
      }
      if (fact.type === 'tlb.invalidated') {
        const known = flushed.get(fact.gt) ?? new Set();
        flushed.set(fact.gt, known.add(fact.seqno));
      }
      if (fact.type === 'tlb.acked') {
        const { gt, seqno } = fact;
        if (seqno > (sent.get(gt) ?? 0)) return `${gt} acknowledges ${seqno}, which was not sent`;
        if (flushed.get(gt)?.has(seqno) !== true) return `${gt} acknowledges ${seqno} unflushed`;
      }
    }
    return null;
  },
});

export const noDanglingTable = watcher<null>({
  id: 'I19a',
  says: 'No walk meets a page that is no page table (any more).',
  start: () => null,
  at: (_, { facts }) => {
    for (const fact of facts) {
      if (fact.type === 'access.done' && fact.fault === 'dangling-table') {
        return `${fact.client}: a walk of ${fact.gt} for page ${fact.addr} of ${fact.vm} dangles`;
      }
    }
    return null;
  },
});

export const accessesTruthful = watcher<null>({
  id: 'I22a',
  says: 'A read of NULL is 0 and a write to it changes nothing; what is written is what was asked.',
  start: () => null,
  at: (_, { facts }) => {
    const done = facts.find((fact) => fact.type === 'access.done');
    if (done === undefined) return null;
    const written = facts.filter((fact) => fact.type === 'memory.written');
    const { outcome, phys, value } = done;
    if (outcome !== 'written' && written.length > 0) return `a ${outcome} access changes memory`;
    if (outcome === 'read' && phys === null && value !== '0x0') return `NULL reads ${value ?? ''}`;
    if (outcome === 'dropped' && phys !== null) return 'a write to memory is dropped';
    if (outcome !== 'written') return null;
    const [only] = written;
    const isIt = only?.phys === phys && only?.word === done.word && only.value === value;
    return isIt && written.length === 1 ? null : 'a write does not reach its word, or others too';
  },
});
