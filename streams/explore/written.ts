/**
 * Which shared objects a fact changes, in the names by which the reader of machines/shared notes what a step looks at.
 * What folding a fact looks at counts as written, too: the fold happens within the step. The commuting spec
 * (specs/streams/explore/independence.spec.ts) is what this table has to pass.
 */
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import { contextOf } from '../../domain/fence/fence-table.ts';
import { triggerOf } from '../../machines/shared/sleepers.ts';

/** Told of each object, by kind and name; `write` is false for what the fold only looks at. */
export type Note = (kind: string, id: string, write: boolean) => void;

/** What the table needs to know of the world. */
export interface Around {
  readonly gts: readonly string[];
  /** the fences in the slots of a reservation object */
  readonly slotsOf: (resv: string) => readonly string[];
  /** the reservation objects that have a fence in a slot */
  readonly resvsWith: (fence: string) => readonly string[];
  /** the fences that a syncobj holds */
  readonly heldIn: (syncobj: string) => readonly string[];
  /** the fences that a fence holds (a job's waits, an array's parts), and those that these hold */
  readonly heldBy: (fence: string) => readonly string[];
}

type Table = {
  readonly [K in FactType]?: (fact: FactOf<K>, note: Note, around: Around) => void;
};

const ALL = '*';

const vma = ({ vm, obj }: { vm: string; obj: string | null }, note: Note): void => {
  note('vm', vm, true);
  if (obj !== null) note('links', obj, true);
  // whether a BO is external is looked up when its mappings are counted
  if (obj !== null) note('bo', obj, false);
};
const vmOnly = ({ vm }: { vm: string }, note: Note): void => {
  note('vm', vm, true);
};
const boOnly = ({ bo }: { bo: string }, note: Note): void => {
  note('bo', bo, true);
};
const fenceOnly = ({ fence }: { fence: string }, note: Note): void => {
  note('fence', fence, true);
};
const syncobj = (fact: { syncobj: string }, note: Note): void => {
  note('syncobj', fact.syncobj, true);
};
const queue = (fact: { queue: string }, note: Note): void => {
  note('queue', fact.queue, true);
  note('queues', ALL, true);
};
/**
 * Who holds a fence is counted (domain/fence/fence-refs.ts). Two who take hold of it do not mind each other; who lets go
 * minds everybody, since the fence may leave then, and whoever comes later is not counted. It counts while it is pending.
 */
const holds = (fences: readonly string[], note: Note): void => {
  for (const fence of fences) note('fence', fence, false);
};
const letsGo = (fences: readonly string[], note: Note, { heldBy }: Around): void => {
  for (const fence of fences) {
    note('fence', fence, true);
    for (const held of heldBy(fence)) note('fence', held, true);
  }
};
/** Holds a fence, and lets go of those that it stands for from now on. */
const takesOver = (held: readonly string[], fence: string, note: Note, around: Around): void => {
  holds([fence], note);
  for (const each of held) {
    if (contextOf(each) === contextOf(fence)) letsGo([each], note, around);
    else note('fence', each, false);
  }
};
const freed = (resv: string, note: Note, around: Around): void => {
  note('resv', resv, true);
  letsGo(around.slotsOf(resv), note, around);
};
const refs = ({ of }: { of: string }, note: Note): void => {
  note('refs', of, true);
};
const lock = (fact: { lock: string }, note: Note): void => {
  note('lock', fact.lock, true);
};
const table = ({ gt }: { gt: string }, note: Note): void => {
  note('pt', gt, true);
};
const tlb = ({ gt }: { gt: string }, note: Note): void => {
  note('tlb', gt, true);
};
const memory = (_fact: unknown, note: Note): void => {
  note('memory', ALL, true);
};
const userptrPages = (fact: { userptr: string }, note: Note): void => {
  note('userptr', fact.userptr, true);
  note('pool', 'system', true);
};
const boPages = ({ bo, placement }: { bo: string; placement: string }, note: Note): void => {
  note('bo', bo, true);
  note('pool', placement, true);
};
const sleeping = ({ on }: { on: string }, note: Note): void => {
  note('sleepers', on, true);
};

