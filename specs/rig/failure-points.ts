/**
 * SQLite's loop over failure points, for schedules: run a scenario with its N-th chance to fail failing, N = 1, 2, 3,
 * ... until a run comes to its end without having had that many chances.
 */
import type { Scenario, Step } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { PanthorVm } from '../../machines/panthor/context.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { FailNth } from '../../streams/world/decide.ts';
import { type RunEnd, runScenario } from '../../streams/world/run.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { breaches } from './invariants.ts';

/** Whoever restarts a VM that is in error. */
const medic = (vm: string): string => `medic-of-${vm}`;

/** Where the record of an error goes, if the scenario does not care. */
const CAPTURE = '0xcafe000';

/** The scenario with somebody who restarts its asynchronous VMs that are there from the start, as IGT's watcher thread does. */
export function withMedic(scenario: Scenario): Scenario {
  const steps = Object.values(scenario.clients).flat();
  // those that a client makes on the way, and those that a client restarts itself
  const others = new Set(
    steps.flatMap((step) => {
      if ('create' in step) return [step.create.name];
      return 'bind' in step && step.bind.ops.some((op) => 'restart' in op) ? [step.bind.vm] : [];
    }),
  );
  const asynchronous = Object.entries(scenario.vms).filter(
    ([vm, { async }]) => async && !others.has(vm),
  );
  const watch = { addr: '0x0', value: '0x0', op: 'eq', mask: '0x0', expect: 'ok' } as const;
  const medics = asynchronous.map(([vm]): [string, Step[]] => [
    medic(vm),
    [
      { waitUserFence: { ...watch, vmError: vm } },
      { bind: { vm, async: true, ops: [{ restart: {} }], in: [], out: [], expect: 'ok' } },
    ],
  ]);
  const captured = asynchronous.map(([vm, declared]) => [
    vm,
    { ...declared, errorCapture: declared.errorCapture ?? CAPTURE },
  ]);
  const vms = { ...scenario.vms, ...Object.fromEntries(captured) };
  return { ...scenario, vms, clients: { ...scenario.clients, ...Object.fromEntries(medics) } };
}

export interface Failed {
  readonly nth: number;
  /** the choice that says what failed */
  readonly choice: string;
  readonly records: readonly StepRecord[];
  readonly end: RunEnd;
}

/** One run for each chance to fail; the run without a failure comes last, with `choice` empty. */
export function* failurePoints(
  scenario: Scenario,
  chooser: 'time' | 'random',
  seed: U64,
): Generator<Failed> {
  for (let nth = 1; ; nth++) {
    const decider = new FailNth(nth);
    const run = runScenario({ scenario, chooser, seed, decider });
    const records: StepRecord[] = [];
    let next = run.next();
    while (next.done !== true) {
      records.push(next.value);
      next = run.next();
    }
    const choice = records.find((record) => record.choice.includes('!'))?.choice ?? '';
    yield { nth, choice, records, end: next.value };
    if (decider.count < nth) return;
  }
}

/** Waits that only the client's own program can have brought about: it skipped what it needed because of the failure. */
const EXCUSED = [
  /waits for (ufence|error):/,
  /which nobody signals/,
  /comes after/,
  // a client that waits for such a one, or a machine that waits for its fence
  /still (waiting for|watching)/,
];

/** A VM that nobody asks anything of any more. */
function leftBy(id: string, value: string, { running, waiters, jobsLeft }: PanthorVm): string[] {
  const holds = /^(open\.idle|absent|closed)$/.test(value) ? [] : [`${id} is ${value}`];
  const isIdle = running === null && waiters.length === 0;
  const isKept = jobsLeft > 0 && value === 'closed';
  return [
    ...holds,
    ...(isIdle ? [] : [`${id} has ops left`]),
    ...(isKept ? [`${id} has jobs`] : []),
  ];
}

/** What is not as it must be after a failure. */
export function wrongAfter({ records, end }: Failed): string[] {
  const isOver = end.verdict !== 'stuck';
  const broken = breaches(records);
  const untreated = Object.entries(end.world.shared.vms).flatMap(([vm, { error }]) =>
    error !== 0 && end.world.actors.get(medic(vm)) === undefined ? [`in the worker of ${vm} `] : [],
  );
  const waits = isOver
    ? []
    : end.reasons.filter(
        (reason) =>
          !EXCUSED.some((excuse) => excuse.test(reason)) &&
          !untreated.some((vm) => reason.includes(vm)),
      );
  const stopped = [...end.world.actors.entries()].flatMap(([id, { machine, value, context }]) => {
    if (machine === 'panthorVm') return leftBy(id, value, context as PanthorVm);
    if (machine !== 'vm') return [];
    const { error, pending, locked, call, work } = context as VmContext;
    // nobody restarts the others, nor one that is closed before the medic gets to it
    const isTreated = end.world.actors.get(medic(id)) !== undefined && value !== 'closed';
    const holds = /^(open\.idle|absent|closing|closed)$/.test(value) ? [] : [`${id} is ${value}`];
    const left = call === null && work === null && locked.length === 0 ? [] : [`${id} holds locks`];
    return [
      ...holds,
      ...left,
      ...(error === 0 || !isTreated ? [] : [`${id} is in error ${error}`]),
      ...(pending.length === 0 || !isTreated ? [] : [`${id} has pending ops`]),
    ];
  });
  return [...broken, ...waits, ...stopped];
}
