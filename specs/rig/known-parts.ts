/** What is known, taken apart into the objects of domain/invariants/listens/parts.ts, for specs that check footprints. */
import { KeyMap } from '../../domain/invariants/key-map.ts';
import type { Known } from '../../domain/invariants/known/known.ts';
import type { VmSeen } from '../../domain/invariants/known/spaces.ts';
import type { Part } from '../../domain/invariants/listens/parts.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';

/** An object, as `part key`. */
export type Name = string;
export const nameOf = (part: Part, key: string): Name => `${part} ${key}`;

const vmParts = (vm: VmSeen): Readonly<Record<'vm' | 'life' | 'space', object>> => {
  const { addr, range, async, semantics, mode, scratch, closing, closed, failed, ...space } = vm;
  return {
    vm: { addr, range, async, semantics, mode, scratch },
    life: { closing, closed, failed },
    space,
  };
};

export const VM_PART: Readonly<Record<string, 'vm' | 'life'>> = {
  ...{ addr: 'vm', range: 'vm', async: 'vm', semantics: 'vm', mode: 'vm', scratch: 'vm' },
  ...{ closing: 'life', closed: 'life', failed: 'life' },
};

const tlbVm = (key: string): string => key.slice(key.indexOf(' ') + 1);

/** Every object with what it is now. */
export function partsOf(known: Known): Map<Name, unknown> {
  const found = new Map<Name, unknown>();
  const put = (part: Part, key: string, value: unknown): void => {
    found.set(nameOf(part, key), value);
  };
  const { fences, calls, vms, memory, queues, tables, cached, held } = known;
  const maps = { fence: fences.pending, timeline: fences.last, call: calls.calls, job: calls.jobs };
  const more = { carrier: calls.carriers, promise: calls.promised };
  for (const [part, map] of Object.entries({ ...maps, ...more })) {
    for (const [key, value] of (map as KeyMap<unknown>).entries()) put(part as Part, key, value);
  }
  const records = { engine: calls.queues, asked: calls.asked, bo: memory.bos, syncobj: held };
  const others = { queue: queues.queues, resv: queues.resvs, lock: queues.locks };
  const last = { userptr: memory.userptrs, sleeper: queues.sleepers };
  for (const [part, record] of Object.entries({ ...records, ...others, ...last })) {
    for (const [key, value] of Object.entries(record)) put(part as Part, key, value);
  }
  for (const [name, vm] of Object.entries(vms)) {
    for (const [part, value] of Object.entries(vmParts(vm))) put(part as Part, name, value);
  }
  put('vms', '', Object.keys(vms));
  put('userptrs', '', Object.keys(memory.userptrs));
  put('queues', '', Object.keys(queues.queues));
  put('freed', '', memory.freed);
  group(
    calls.stale,
    ({ vm }) => vm,
    (vm, all) => {
      put('stale', vm, all);
    },
  );
  group(
    Object.entries(memory.tlbs),
    ([key]) => tlbVm(key),
    (vm, all) => {
      put('tlb', vm, all);
    },
  );
  const gtOf = (page: number): string => tables.get(page)?.gt ?? '';
  group(
    [...tables.values()],
    ({ gt }) => gt,
    (gt, all) => {
      put('table', gt, [all, cached.filter((page) => gtOf(page) === gt)]);
    },
  );
  const ons = Object.entries(queues.sleepers).flatMap(([who, all]) => all.map((on) => [on, who]));
  group(
    ons,
    ([on = '']) => on,
    (on, all) => {
      put('sleepers', on, all);
    },
  );
  return found;
}

function group<T>(
  all: readonly T[],
  keyOf: (each: T) => string,
  put: (key: string, all: readonly T[]) => void,
): void {
  const groups = new Map<string, T[]>();
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  for (const [key, members] of groups) put(key, members);
}

/** What is known, with only those objects in it that `isKept` wants. */
export function masked(known: Known, isKept: (part: Part, key: string) => boolean): Known {
  const { fences, calls, vms, memory, queues, tables, cached, held } = known;
  const map = <V>(part: Part, from: KeyMap<V>): KeyMap<V> => {
    let kept = KeyMap.empty<V>();
    for (const [key, value] of from.entries()) if (isKept(part, key)) kept = kept.set(key, value);
    return kept;
  };
  const record = <V>(part: Part, from: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(from).filter(([key]) => isKept(part, key)));
  const isTable = (page: number): boolean => isKept('table', tables.get(page)?.gt ?? '');
  return {
    ...known,
    fences: { pending: map('fence', fences.pending), last: map('timeline', fences.last) },
    calls: {
      ...calls,
      calls: map('call', calls.calls),
      jobs: map('job', calls.jobs),
      queues: record('engine', calls.queues),
      carriers: map('carrier', calls.carriers),
      promised: map('promise', calls.promised),
      stale: calls.stale.filter(({ vm }) => isKept('stale', vm)),
      asked: record('asked', calls.asked),
    },
    vms: Object.fromEntries(
      Object.entries(vms).flatMap(([name, vm]) => {
        const seen = maskedVm(vm, (part) => isKept(part, name));
        return seen === null ? [] : [[name, seen]];
      }),
    ),
    memory: {
      bos: record('bo', memory.bos),
      userptrs: record('userptr', memory.userptrs),
      freed: isKept('freed', '') ? memory.freed : OrderedMap.empty(),
      tlbs: Object.fromEntries(
        Object.entries(memory.tlbs).filter(([key]) => isKept('tlb', tlbVm(key))),
      ),
    },
    queues: {
      queues: record('queue', queues.queues),
      resvs: record('resv', queues.resvs),
      locks: record('lock', queues.locks),
      sleepers: record('sleeper', queues.sleepers),
    },
    tables: OrderedMap.from(
      [...tables.entries()].flatMap(({ key, value }) =>
        isKept('table', value.gt) ? [[key, value] as const] : [],
      ),
    ),
    cached: cached.filter(isTable),
    held: record('syncobj', held),
  };
}

function maskedVm(vm: VmSeen, isKept: (part: Part) => boolean): VmSeen | null {
  const parts = (['vm', 'life', 'space'] as const).filter(isKept);
  if (parts.length === 0) return null;
  const blank: VmSeen = {
    ...{ vm: vm.vm, addr: 0, range: 0, async: false, semantics: vm.semantics },
    ...{ mode: 'dma-fence', scratch: false, closing: false, closed: false, failed: null },
    ...{ tree: OrderedMap.empty(), vmas: OrderedMap.empty(), pins: OrderedMap.empty() },
    ...{ leaving: [], byObject: {}, listed: OrderedMap.empty() },
  };
  const seen = vmParts(vm);
  return Object.assign({}, blank, ...parts.map((part) => seen[part])) as VmSeen;
}
