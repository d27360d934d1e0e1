/** Invariants 1 to 7: the address space, op lists, and what a failed call leaves. */
import type { Fact } from '../../../domain/facts/schema.ts';
import type { RunRecord } from '../../../domain/invariants/record.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { bindCall, fact, piece, told } from '../../rig/told.ts';

const vm = fact('vm.created');
const bo = fact('bo.created');
const inVm = (...facts: Fact[]): RunRecord[] => told([vm, bo], facts);

/** Pages 16..19 of bo0, as an ioctl asks for them. */
const MAP = { map: { addr: '0x10000', range: '0x4000', bo: 'bo0' } };
const UNMAP_MIDDLE = { unmap: { addr: '0x11000', range: '0x1000' } };
const accepted = fact('bind.accepted');
const mapped = bindCall([MAP], [fact('va.mapped'), accepted]);
const second = fact('bind.accepted', { call: 2 });
const unmapped = fact('va.unmapped');
const prev = fact('va.mapped', { va: 2, range: 1 });
const next = fact('va.mapped', { va: 3, addr: 18, range: 2, offset: 2 });
const split = (...facts: Fact[]): RunRecord[] =>
  told([vm, bo], mapped, bindCall([UNMAP_MIDDLE], [...facts, second]));

const ops = (all: readonly object[], request: object = MAP): RunRecord[] =>
  told(
    [vm, bo, fact('va.mapped')],
    bindCall([request], [fact('ops.created', { ops: all as never })]),
  );
const old = piece().map;
const remap = (said: object): object => ({
  op: 'remap',
  unmap: old,
  prev: null,
  next: null,
  keep: false,
  ...said,
});
const unmap = (said = {}): object => ({ op: 'unmap', unmap: piece(said).map, keep: false });
const tail = piece({ va: 0, addr: 18, range: 2, offset: 2 }).map;
const head = piece({ va: 0, range: 2 }).map;

/** Pages 16..19 show pages 0 and 1 of bo0 twice over; with page 17 gone, the rest begins with 0. */
const pattern = { offset: 0, repeat: { range: 2, phase: 0 } };
const outOfStep = { offset: 0, repeat: { range: 2, phase: 1 } };
const onePage = { offset: 0, repeat: { range: 1, phase: 0 } };
const splitRepeated = (behind: object, addr = 18, old: object = pattern): RunRecord[] =>
  told(
    [vm, bo, fact('va.mapped', old)],
    bindCall(
      [{ unmap: { addr: `0x${(addr - 1).toString(16)}000`, range: '0x1000' } }],
      [
        unmapped,
        fact('va.mapped', { va: 2, range: addr - 17, ...old }),
        fact('va.mapped', { va: 3, addr, range: 20 - addr, ...behind }),
        second,
      ],
    ),
  );
const oldRepeated = piece(pattern).map;
const remapRepeated = (behind: object): object =>
  remap({ unmap: oldRepeated, next: { ...tail, addr: 17, range: 3, ...behind } });

