/**
 * Scenarios made to size, for measuring how a step grows: with VMs, ops in a call, mappings in a VM, queues, and with
 * what is long over. Each ends its preparation with the first `count` steps of the client `app`.
 */
import { type Scenario, type ScenarioInput, scenarioSchema } from '../domain/scenario/schema.ts';

type Steps = ScenarioInput['clients'][string];
type Op = Extract<Steps[number], { bind: unknown }>['bind']['ops'][number];

/** A scenario, and how many steps of `app` only prepare it. */
export interface Sized {
  readonly scenario: Scenario;
  readonly prepared: number;
}

const PAGE = 0x1000;
const LONGEST = 512;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const named = <T>(prefix: string, count: number, value: T): Record<string, T> =>
  Object.fromEntries(numbers(count).map((i) => [`${prefix}${i}`, value]));

/** Not by parseScenario: a scenario that makes 10^5 mappings is longer than it lets pass. */
function sized(
  name: string,
  input: Omit<ScenarioInput, 'fencelab' | 'name'>,
  prepared: number,
): Sized {
  return { scenario: scenarioSchema.parse({ fencelab: 1, name, ...input }), prepared };
}

/** Every other page, so that nothing merges into bigger entries. */
const map = (page: number): Op => ({ map: { addr: page * 2 * PAGE, range: PAGE, bo: 'data' } });
const unmap = (page: number): Op => ({ unmap: { addr: page * 2 * PAGE, range: PAGE } });

const bind = (vm: string, ops: Op[]): Steps => [
  { bind: { vm, ops, out: ['done'] } },
  { wait: 'done' },
];

const COMMON = { bos: { data: { size: PAGE } }, syncobjs: { done: {} } };

/** Binds and unbinds in turn in a VM of this many mappings. */
export function mappings(count: number, rounds = 60): Sized {
  const all = numbers(count);
  const first = numbers(Math.ceil(count / LONGEST)).flatMap((i) =>
    bind('vm0', all.slice(i * LONGEST, (i + 1) * LONGEST).map(map)),
  );
  const more = numbers(rounds).flatMap((i) => {
    const page = Math.floor(((i + 0.5) * count) / rounds);
    return [...bind('vm0', [unmap(page)]), ...bind('vm0', [map(page)])];
  });
  const input = { ...COMMON, vms: { vm0: { async: true } }, clients: { app: [...first, ...more] } };
  return sized(`mappings-${count}`, input, first.length);
}

/** One NULL mapping of any size, and one call to unmap it. */
export function nullRange(addr: number, range: number, vaBits: 48 | 57): Sized {
  const there: Op = { map: { addr, range, null: true } };
  const gone: Op = { unmap: { addr, range } };
  const input = {
    device: { vaBits },
    syncobjs: COMMON.syncobjs,
    vms: { vm0: {} },
    clients: { app: [...bind('vm0', [there]), ...bind('vm0', [gone])] },
  };
  return sized(`null-${range}`, input, 0);
}

/** One mapping of any size that repeats a BO of `pattern` bytes (panthor), and one call to unmap it. */
export function repeatedRange(addr: number, range: number, pattern: number): Sized {
  const there: Op = { map: { addr, range, bo: 'dummy', repeat: pattern } };
  const gone: Op = { unmap: { addr, range } };
  const input = {
    device: { profile: 'panthor' as const },
    vms: { vm0: {} },
    bos: { dummy: { size: pattern } },
    clients: {
      app: [{ bind: { vm: 'vm0', ops: [there] } }, { bind: { vm: 'vm0', ops: [gone] } }],
    },
  };
  return sized(`repeat-${range}`, input, 0);
}

/** The same mappings, of which some are read, one after another, instead of what else the scenario does with them. */
export function reads(
  scenario: Scenario,
  count: number,
  prepared: number,
  times: number,
): Scenario {
  const { app = [] } = scenario.clients;
  const accesses = numbers(times).map((i) => {
    const page = Math.floor((i * count) / times);
    const read = `0x${(2 * page * PAGE).toString(16)}`;
    return { gpu: { vm: 'vm0', gt: 0, read, expect: '0x0' } };
  });
  return { ...scenario, clients: { app: [...app.slice(0, prepared), ...accesses] } };
}

/** Binds, one after another, in this many VMs in turn. */
export function vms(count: number, rounds = 128): Sized {
  const first = numbers(count).flatMap((i) => bind(`vm${i}`, [map(0)]));
  const more = numbers(rounds).flatMap((i) => bind(`vm${i % count}`, [map(1 + i)]));
  const input = {
    ...COMMON,
    vms: named('vm', count, { async: true }),
    clients: { app: [...first, ...more] },
  };
  return sized(`vms-${count}`, input, first.length);
}

/** The same number of ops, in calls of this many. */
export function opsInCall(count: number, ops = LONGEST): Sized {
  const all = numbers(ops);
  const calls = numbers(ops / count).map((i) => all.slice(i * count, (i + 1) * count));
  const steps = (op: (page: number) => Op): Steps =>
    calls.flatMap((each) => bind('vm0', each.map(op)));
  const input = {
    ...COMMON,
    vms: { vm0: { async: true } },
    clients: { app: [...steps(map), ...steps(unmap)] },
  };
  return sized(`ops-${count}`, input, 0);
}

/** This many clients, each with a queue of its own in the one VM, take turns to run jobs. */
export function queues(count: number, rounds = 128): Sized {
  const first = bind('vm0', numbers(count).map(map));
  const job = (i: number): Steps => [
    { exec: { queue: `q${i}`, batch: [{ write: i * 2 * PAGE, value: i }], out: [`s${i}`] } },
    { wait: `s${i}` },
  ];
  const worker = (i: number): Steps => [
    { wait: 'go' },
    ...numbers(Math.ceil(rounds / count)).flatMap(() => job(i)),
  ];
  const clients = Object.fromEntries(numbers(count).map((i) => [`client${i}`, worker(i)]));
  const input = {
    bos: COMMON.bos,
    vms: { vm0: { async: true } },
    queues: named('q', count, { vm: 'vm0' }),
    syncobjs: { done: {}, go: { pending: true }, ...named('s', count, {}) },
    clients: { app: [...first, { signal: 'go' } as const], ...clients },
  };
  return sized(`queues-${count}`, input, first.length);
}

/** A run that has done this many binds and jobs already: one page is mapped and unmapped over and over. */
export function past(count: number, rounds = 60): Sized {
  const round: Steps = [
    ...bind('vm0', [map(0)]),
    { exec: { queue: 'q0', batch: [{ write: 0, value: 1 }], out: ['done'] } },
    { wait: 'done' },
    ...bind('vm0', [unmap(0)]),
  ];
  const input = {
    ...COMMON,
    vms: { vm0: { async: true } },
    queues: { q0: { vm: 'vm0' } },
    clients: { app: numbers(count + rounds).flatMap(() => round) },
  };
  return sized(`past-${count}`, input, count * round.length);
}
