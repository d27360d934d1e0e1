/** Every invariant: the thirty in order, then what else must hold of records. */
import { othersKeepTheirs, asRequested } from './as-requested.ts';
import { inSyncsFirst, outSyncsLast, queuesInOrder } from './binds.ts';
import type { Invariant } from './contract.ts';
import { nullIsNull, presentWhereBound, readOnlyIsKept } from './entries.ts';
import { execsWait, externalsGuarded, remapsAtomic } from './exec.ts';
import { faultsEnd } from './faults.ts';
import { callsNumbered, failuresLeaveNothing } from './failures.ts';
import { arraysComplete, fencesAllSignal, fencesOnce, startedFirst } from './fences.ts';
import { noOops, opEntries, opFlush, opRegion, opResult } from './immediate.ts';
import { closedIsClosed, errorsStop } from './lifecycle.ts';
import { memoryOutlivesUse } from './memory.ts';
import { listsWellFormed, mergesSound, opsNameMapped } from './op-lists.ts';
import { listsEmptied, preemptible } from './preemption.ts';
import { balanced } from './refs.ts';
import { mappingsDisjoint } from './space.ts';
import { tablesLive } from './tables.ts';
import { flushesNumbered } from './tlb.ts';
import { bindsPinned, notifierWaits } from './userptr.ts';
import { noCycle } from './waits.ts';

/** Of any state: whoever keeps a list of them gives each its own state back. */
export type AnyInvariant = Invariant<never>;

export const INVARIANTS: readonly AnyInvariant[] = [
  mappingsDisjoint,
  othersKeepTheirs,
  asRequested,
  listsWellFormed,
  opsNameMapped,
  mergesSound,
  failuresLeaveNothing,
  externalsGuarded,
  balanced,
  fencesOnce,
  fencesAllSignal,
  inSyncsFirst,
  outSyncsLast,
  queuesInOrder,
  execsWait,
  remapsAtomic,
  startedFirst,
  noCycle,
  memoryOutlivesUse,
  flushesNumbered,
  presentWhereBound,
  nullIsNull,
  readOnlyIsKept,
  tablesLive,
  notifierWaits,
  bindsPinned,
  preemptible,
  listsEmptied,
  errorsStop,
  closedIsClosed,
  arraysComplete,
  callsNumbered,
  faultsEnd,
  opResult,
  opEntries,
  opRegion,
  opFlush,
  noOops,
] as unknown as readonly AnyInvariant[];
