/** What is known, in a wrapping that tells each object that somebody reads (listens/parts.ts). */
import type { Known } from '../../domain/invariants/known/known.ts';
import type { TablesSeen } from '../../domain/invariants/known/tables.ts';
import { ALL, type Part } from '../../domain/invariants/listens/parts.ts';
import { VM_PART } from './known-parts.ts';

/** `part` is `exists` for whether there is such a VM: each of its parts tells that. */
export type Tell = (part: Part | 'exists', key: string) => void;

const KEYED = new Set<PropertyKey>(['get', 'has']);

/** A map: `get` and `has` read one key, everything else reads all. */
function toldMap<M extends object>(map: M, read: (key: unknown) => void): M {
  return new Proxy(map, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') {
        read(ALL);
        return member;
      }
      return (...args: unknown[]): unknown => {
        read(KEYED.has(name) ? args[0] : ALL);
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** A record: looking at its keys reads all. */
function toldRecord<R extends object>(
  record: R,
  read: (key: string) => void,
  wrap: (key: string, value: unknown) => unknown = (_key, value) => value,
): R {
  return new Proxy(record, {
    get(target, key) {
      if (typeof key !== 'string') return undefined;
      read(key);
      return wrap(key, Reflect.get(target, key));
    },
    has(target, key) {
      read(String(key));
      return key in target;
    },
    ownKeys(target) {
      read(ALL);
      return Reflect.ownKeys(target);
    },
  });
}

/** What somebody sleeps on: `includes` asks of one thing, everything else of the sleeper. */
const toldSleeper = (who: string, ons: unknown, tell: Tell): unknown =>
  Array.isArray(ons)
    ? new Proxy(ons, {
        get(target, name) {
          if (name !== 'includes') {
            tell('sleeper', who);
            return Reflect.get(target, name) as unknown;
          }
          return (on: string) => {
            tell('sleepers', on);
            return target.includes(on);
          };
        },
      })
    : ons;

const toldVm = (name: string, vm: unknown, tell: Tell): unknown => {
  if (vm === undefined) tell('exists', name);
  return vm === undefined
    ? vm
    : toldRecord(vm as object, (member) => {
        if (member !== 'vm') tell(VM_PART[member] ?? 'space', name);
      });
};

/** @param pages every page table that there is, or was: the object of a table is its GT */
export function toldReads(known: Known, pages: TablesSeen, tell: Tell): Known {
  const { fences, calls, vms, memory, queues, tables, held } = known;
  const map = <M extends object>(part: Part, of: M): M =>
    toldMap(of, (key) => {
      // who has no key asks for '', which is never there
      if (key !== '') tell(part, String(key));
    });
  const record = <R extends object>(part: Part, of: R, whole: Part | null = null): R =>
    toldRecord(of, (key) => {
      if (key === ALL && whole !== null) tell(whole, '');
      else tell(part, key);
    });
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
      asked: record('asked', calls.asked),
    },
    vms: toldRecord(
      vms,
      (key) => {
        if (key === ALL) tell('vms', '');
      },
      (name, vm) => toldVm(name, vm, tell),
    ),
    memory: {
      bos: record('bo', memory.bos),
      userptrs: record('userptr', memory.userptrs, 'userptrs'),
      freed: toldMap(memory.freed, () => {
        tell('freed', '');
      }),
      tlbs: toldRecord(memory.tlbs, (key) => {
        if (key === ALL) tell('vms', '');
        else tell('tlb', key.slice(key.indexOf(' ') + 1));
      }),
    },
    queues: {
      queues: record('queue', queues.queues, 'queues'),
      resvs: record('resv', queues.resvs),
      locks: record('lock', queues.locks),
      sleepers: toldRecord(
        queues.sleepers,
        () => undefined,
        (who, ons) => toldSleeper(who, ons, tell),
      ),
    },
    tables: toldMap(tables, (page) => {
      if (page === ALL) tell('table', ALL);
      const gt = pages.get(Number(page))?.gt;
      if (gt !== undefined) tell('table', gt);
    }),
    held: record('syncobj', held),
  };
}
