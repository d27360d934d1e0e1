/** Invariants 19 to 24: memory, TLBs, page tables. */
import type { Fact, FactOf } from '../../../domain/facts/schema.ts';
import type { RunRecord } from '../../../domain/invariants/record.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { fact, told } from '../../rig/told.ts';

type Runs = FactOf<'pte.written'>['runs'];

const vm = fact('vm.created');
const faulting = fact('vm.created', { mode: 'fault' });
const bo = fact('bo.created');
const mapped = fact('va.mapped');
const nullMapped = fact('va.mapped', { obj: null, null: true });
const readOnly = fact('va.mapped', { readOnly: true });
const bound = fact('vma.bound');

/** Entries of value `pte`, one after another. */
const run = (pte: number, index = 0, count = 1): Runs => [{ index, count, pte, stride: 0 }];
const directory = (table: number): number => table * 4096 + 3;
const leaf = (page: number, flags = 3): number => page * 4096 + flags;
const NULL_LEAF = 0x203;
const table = (page: number, level: number, runs: Runs = []): Fact =>
  fact('table.allocated', { table: page, level, runs });
const write = (page: number, level: number, runs: Runs): Fact =>
  fact('pte.written', { table: page, level, runs });
const freed = (page: number): Fact => fact('table.freed', { table: page });
const root = [table(1000, 3), fact('table.rooted')];
/** A way down to table 1003, which translates the first 2 MiB. */
const way = [
  ...root,
  table(1003, 0, run(leaf(4096), 100)),
  table(1002, 1, run(directory(1003))),
  table(1001, 2, run(directory(1002))),
  write(1000, 3, run(directory(1001))),
];
const unhung = write(1002, 1, run(0));
const flush = fact('tlb.invalidated', { addr: 0, range: 512 });

/** A leaf for page 16, where va 1 begins. */
const stored = (at: Fact, pte: number, ...facts: Fact[]): RunRecord[] =>
  told([vm, bo, ...way], [at, ...facts], [write(1003, 0, run(pte, 16))]);
const access = (more: Partial<FactOf<'access.done'>> = {}): Fact => fact('access.done', more);
const written = { access: 'write', outcome: 'written', value: '0x1' } as const;

const tlb = (...facts: Fact[]): RunRecord[] => told(...facts.map((each) => [each]));
const requested = (more: Partial<FactOf<'tlb.requested'>> = {}): Fact =>
  fact('tlb.requested', more);
const acked = (seqno: number): Fact => fact('tlb.acked', { gt: 'gt0', seqno });
const forMapping = (addr: number, range: number): RunRecord[] =>
  told({ facts: [requested()], data: { flush: { addr, range, fence: 'f:1', freed: [] } } });

