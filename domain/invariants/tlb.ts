/** I20: the numbers and ranges of TLB invalidations. */
import { Broken, invariant } from './contract.ts';
import { spanText } from './text.ts';

const MAX_SEQNO = 0xfffff;
const HALF = (MAX_SEQNO + 1) / 2;

interface Requests {
  readonly last: number;
  /** requests without an answer: the GuC has flushed them, or not yet */
  readonly open: readonly { readonly seqno: number; readonly isFlushed: boolean }[];
}
type ByGt = Readonly<Record<string, Requests>>;

const NONE: Requests = { last: 0, open: [] };
const isPowerOfTwo = (n: number): boolean => n >= 1 && Number.isInteger(Math.log2(n));

/** Whether `seqno` is `recv` or came before it, across the wrap. */
function isPast(seqno: number, recv: number): boolean {
  const ahead = seqno - recv;
  if (ahead < -HALF) return false;
  return ahead > HALF || ahead <= 0;
}

/** What is wrong with the size or the place of a flush. */
function badPlace(addr: number, range: number): string | null {
  if (!isPowerOfTwo(range)) return 'whose size is no power of two';
  if (range >= 512 && range <= 2048) return 'whose size hardware refuses';
  return addr % range === 0 ? null : 'which is not aligned to its size';
}

/** What the message asks to be flushed. */
function askedFor(data: {
  readonly [key: string]: unknown;
}): { addr: number; range: number } | null {
  const flush = data['flush'] as { addr?: unknown; range?: unknown } | undefined | null;
  if (typeof flush?.addr !== 'number' || typeof flush.range !== 'number') return null;
  return { addr: flush.addr, range: flush.range };
}

export const flushesNumbered = invariant<ByGt>({
  id: 'I20',
  says: 'TLB requests of a GT are numbered 1..0xfffff without gap; no acknowledged number exceeds the last sent; the range is a power of two of pages, never 2M, 4M or 8M, aligned to itself, and covers the mapping.',
  source: '6.20, 2.14',
  shows:
    'all; a request that could not be sent gives its number back, a reset answers all that are open',
  start: {},
  on: {
    'tlb.requested': (own, { gt, addr, range, seqno }, _known, { data }) => {
      const { last, open } = own[gt] ?? NONE;
      const next = { ...own, [gt]: { last: seqno, open: [...open, { seqno, isFlushed: false }] } };
      const wrong = (what: string): Broken<ByGt> => new Broken(next, `${gt}: ${what}`);
      if (seqno !== (last === MAX_SEQNO ? 1 : last + 1))
        return wrong(`request ${seqno} after ${last}`);
      const bad = badPlace(addr, range);
      if (bad !== null) return wrong(`a flush of ${spanText({ addr, range })}, ${bad}`);
      const wanted = askedFor(data);
      const covers =
        wanted === null || (addr <= wanted.addr && addr + range >= wanted.addr + wanted.range);
      return covers
        ? next
        : wrong(
            `request ${seqno}, ${spanText({ addr, range })}, does not cover ${spanText(wanted)}`,
          );
    },
    'tlb.sendFailed': (own, { gt, seqno }) => {
      const { last, open } = own[gt] ?? NONE;
      if (last !== seqno) return own;
      const left = open.filter((each) => each.seqno !== seqno);
      return { ...own, [gt]: { last: seqno === 1 ? 0 : seqno - 1, open: left } };
    },
    'tlb.invalidated': (own, { gt, seqno }) => {
      const { last, open } = own[gt] ?? NONE;
      const done = open.map((each) => (each.seqno === seqno ? { seqno, isFlushed: true } : each));
      return { ...own, [gt]: { last, open: done } };
    },
    'tlb.acked': (own, { gt, seqno }) => {
      const { last, open } = own[gt] ?? NONE;
      const left = open.filter((each) => !isPast(each.seqno, seqno));
      const next = { ...own, [gt]: { last, open: left } };
      if (seqno < 1 || last === 0 || !isPast(seqno, last)) {
        return new Broken(next, `${gt} acknowledges ${seqno}, which was not sent`);
      }
      const isEarly = open.some((each) => each.seqno === seqno && !each.isFlushed);
      return isEarly ? new Broken(next, `${gt} acknowledges ${seqno} unflushed`) : next;
    },
    'gt.resumed': (own, { gt }) => ({ ...own, [gt]: { last: own[gt]?.last ?? 0, open: [] } }),
  },
});
