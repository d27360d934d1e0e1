/** The shared objects of the driver as tables: memory, queues, and who holds or waits for what. */
import { STUB } from '../../domain/fence/fence-table.ts';
import { hexOfPages } from '../../domain/units.ts';
import type { Views } from '../replay/views.ts';
import { byName, list, type ViewTable } from './view-table.ts';

/** BOs, then the memory of the process. */
export function memoryTables({ shared }: Views): ViewTable[] {
  const { bos, userptrs, refs } = shared;
  return [
    {
      title: 'BOs',
      columns: ['bo', 'range', 'in', 'at', 'belongs in', 'vm', 'handle', 'references'],
      rows: byName(bos).map(([name, { range, placement, phys, home, vm, closed }]) => [
        name,
        hexOfPages(range),
        placement,
        hexOfPages(phys),
        home,
        vm ?? '-',
        closed ? 'closed' : 'open',
        String(refs[name] ?? 0),
      ]),
    },
    {
      title: 'memory of the process',
      columns: ['userptr', 'start', 'end', 'at', 'seq', 'state'],
      rows: byName(userptrs).map(([name, { ptr, range, phys, seq, invalidating }]) => [
        name,
        hexOfPages(ptr),
        hexOfPages(ptr + range),
        phys === null ? 'nowhere' : hexOfPages(phys),
        String(seq),
        invalidating ? 'notifiers are called' : '-',
      ]),
    },
  ];
}

/** Declared queues; a VM's own bind queue is not among them. */
export function queueTables({ shared, states }: Views): ViewTable[] {
  return [
    {
      title: 'queues',
      columns: ['queue', 'kind', 'vm', 'gt', 'state'],
      rows: byName(shared.queues).map(([name, { kind, vm, gt, banned }]) => [
        name,
        kind,
        vm,
        gt,
        banned ? 'banned' : (states[name] ?? '-'),
      ]),
    },
  ];
}

/** Locks that are held, reservation objects, and who sleeps until what. */
export function lockTables({ shared }: Views): ViewTable[] {
  return [
    {
      title: 'locks',
      columns: ['lock', 'held by'],
      rows: byName(shared.locks).map(([lock, holder]) => [lock, holder]),
    },
    {
      title: 'reservation objects',
      columns: ['of', 'fence', 'usage'],
      rows: byName(shared.resvs).flatMap(([of, slots]) =>
        // a free one holds the stub
        slots.flatMap(({ fence, usage }) => (fence === STUB ? [] : [[of, fence, usage]])),
      ),
    },
    {
      title: 'asleep',
      columns: ['until', 'who'],
      rows: byName(shared.sleepers).map(([on, who]) => [on, list(who)]),
    },
  ];
}
