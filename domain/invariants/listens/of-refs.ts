/** What I9 listens to: references, by what they are of. */
import { ALL, type Listens, type OwnTouch, type Table } from './parts.ts';

const of = ({ of: what }: { of: string }, { writesOwn }: OwnTouch): void => {
  writesOwn(what);
};

const bo = (fact: { bo: string }, { writesOwn }: OwnTouch): void => {
  writesOwn(fact.bo);
};
const queue = (fact: { queue: string }, { writesOwn }: OwnTouch): void => {
  writesOwn(fact.queue);
};

const BALANCED: Listens<unknown> = {
  // nearly all of it only when a run is over
  knows: [
    ...(['vms', 'life', 'space', 'sleeper', 'sleepers', 'call', 'job', 'fence'] as const),
    ...(['queues', 'queue', 'resv', 'lock'] as const),
  ],
  on: {
    'actor.started': ({ actor }, { writesOwn }) => {
      writesOwn(actor);
    },
    'ref.taken': of,
    'ref.dropped': of,
    'bo.freed': bo,
    'vm.freed': ({ vm }, { writesOwn }) => {
      writesOwn(vm);
    },
    'exec.refused': (fact, { reads }) => {
      reads('queue', fact.queue);
      reads('lock', ALL);
    },
    'queue.destroyed': queue,
    'queue.created': queue,
    'bo.created': bo,
    'vma.destroyed': ({ vm }, { reads, writesOwn }) => {
      reads('space', vm);
      writesOwn(`space ${vm}`);
    },
  },
};

export const OF_REFS: Table = { I9: BALANCED };
