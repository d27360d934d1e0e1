/**
 * The checks of the syncs of VM_BIND and exec, one sync after another. Mirrors xe_sync.c, xe_sync_entry_parse.
 *
 * In-syncs come before out-syncs in the array that user space hands over; an out-sync is one with the SIGNAL flag. Whether
 * the entry is of type SYNCOBJ or TIMELINE_SYNCOBJ follows from the kind of syncobj, or from the point it is given.
 * A handle above 32 bits (EINVAL) cannot be written here: handles are names.
 */
import { ERRNO } from '../errno.ts';
import type { FenceKey } from '../fence/fence-table.ts';
import type { Sync, SyncRef, VmMode } from '../scenario/schema.ts';
import type { U64 } from '../units.ts';
import { type Row, rulesOf, type Stage, stageOf } from './rules.ts';

/** The syncs of a request. */
export interface SyncRequest {
  readonly in: readonly Sync[];
  readonly out: readonly Sync[];
}

/** What the checks of syncs look at besides the request. */
export interface SyncView {
  readonly vmMode: VmMode;
  /** see captureFences; null also for an unknown syncobj */
  readonly capture: (sync: SyncRef) => readonly FenceKey[] | null;
  /** undefined for a handle that is not there */
  readonly syncobjKind: (id: string) => 'binary' | 'timeline' | undefined;
}

export interface SyncContext {
  readonly request: SyncRequest;
  readonly view: SyncView;
}

/** The flag bits of struct drm_xe_sync that the driver knows: two of type, and SIGNAL. */
export const SYNC_FLAGS = 0x13n;

interface Entry {
  readonly sync: Sync;
  readonly isSignal: boolean;
}
type Check = Row<Entry, SyncContext>['refuses'];

const entriesOf = ({ request }: SyncContext): readonly Entry[] => [
  ...request.in.map((sync) => ({ sync, isSignal: false })),
  ...request.out.map((sync) => ({ sync, isSignal: true })),
];

const flagsOf = (sync: Sync): bigint => BigInt(('flags' in sync ? sync.flags : undefined) ?? '0x0');
const ofSyncobj =
  (refuses: (ref: SyncRef, entry: Entry, view: SyncView) => boolean): Check =>
  (entry, { view }) =>
    'syncobj' in entry.sync && refuses(entry.sync, entry, view);
const ofUserFence =
  (refuses: (at: U64, entry: Entry) => boolean): Check =>
  (entry) =>
    'userFence' in entry.sync && refuses(entry.sync.userFence, entry);

/** A VM whose jobs run as long as they like has no dma-fences to give or to wait for (xe_vm_no_dma_fences). */
export const hasDmaFences = (mode: VmMode): boolean => mode === 'dma-fence';

const isPointZero = ({ syncobj, point }: SyncRef, view: SyncView): boolean =>
  point === '0x0' || (point === undefined && view.syncobjKind(syncobj) === 'timeline');

const SYNC_ROWS: readonly Row<Entry, SyncContext>[] = [
  {
    row: '18a',
    what: 'a sync with an unknown flag bit',
    error: ERRNO.EINVAL,
    refuses: ({ sync }) => (flagsOf(sync) & ~SYNC_FLAGS) !== 0n,
  },
  {
    row: '18b',
    what: 'a syncobj on a VM without dma-fences',
    error: ERRNO.ENOTSUPP,
    refuses: ofSyncobj((_ref, _entry, { vmMode }) => !hasDmaFences(vmMode)),
  },
  {
    row: '18c',
    what: 'timeline point 0',
    error: ERRNO.EINVAL,
    refuses: ofSyncobj((ref, _entry, view) => isPointZero(ref, view)),
  },
  {
    row: '18d',
    what: 'an unknown syncobj handle',
    error: ERRNO.ENOENT,
    refuses: ofSyncobj(({ syncobj }, _entry, view) => view.syncobjKind(syncobj) === undefined),
  },
  {
    row: '18e',
    what: 'a wait for a syncobj or point without a fence',
    error: ERRNO.EINVAL,
    refuses: ofSyncobj((ref, { isSignal }, view) => !isSignal && view.capture(ref) === null),
  },
  {
    row: '18f',
    what: 'a dma-buf',
    error: ERRNO.EINVAL,
    refuses: ({ sync }) => 'dmaBuf' in sync,
  },
  {
    row: '18g',
    what: 'a wait for a user fence',
    error: ERRNO.ENOTSUPP,
    refuses: ofUserFence((_at, { isSignal }) => !isSignal),
  },
  {
    row: '18h',
    what: 'a user fence whose address is not 8-byte aligned',
    error: ERRNO.EINVAL,
    refuses: ofUserFence((at) => BigInt(at) % 8n !== 0n),
  },
];

export const SYNC_STAGE: Stage<SyncContext> = stageOf(entriesOf, SYNC_ROWS);
/** The rows for one sync, in order. */
export const SYNC_RULES = rulesOf([SYNC_STAGE]);