checkCases({
  I1: {
    fires: {
      overlap: () => inVm(fact('va.mapped'), fact('va.mapped', { va: 2, addr: 19 })),
      'an empty VA': () => inVm(fact('va.mapped', { range: 0 })),
      'one beyond the VM': () => inVm(fact('va.mapped', { addr: 2 ** 36 - 1, range: 2 })),
      'one in no VM': () => told([fact('va.mapped')]),
      'one unmapped twice': () => inVm(fact('va.mapped'), unmapped, unmapped),
    },
    legal: {
      neighbours: () => inVm(fact('va.mapped'), fact('va.mapped', { va: 2, addr: 20 })),
      'the last page': () => inVm(fact('va.mapped', { addr: 2 ** 36 - 1, range: 1 })),
      'the place of one that went': () =>
        inVm(fact('va.mapped'), unmapped, fact('va.mapped', { va: 2 })),
    },
  },
  I2: {
    fires: {
      'a neighbour that is lost': () => split(unmapped, prev),
      'an offset that does not go on': () =>
        split(unmapped, prev, fact('va.mapped', { va: 3, addr: 18, range: 2, offset: 1 })),
      'an attribute that is lost': () =>
        split(
          unmapped,
          prev,
          fact('va.mapped', { va: 3, addr: 18, range: 2, offset: 2, readOnly: true }),
        ),
      'a pattern that begins anew inside a repetition': () => splitRepeated(pattern, 19),
      'a pattern that is turned for nothing': () => splitRepeated(outOfStep),
      'a pattern that is lost': () => splitRepeated({ offset: 0 }, 18, onePage),
      'a pattern of no pages': () => splitRepeated({ offset: 0, repeat: { range: 0, phase: 0 } }),
      'a VA that nobody asked for': () =>
        told(
          [vm, bo],
          bindCall([MAP], [fact('va.mapped'), fact('va.mapped', { va: 2, addr: 99 }), accepted]),
        ),
    },
    legal: {
      'a split that keeps both sides': () => split(unmapped, prev, next),
      'a split between two repetitions': () => splitRepeated(pattern),
      'a split of a single page': () => splitRepeated(onePage, 18, onePage),
      'a split inside a repetition': () => splitRepeated(outOfStep, 19),
      'a repetition as plain pages': () => splitRepeated({ offset: 0 }),
    },
  },
  I3: {
    fires: {
      'a page too few': () =>
        told([vm, bo], bindCall([MAP], [fact('va.mapped', { range: 3 }), accepted])),
      'another offset': () =>
        told([vm, bo], bindCall([MAP], [fact('va.mapped', { offset: 1 }), accepted])),
      'an unmap that leaves a page': () =>
        split(unmapped, fact('va.mapped', { va: 2, range: 2 }), next),
      'UNMAP_ALL that leaves one': () =>
        told([vm, bo], mapped, bindCall([{ unmapAll: { bo: 'bo0' } }], [second])),
      'NULL that is not NULL': () =>
        told(
          [vm, bo],
          bindCall(
            [{ map: { addr: '0x10000', range: '0x4000', null: true } }],
            [fact('va.mapped'), accepted],
          ),
        ),
    },
    legal: {
      'what was asked for, in pieces': () =>
        told(
          [vm, bo],
          bindCall(
            [MAP],
            [
              fact('va.mapped', { range: 2 }),
              fact('va.mapped', { va: 2, addr: 18, range: 2, offset: 2 }),
              accepted,
            ],
          ),
        ),
      'a call behind a RESTART': () =>
        told(
          [vm, bo],
          mapped,
          bindCall([{ restart: {} }], [{ type: 'vm.restarted', vm: 'vm0' }]),
          bindCall([UNMAP_MIDDLE], [unmapped, prev, next, second]),
        ),
      UNMAP_ALL: () =>
        told([vm, bo], mapped, bindCall([{ unmapAll: { bo: 'bo0' } }], [unmapped, second])),
    },
  },
  I4: {
    fires: {
      'three REMAPs': () =>
        ops([remap({ prev: head }), remap({ prev: head }), remap({ prev: head }), piece()]),
      'two MAPs': () => ops([piece(), piece()]),
      'a MAP that is not last': () => ops([piece(), unmap()]),
      'no MAP': () => ops([unmap()]),
      'a MAP in an unmap': () => ops([piece()], UNMAP_MIDDLE),
      'a REMAP that leaves nothing': () => ops([remap({}), piece()]),
      'prev with another start': () => ops([remap({ prev: { ...head, addr: 15 } }), piece()]),
      'next with another end': () => ops([remap({ next: { ...tail, range: 3 } }), piece()]),
      'next with another offset': () => ops([remap({ next: { ...tail, offset: 0 } }), piece()]),
      'next of a pattern that begins anew': () => ops([remapRepeated(pattern), piece()]),
      'next of a pattern without it': () => ops([remapRepeated({ offset: 1 }), piece()]),
      'ops in the wrong order': () => ops([unmap({ addr: 30 }), unmap({ va: 2 }), piece()]),
    },
    legal: {
      'REMAP, UNMAP, REMAP, MAP': () =>
        ops([
          remap({ prev: head }),
          unmap({ addr: 20 }),
          remap({
            unmap: piece({ addr: 24 }).map,
            next: piece({ addr: 26, range: 2, offset: 2 }).map,
          }),
          piece(),
        ]),
      'next of a pattern that goes on': () => ops([remapRepeated(outOfStep), piece()]),
      'UNMAP_ALL in the order of the object': () =>
        ops([unmap({ addr: 30 }), unmap()], { unmapAll: { bo: 'bo0' } }),
    },
  },
  I5: {
    fires: {
      'an op on nothing': () => ops([unmap({ va: 7 })], UNMAP_MIDDLE),
      'two ops on one VA': () => ops([unmap(), unmap()], UNMAP_MIDDLE),
      'a VA that an earlier list took': () =>
        told(
          [vm, bo, fact('va.mapped')],
          [
            fact('ops.created', { ops: [unmap()] as never }),
            fact('ops.created', { bind: 1, ops: [unmap()] as never }),
          ],
        ),
    },
    legal: {
      'a VA that an earlier list made': () =>
        told(
          [vm, bo],
          [
            fact('ops.created', { ops: [piece()] }),
            fact('ops.created', { bind: 1, ops: [unmap()] as never }),
          ],
        ),
      'the same VA number in another call': () =>
        told(
          [vm, bo, fact('va.mapped')],
          [fact('ops.created', { ops: [unmap()] as never })],
          [fact('ops.created', { call: 2, ops: [unmap()] as never })],
        ),
    },
  },
  I6: {
    fires: {
      'a MAP wider than asked': () => ops([piece({ range: 8 })]),
      'keep of something else': () =>
        ops([{ op: 'unmap', unmap: piece({ offset: 3 }).map, keep: true }, piece()]),
      'keep of a pattern out of step': () =>
        ops([{ op: 'unmap', unmap: piece(outOfStep).map, keep: true }, piece(pattern)]),
      'keep of a pattern for plain pages': () =>
        ops([{ op: 'unmap', unmap: oldRepeated, keep: true }, piece()]),
      'keep without a MAP': () => ops([{ op: 'unmap', unmap: old, keep: true }], UNMAP_MIDDLE),
    },
    legal: {
      'keep of the same backing': () => ops([{ op: 'unmap', unmap: old, keep: true }, piece()]),
      'keep of a pattern in step': () =>
        ops([{ op: 'unmap', unmap: oldRepeated, keep: true }, piece(pattern)]),
    },
  },
  I7: {
    fires: {
      'a refused call with a trace': () =>
        told(
          [vm],
          [fact('bind.refused'), fact('syncobj.replaced', { syncobj: 's', fence: 'stub:0' })],
        ),
      'a reference that is kept': () =>
        told([vm], [fact('ref.taken', { of: 'bo0', by: 'vm0' }), fact('bind.unwound')]),
      'a committed call that is half undone': () =>
        told([vm, bo], bindCall([MAP], [fact('va.mapped'), accepted], { async: false }), [
          fact('bind.unwound'),
        ]),
    },
    legal: {
      'a refusal': () => told([vm], [fact('bind.refused')]),
      'a reference taken and dropped': () =>
        told(
          [vm],
          [
            fact('ref.taken', { of: 'bo0', by: 'vm0' }),
            fact('ref.dropped', { of: 'bo0', by: 'vm0' }),
            fact('bind.unwound'),
          ],
        ),
      'a committed call that is undone': () =>
        told([vm, bo], bindCall([MAP], [fact('va.mapped'), accepted], { async: false }), [
          unmapped,
          fact('bind.unwound'),
        ]),
    },
  },
  calls: {
    fires: {
      'a number that is left out': () => told([vm], [fact('bind.refused', { call: 2 })]),
      'a number twice': () => told([vm], [fact('bind.refused')], [fact('bind.refused')]),
    },
    legal: {
      'one number after the other': () =>
        told([vm], [fact('bind.refused')], [fact('bind.refused', { call: 2 })]),
    },
  },
});
