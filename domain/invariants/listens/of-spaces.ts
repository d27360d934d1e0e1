/** What I1 to I7, I26 and I28 to I30 listen to: address spaces, and calls on them. */
import { callKey } from '../known/calls.ts';
import { itself, type Listens, ONE, type OwnTouch, type Table } from './parts.ts';
import { readSpace, readUserptrOf, readVms, readWholeVm } from './reads.ts';

type InVm = { readonly vm: string };

const space = ({ vm }: InVm, touch: OwnTouch): void => {
  readSpace(touch, vm);
};
const life = ({ vm }: InVm, { reads }: OwnTouch): void => {
  reads('life', vm);
};
const call = (fact: InVm & { readonly call: number }, { reads }: OwnTouch): void => {
  reads('call', callKey(fact));
};
const request = (fact: InVm & { readonly call: number }, touch: OwnTouch): void => {
  call(fact, touch);
  touch.reads('asked', fact.vm);
};
const ownOfVm = ({ vm }: InVm, { writesOwn }: OwnTouch): void => {
  writesOwn(vm);
};

const AS_REQUESTED: Listens<unknown> = {
  knows: ['call', 'vm', 'space'],
  on: {
    'bind.accepted': (fact, touch) => {
      call(fact, touch);
      readSpace(touch, fact.vm);
    },
  },
};

export const OF_SPACES: Table = {
  I1: { knows: ['vm', 'space'], on: { 'va.mapped': space, 'va.unmapped': space } },
  I2: AS_REQUESTED,
  I3: AS_REQUESTED,
  I4: { knows: ['call', 'asked'], on: { 'ops.created': request } },
  I5: {
    knows: ['space'],
    on: {
      'ops.created': (fact, touch) => {
        touch.reads('space', fact.vm);
        touch.writesOwn(fact.vm);
      },
    },
  },
  I6: { knows: ['call', 'asked'], on: { 'ops.created': request } },
  I7: {
    knows: ['call', 'vm', 'space', 'life'],
    on: {
      'bind.accepted': (fact, touch) => {
        call(fact, touch);
        readWholeVm(touch, fact.vm);
        touch.writesOwn(fact.vm);
      },
      'bind.finished': ownOfVm,
      'bind.refused': (fact, touch) => {
        readWholeVm(touch, fact.vm);
        touch.writesOwn(fact.vm);
      },
      'bind.unwound': (fact, touch) => {
        readWholeVm(touch, fact.vm);
        touch.writesOwn(fact.vm);
      },
    },
  },
  I26: {
    knows: ['space', 'userptrs', 'userptr'],
    on: {
      'vma.bound': ({ vm, va }, touch, { before, after }) => {
        touch.reads('space', vm);
        for (const known of [before, after]) {
          const vma = known.vms[vm]?.vmas.get(va);
          if (vma !== undefined) readUserptrOf(touch, known, vma);
        }
      },
    },
  },
  I28: {
    knows: ['vms', 'vm', 'space', 'life', 'bo', 'queues', 'queue', 'userptrs', 'userptr'],
    on: {
      'exec.armed': space,
      'rebind.left': ({ vm, error }, touch, { before, after }) => {
        if (error !== 0) return;
        readWholeVm(touch, vm);
        touch.reads('queues', ONE);
        for (const { queues } of [before, after])
          for (const queue in queues.queues) touch.reads('queue', queue);
      },
      'bo.moved': ({ bo }, touch, moment) => {
        touch.reads('bo', bo);
        readVms(touch, moment);
      },
      'userptr.invalidated': ({ userptr }, touch, moment) => {
        touch.reads('userptrs', ONE);
        for (const other in moment.before.memory.userptrs) touch.reads('userptr', other);
        touch.reads('userptr', userptr);
        readVms(touch, moment);
      },
    },
  },
  I29: {
    knows: ['life', 'call'],
    on: {
      'vm.errored': (fact, touch) => {
        call(fact, touch);
        touch.writesOwn(fact.vm);
      },
      'vm.restarted': (fact, touch) => {
        life(fact, touch);
        touch.writesOwn(fact.vm);
      },
      'op.executed': (fact, touch) => {
        call(fact, touch);
        life(fact, touch);
        touch.writesOwn(fact.vm);
      },
      'exec.armed': life,
    },
  },
  I30: {
    knows: ['life', 'space'],
    on: {
      'ops.created': life,
      'op.executed': life,
      'exec.armed': life,
      'pte.written': life,
      'va.mapped': life,
      'access.done': (fact, touch) => {
        if (fact.outcome !== 'fault') life(fact, touch);
      },
      'fault.handled': (fact, touch) => {
        life(fact, touch);
        touch.readsOwn(fact.vm);
      },
      'vm.closed': ({ vm }, touch) => {
        touch.reads('life', vm);
        touch.reads('space', vm);
        touch.writesOwn(vm);
      },
      'vm.freed': life,
    },
  },
  calls: {
    knows: ['call'],
    on: {
      'bind.accepted': ownOfVm,
      'bind.refused': ownOfVm,
      'vm.restarted': ownOfVm,
      'bind.unwound': (fact, touch) => {
        call(fact, touch);
        touch.writesOwn(fact.vm);
      },
    },
  },
  oops: { knows: [], on: { 'driver.oopsed': itself } },
};
