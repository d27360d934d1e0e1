/** Lifts of what keeps apart contexts that take no vm->lock. */
import { read, write } from '../../../../domain/scenario/builder.ts';
import type { Program } from '../clients.ts';
import { seeing, takenAs, withoutAcks } from '../lift.ts';
import { withoutOrderedQueue } from '../lift-queues.ts';
import { WORLDS } from '../worlds.ts';
import { breaks, type Lift, shows } from './lifted.ts';
import * as s from './small.ts';

const { small } = s;

const FORGOTTEN = 'a GT forgets all translations when its reset ends, before any flush is answered';

const reads: Program = (c) =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((all) => all.gpuRead('vm0', 0x30000), c);

export const outsideLifts: readonly Lift[] = [
  {
    name: 'the acknowledgement before memory is freed',
    pair: ['ack', 'gpu'],
    scenario: WORLDS.faults,
    executor: withoutAcks,
    then: breaks('I19'),
  },
  {
    name: 'mmap_lock',
    pair: ['notifier', 'notifier'],
    scenario: small(
      'two munmaps of the same',
      {},
      {
        a: (c) =>
          c
            .bind('vm0', [s.heap()])
            .exec('q0', [write(0x30000, 1)])
            .exec('q0', [read(0x30000)]),
        munmap: s.munmap,
        other: s.munmap,
      },
    ),
    executor: seeing('client', (shared) => ({
      userptr: (id) => {
        const area = shared.userptr(id);
        return area === undefined ? undefined : { ...area, invalidating: false };
      },
    })),
    then: breaks('I25'),
  },
  {
    name: 'the ordered queue of user fences',
    pair: ['ufence', 'ufence'],
    scenario: small('two user fences at one address', s.ASYNC, {
      a: (c) =>
        c
          .bind('vm0', [s.data], { out: [{ userFence: 0x1000, value: 1 }] })
          .bind('vm0', [s.hole], { out: [{ userFence: 0x1000, value: 2 }] })
          .bind('vm0', [s.nothing], { out: [{ userFence: 0x1008, value: 3 }] })
          .waitUserFence({ addr: 0x1008, value: 3 })
          .waitUserFence({ addr: 0x1000, value: 2, timeoutNs: 0 }),
    }),
    executor: withoutOrderedQueue,
    then: breaks('failed'),
  },
  {
    name: 'a GT in reset runs nothing: accesses',
    pair: ['gpu', 'reset'],
    scenario: small('accesses while a GT is reset', s.FAULT, {
      a: (c) => reads(c.bind('vm0', [s.heap()])),
      reset: (c) => c.reset().reset().reset().reset().reset(),
      munmap: s.munmap,
    }),
    executor: takenAs('gt', 'inReset', ['gpu.access'], 'running'),
    then: shows('gpu.accesses in reset.runs', FORGOTTEN),
  },
  {
    name: 'a GT in reset runs nothing: stores',
    pair: ['copy', 'reset'],
    scenario: small(
      'stores while a GT is reset',
      {},
      {
        a: (c) => c.bind('vm0', [s.data]).bind('vm0', [s.nothing]).bind('vm0', [s.hole]),
        reset: (c) => c.reset().reset().reset(),
      },
    ),
    executor: takenAs('gt', 'inReset', ['copy.write'], 'running'),
    then: shows('copy.stores in reset.runs', FORGOTTEN),
  },
  {
    name: 'one reset answers all who ask',
    pair: ['reset', 'reset'],
    scenario: small('two ask for a reset', {}, { a: (c) => c.reset(), b: (c) => c.reset() }),
    executor: takenAs('gt', 'inReset', ['gt.reset'], 'running'),
    then: breaks('stuck'),
  },
];
