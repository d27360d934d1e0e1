/** What the rules of domain/driver listen to, where ops take effect one by one. */
import { driverOf } from '../../driver/drivers.ts';
import { callKey } from '../known/calls.ts';
import { ALL, itself, type Listens, type Moment, type OwnTouch, type Table } from './parts.ts';
import { readSpace } from './reads.ts';

type InVm = { readonly vm: string };

const ownOfVm = ({ vm }: InVm, { writesOwn }: OwnTouch): void => {
  writesOwn(vm);
};

const OP_RESULT: Listens<null> = {
  knows: ['call', 'vm', 'space'],
  on: {
    'ops.created': (fact, touch) => {
      touch.reads('call', callKey(fact));
      readSpace(touch, fact.vm);
    },
  },
};

const OP_ENTRIES: Listens<Readonly<Record<string, unknown>>> = {
  knows: ['vm', 'space', 'table'],
  on: {
    'as.locked': ownOfVm,
    'as.unlocked': ownOfVm,
    'pte.written': itself,
    'op.executed': itself,
  },
  settle: (touch, { record: { type, actor } }, _own, next) => {
    if (type !== 'as.locked') return;
    touch.readsOwn(actor);
    if (next[actor] === undefined) return;
    readSpace(touch, actor);
    // the root is looked for among all tables
    touch.reads('table', ALL);
  },
};

const OP_REGION: Listens<unknown> = {
  knows: ['table'],
  on: {
    'as.locked': ownOfVm,
    'as.unlocked': ownOfVm,
    'pte.written': ({ gt, vm, by }, { reads, readsOwn }) => {
      if (by !== 'cpu') return;
      reads('table', gt);
      readsOwn(vm);
    },
  },
};

type Dirty = Readonly<Record<string, number>>;

const told = ({ vm }: InVm, touch: OwnTouch, _moment: Moment, own: Dirty): void => {
  if (own[vm] === undefined) touch.readsOwn(vm);
  else touch.writesOwn(vm);
};

const OP_FLUSH: Listens<Dirty> = {
  forgets: true,
  knows: [],
  on: {
    'op.executed': ({ vm }, { writesOwn }, { before }) => {
      if (driverOf(before.profile) !== null) writesOwn(vm);
    },
    'tlb.invalidated': told,
    'gt.resumed': (_fact, { writesOwn }) => {
      writesOwn(ALL);
    },
    'bind.finished': told,
    'bind.stopped': told,
    'table.freed': told,
    'vma.destroyed': told,
    'vm.closed': told,
  },
};

export const OF_DRIVERS: Table = {
  opResult: OP_RESULT,
  opEntries: OP_ENTRIES,
  opRegion: OP_REGION,
  opFlush: OP_FLUSH,
};