const WRITTEN: Table = {
  'bo.created': boPages,
  'bo.moved': boPages,
  'bo.closed': boOnly,
  'bo.freed': (fact, note, around) => {
    boOnly(fact, note);
    freed(fact.bo, note, around);
  },
  'userptr.created': userptrPages,
  'userptr.invalidated': userptrPages,
  'userptr.invalidating': (fact, note) => {
    note('userptr', fact.userptr, true);
  },
  'queue.created': queue,
  'queue.destroyed': queue,
  'queue.banned': (fact, note) => {
    note('queue', fact.queue, true);
  },
  'ref.taken': refs,
  'ref.dropped': refs,
  'resv.added': ({ resv, fence }, note, around) => {
    note('resv', resv, true);
    takesOver(around.slotsOf(resv), fence, note, around);
  },
  'job.queued': ({ fence, waits }, note) => {
    note('fence', fence, true);
    holds(waits, note);
  },
  'exec.armed': ({ fence, waits }, note) => {
    if (fence === null) return;
    note('fence', fence, true);
    holds(waits, note);
  },
  'lock.taken': lock,
  'lock.released': lock,
  'ufence.written': ({ at }, note) => {
    note('ufence', at, true);
  },
  'va.mapped': vma,
  'va.unmapped': vma,
  'vma.destroyed': vma,
  'vma.evicted': vmOnly,
  'vma.rebound': vmOnly,
  'vma.zapped': vmOnly,
  'vm.errored': vmOnly,
  'vm.restarted': vmOnly,
  'vm.closing': ({ vm }, note) => {
    note('vm', vm, true);
    note('vms', ALL, true);
  },
  'vm.created': ({ vm }, note) => {
    note('vm', vm, true);
    note('vms', ALL, true);
    note('asids', ALL, true);
  },
  'vm.freed': ({ vm }, note, around) => {
    freed(vm, note, around);
  },
  'vm.closed': (_fact, note, { gts }) => {
    for (const gt of gts) note('tlb', gt, true);
  },
  'syncobj.created': syncobj,
  'syncobj.replaced': (fact, note, around) => {
    syncobj(fact, note);
    holds([fact.fence], note);
    letsGo(around.heldIn(fact.syncobj), note, around);
  },
  'syncobj.advanced': (fact, note, around) => {
    syncobj(fact, note);
    takesOver(around.heldIn(fact.syncobj), fact.fence, note, around);
  },
  'fence.created': ({ fence, parts }, note) => {
    note('fence', fence, true);
    holds(parts, note);
    for (const part of parts) note('fence', part, true);
    note('timeline', contextOf(fence), true);
  },
  'fence.enabled': fenceOnly,
  'fence.started': fenceOnly,
  'fence.waited': fenceOnly,
  'fence.signaled': (fact, note, { heldBy, resvsWith }) => {
    fenceOnly(fact, note);
    // a slot of what has signalled is as good as free
    for (const resv of resvsWith(fact.fence)) note('resv', resv, true);
    for (const held of heldBy(fact.fence)) note('fence', held, true);
  },
  'table.allocated': table,
  'table.rooted': table,
  'table.freed': table,
  'pte.written': table,
  'tlb.filled': tlb,
  'tlb.invalidated': tlb,
  'gt.resumed': tlb,
  'memory.written': memory,
  'memory.copied': memory,
  'wait.began': sleeping,
  'wait.ended': sleeping,
};

/** Notes everything that folding the fact touches. */
export function noteWritten(fact: Fact, note: Note, around: Around): void {
  const entry = WRITTEN[fact.type] as
    ((fact: Fact, note: Note, around: Around) => void) | undefined;
  entry?.(fact, note, around);
  const trigger = triggerOf(fact);
  if (trigger !== null) note('sleepers', trigger, true);
}