checkCases({
  I19: {
    fires: {
      'an access to a freed page': () => told([vm, bo], [fact('memory.freed')], [access()]),
      'a fill that leads to a freed page': () =>
        told([vm, bo], [fact('memory.freed')], [fact('tlb.filled')]),
      'a dangling walk': () =>
        told([vm], [access({ outcome: 'fault', fault: 'dangling-table', phys: null })]),
      'pages freed under a fault-mode mapping': () =>
        told([faulting, bo, mapped, bound], [fact('memory.freed')]),
      'pages freed under a fault-mode TLB': () =>
        told([faulting, bo, fact('tlb.filled')], [fact('memory.freed')]),
      'a table freed in the tree': () => told([vm, ...way], [freed(1003)]),
      'a table freed before the flush': () => told([vm, ...way], [unhung], [freed(1003)]),
      'a table below it': () => told([vm, ...way], [write(1000, 3, run(0))], [freed(1003)]),
      'a table freed twice': () => told([vm, ...way], [unhung, flush, freed(1003)], [freed(1003)]),
    },
    legal: {
      'a stale entry that nobody uses': () =>
        told([vm, bo, mapped, bound, fact('tlb.filled')], [fact('memory.freed')]),
      'pages that were given out again': () =>
        told([vm, bo], [fact('memory.freed')], [fact('bo.created', { bo: 'bo1' })], [access()]),
      'pages freed after zap and flush': () =>
        told(
          [faulting, bo, mapped, bound, fact('tlb.filled')],
          [fact('vma.zapped')],
          [flush],
          [fact('memory.freed')],
        ),
      'a table freed after the flush': () => told([vm, ...way], [unhung], [flush], [freed(1003)]),
      'tables freed after a reset': () =>
        told(
          [vm, ...way],
          [write(1000, 3, run(0))],
          [fact('gt.resumed', { gt: 'gt0' })],
          [freed(1001), freed(1002), freed(1003)],
        ),
      'tables of a VM that closes': () =>
        told([vm, ...way], [fact('vm.closing', { vm: 'vm0' })], [freed(1000), freed(1003)]),
      'a table that was never hung up': () => told([vm, ...root, table(1003, 0)], [freed(1003)]),
    },
  },
  I20: {
    fires: {
      'a gap': () => tlb(requested({ seqno: 2 })),
      'no power of two': () => tlb(requested({ range: 3 })),
      '2 MiB': () => tlb(requested({ addr: 0, range: 512 })),
      'not aligned': () => tlb(requested({ addr: 2 })),
      'past the mapping': () => forMapping(18, 4),
      'an ack of nothing': () => tlb(requested(), fact('tlb.invalidated'), acked(2)),
      'an ack before the flush': () => tlb(requested(), acked(1)),
      'an ack of 0': () => tlb(requested(), fact('tlb.invalidated'), acked(0)),
    },
    legal: {
      'two in turn': () =>
        tlb(requested(), fact('tlb.invalidated'), acked(1), requested({ seqno: 2 })),
      'one ack for two': () =>
        tlb(
          requested(),
          requested({ seqno: 2 }),
          fact('tlb.invalidated'),
          fact('tlb.invalidated', { seqno: 2 }),
          acked(2),
          acked(1),
        ),
      'a number that was given back': () => tlb(requested(), fact('tlb.sendFailed'), requested()),
      'what covers the mapping': () => forMapping(17, 2),
    },
  },
  I21: {
    fires: {
      'an entry of a mapping that is not bound': () =>
        stored(
          mapped,
          leaf(4096),
          fact('va.mapped', { va: 2, addr: 40 }),
          fact('vma.bound', { va: 2 }),
        ),
      'an entry on another GT': () => stored(mapped, leaf(4096), fact('vma.bound', { gt: 'gt1' })),
      'a bind beyond gt_mask': () =>
        told([vm, bo, fact('va.mapped', { gtMask: 1 })], [fact('vma.bound', { gt: 'gt1' })]),
      'a bind of nothing': () => told([vm], [bound]),
    },
    legal: {
      'an entry of a bound mapping': () => stored(mapped, leaf(4096), bound),
      'a mark in the same record': () =>
        told([vm, bo, ...way, mapped], [write(1003, 0, run(leaf(4096), 16)), bound]),
      'an older log': () => stored(mapped, leaf(4096)),
      'a bind job with an unbind queued behind it': () =>
        told(
          [vm, bo, ...way, mapped, bound],
          [fact('vma.unbound')],
          [write(1003, 0, run(leaf(4096), 16))],
        ),
      'a GT of gt_mask': () =>
        told([vm, bo, fact('va.mapped', { gtMask: 2 })], [fact('vma.bound', { gt: 'gt1' })]),
    },
  },
  I22: {
    fires: {
      'NULL with an object': () => told([vm, bo, fact('va.mapped', { null: true })]),
      'a NULL entry with an address': () => stored(nullMapped, leaf(7, NULL_LEAF)),
      'an entry with an address for NULL': () => stored(nullMapped, leaf(4096)),
      'a NULL entry for a BO': () => stored(mapped, NULL_LEAF),
      'NULL that reads as something': () => told([vm], [access({ phys: null, value: '0x1' })]),
      'a dropped write that stores': () =>
        told(
          [vm],
          [
            fact('memory.written'),
            access({ access: 'write', outcome: 'dropped', phys: null, value: '0x1' }),
          ],
        ),
      'a write that is dropped elsewhere': () =>
        told([vm], [access({ access: 'write', outcome: 'dropped' })]),
      'a write that misses': () =>
        told([vm], [fact('memory.written', { word: 3 }), access(written)]),
      'one in a new table': () =>
        told(
          [
            vm,
            nullMapped,
            ...root,
            table(1003, 0, run(leaf(4096), 16)),
            table(1002, 1, run(directory(1003))),
          ],
          [table(1001, 2, run(directory(1002))), write(1000, 3, run(directory(1001)))],
        ),
    },
    legal: {
      'a NULL entry': () => stored(nullMapped, NULL_LEAF),
      'an old mapping’s entry': () =>
        stored(
          mapped,
          leaf(4096),
          fact('va.unmapped'),
          fact('va.mapped', { va: 2, obj: null, null: true }),
        ),
      'a read of NULL': () => told([vm], [access({ phys: null })]),
      'a write': () => told([vm], [fact('memory.written'), access(written)]),
    },
  },
  I23: {
    fires: {
      'a writable entry': () => stored(readOnly, leaf(4096)),
      'a write that gets through': () =>
        told([vm, bo, readOnly], [fact('memory.written'), access(written)]),
      'a write fault that is served': () =>
        told([faulting, bo, readOnly], {
          facts: [fact('fault.handled')],
          data: { access: 'write' },
        }),
    },
    legal: {
      'an entry without the write bit': () => stored(readOnly, leaf(4096, 1)),
      'a refused write': () =>
        told(
          [vm, bo, readOnly],
          [access({ access: 'write', outcome: 'fault', fault: 'write-violation', phys: null })],
        ),
      'a read fault': () =>
        told([faulting, bo, readOnly], {
          facts: [fact('fault.handled')],
          data: { access: 'read' },
        }),
      'a refused write fault': () =>
        told([faulting, bo, readOnly], {
          facts: [fact('fault.handled', { result: -13 })],
          data: { access: 'write' },
        }),
    },
  },
  I24: {
    fires: {
      'an entry that points to nothing': () =>
        told([vm, ...root], [write(1000, 3, run(directory(77)))]),
      'a root freed before its mappings': () => told([vm, bo, ...way, mapped], [freed(1000)]),
      'a table that is left empty': () => told([vm, ...way], [write(1003, 0, run(0, 100))]),
      'one in fault mode': () => told([faulting, ...way], [write(1003, 0, run(0, 100))]),
      'one whose cleared mapping is unbound by now': () =>
        told(
          [vm, bo, ...way, mapped, bound],
          [fact('vma.zapped'), write(1003, 0, run(0, 100))],
          [fact('vma.unbound'), write(1003, 0, run(0))],
        ),
      'one beside a cleared mapping': () =>
        told(
          [vm, bo, ...way, fact('va.mapped', { addr: 512 }), bound],
          [fact('vma.zapped'), write(1003, 0, run(0, 100))],
        ),
    },
    legal: {
      'an empty one below one that is taken out': () =>
        told(
          [vm, bo, ...way, mapped, bound, fact('job.queued')],
          [fact('vma.zapped'), write(1003, 0, run(0, 100))],
          [fact('vma.unbound'), write(1000, 3, run(0))],
          [fact('job.done')],
        ),
      'tables that are taken out': () => told([vm, ...way], [write(1000, 3, run(0))]),
      'an empty one that a job will fill': () =>
        told(
          [vm, ...way, fact('job.queued')],
          [write(1003, 0, run(0, 100))],
          [write(1003, 0, run(leaf(4096), 3))],
          [fact('job.done')],
        ),
      'one whose mapping was cleared': () =>
        told(
          [faulting, bo, ...way, mapped, bound],
          [fact('vma.zapped'), write(1003, 0, run(0, 100))],
        ),
      'one whose mapping was cleared and waits for its unbind': () =>
        told(
          [vm, bo, ...way, mapped, bound],
          [fact('va.unmapped'), fact('vma.zapped')],
          [write(1003, 0, run(0, 100))],
        ),
      'a root freed after its mappings': () =>
        told([vm, bo, ...way, mapped], [fact('va.unmapped'), freed(1000)]),
    },
  },
});
