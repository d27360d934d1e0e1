/** I25 and I26: pages of the process come and go, and the notifier has the last word. */
import { OrderedMap } from '../ordered-map.ts';
import { hexOfPages, type Page } from '../units.ts';
import { Broken, invariant } from './contract.ts';
import type { Known } from './known/known.ts';
import { type UserptrSeen, userptrOf } from './known/memory.ts';
import type { VmaSeen, VmSeen } from './known/spaces.ts';
import { vaText } from './text.ts';

/** The VMAs of an area that have page-table entries. */
function boundTo(known: Known, vm: VmSeen, area: UserptrSeen): VmaSeen[] {
  return [...vm.vmas.values()].filter(
    (vma) => vma.userptr && vma.present.length > 0 && userptrOf(known.memory, vma) === area,
  );
}

/** A job that runs in a VM, if its queue is not suspended. */
function runningIn({ calls, queues }: Known, vm: string): string | null {
  for (const [name, queue] of Object.entries(queues.queues)) {
    if (queue.vm !== vm || queue.kind !== 'exec' || queue.isSuspended || queue.isBanned) continue;
    const head = calls.queues[name]?.first()?.value;
    if (head !== undefined && calls.jobs.get(head)?.isStarted === true) return head;
  }
  return null;
}

/** Who may still use the pages when the notifiers have returned. */
function stillUsed(known: Known, area: UserptrSeen): string | null {
  for (const vm of Object.values(known.vms)) {
    const bound = vm.closed ? [] : boundTo(known, vm, area);
    if (bound.length === 0) continue;
    if (vm.mode !== 'fault') {
      const job = runningIn(known, vm.vm);
      if (job !== null) return `${job} runs in ${vm.vm}`;
      continue;
    }
    const left = bound.find(({ present, zapped }) => present.some((gt) => !zapped.includes(gt)));
    if (left !== undefined) return `${vaText(vm, { vm: vm.vm, va: left.va })} has entries`;
  }
  return null;
}

/** Pages that a process has given up, first -> how many. */
type Old = OrderedMap<Page>;

export const notifierWaits = invariant<Old>({
  id: 'I25',
  says: 'When the notifiers of a userptr have returned no job that could use the old pages runs, no fault-mode VM has entries for them, and nobody comes to them later.',
  source: '6.25, 2.12',
  shows:
    'all: running by job.started and queue.suspended, entries by vma.bound and vma.zapped, use by access.done',
  start: OrderedMap.empty(),
  on: {
    'userptr.invalidated': (own, { userptr }, known) => {
      const area = known.memory.userptrs[userptr];
      if (area === undefined) return own;
      const next = area.phys === null ? own : own.set(area.phys, area.range);
      const who = stillUsed(known, area);
      return who === null ? next : new Broken(next, `${userptr} is gone, and ${who}`);
    },
    'access.done': (own, { phys, client, addr, vm }) => {
      const old = phys === null ? undefined : own.floor(phys);
      if (phys === null || old === undefined || old.key + old.value <= phys) return own;
      return new Broken(
        own,
        `${client}: ${hexOfPages(addr)} of ${vm} is a page that the process gave up`,
      );
    },
  },
});

export const bindsPinned = invariant({
  id: 'I26',
  says: 'A bind of a userptr commits only while the notifier’s sequence number is the one that its pages were pinned at.',
  source: '6.26, 2.12',
  shows:
    'the number; that the notifier lock is held follows from vma.bound and the check being one step',
  start: null,
  on: {
    'vma.bound': (own, { vm, va }, { vms, memory }) => {
      const state = vms[vm];
      const vma = state?.vmas.get(va);
      const area = vma === undefined ? null : userptrOf(memory, vma);
      if (state === undefined || area === null) return own;
      const pinned = state.pins.get(va);
      const who = vaText(state, { vm, va });
      if (pinned === undefined) return new Broken(own, `${who} is bound and was never pinned`);
      if (pinned === area.seq) return own;
      return new Broken(
        own,
        `${who} was pinned at sequence number ${pinned} and is bound at ${area.seq}`,
      );
    },
  },
});
