/** How a run ends, and what it says about it. */
import { parseScenario } from '../../../domain/scenario/parse.ts';
import type { Step } from '../../../domain/scenario/schema.ts';
import type { Scenario, ScenarioInput } from '../../../domain/scenario/schema.ts';
import { runScenario } from '../../../streams/world/run.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

type Clients = ScenarioInput['clients'];
const MAP = { map: { addr: 0x1000, range: 0x1000, null: true } } as const;

const scenario = (clients: Clients): Scenario =>
  scenarioOf({
    vms: { vm0: {}, vm1: { async: true } },
    bos: { late: { size: 0x1000 } },
    syncobjs: { gate: { pending: true }, done: {}, absent: {} },
    clients,
  });
const end = (clients: Clients): [string, readonly string[]] => {
  const { end: over } = wholeRun({ scenario: scenario(clients), seed: '0x1', chooser: 'time' });
  return [over.verdict, over.reasons];
};

test('ok: every client came to its end', () => {
  expect(end({ app: [{ bind: { vm: 'vm0', ops: [MAP] } }] })).toEqual(['ok', []]);
});

test('failed: an expectation did not hold; it says which, and both sides', () => {
  const app = [
    { gpu: { vm: 'vm0', read: 0x0, expect: 0x1 } },
    { bind: { vm: 'vm0', ops: [] } },
    { expect: { vm: 'vm0', mappings: [{ addr: 0, range: 0x1000, null: true }] } },
  ];
  expect(end({ app })).toEqual([
    'failed',
    [
      'app, step 1: GPU access: expected 0x1, got fault',
      'app, step 2: VM_BIND: expected ok, got EINVAL',
      'app, step 3: mappings: expected 0x0+0x1000 NULL, got nothing mapped',
    ],
  ]);
});

test('stuck: a client waits for a fence that nobody signals', () => {
  expect(end({ app: [{ wait: 'gate' }] })).toEqual([
    'stuck',
    [
      "app, step 1 (wait gate) waits for syncobj gate's software fence sw/gate:1, which nobody signals",
    ],
  ]);
});

test('stuck: nobody waits but a bind queue, and a VM that cannot close', () => {
  const bind = { bind: { vm: 'vm1', ops: [MAP], in: ['gate'], out: ['done'] } };
  const app = [bind, { sleep: { ns: 1_000_000 } }, { close: 'vm1' }];
  expect(end({ app })).toEqual([
    'stuck',
    [
      "vm1/bind0 (waitingFences) waits for syncobj gate's software fence sw/gate:1, which nobody signals",
      'vm1: still waiting for vm1/bind0:1',
    ],
  ]);
});

test('cut: the list of choices came to its end first', () => {
  const chooser = { choices: ['world>app', 'app>vm0'] };
  const input = scenario({ app: [{ bind: { vm: 'vm0', ops: [MAP] } }] });
  const over = wholeRun({ scenario: input, seed: '0x1', chooser }).end;
  expect([over.verdict, over.reasons, over.events]).toEqual(['cut', [], 3]);
});

describe('what another client has not made yet, or has closed', () => {
  test.each<[string, Clients[string][number], string]>([
    ['signal', { signal: 'absent' }, 'signal: expected ok, got ENOENT'],
    ['wait', { wait: 'absent' }, 'wait: expected ok, got ENOENT'],
    ['cpu write', { cpu: { bo: 'late', write: 0, value: 1 } }, 'CPU access: expected ok, got'],
    ['cpu read', { cpu: { bo: 'late', read: 0, expect: 0 } }, 'CPU access: expected ok, got'],
    ['close', { close: 'late' }, 'close: expected ok, got EINVAL'],
    ['a look', { expect: { signaled: 'absent' } }, 'syncobj absent: expected signaled, got empty'],
  ])('%s fails the run and does not break it', (_what, step, reason) => {
    const maker: Clients[string] = [
      { sleep: { ns: 1_000_000 } },
      { create: 'absent' },
      { create: 'late' },
    ];
    const [verdict, reasons] = end({ app: [step], maker });
    expect([verdict, reasons.length]).toEqual(['failed', 1]);
    expect(reasons[0]).toContain(`app, step 1: ${reason}`);
  });

  test('a BO is closed once', () => {
    const [verdict, reasons] = end({ app: [{ close: 'late' }, { close: 'late' }] });
    expect([verdict, reasons]).toEqual(['failed', ['app, step 2: close: expected ok, got EINVAL']]);
  });
});

test('records come as they are asked for: nothing runs ahead', () => {
  const forever: Step[] = Array.from({ length: 50 }, () => ({ sleep: { ns: 1 } }));
  const run = runScenario({ scenario: scenario({ app: forever }), seed: '0x1', chooser: 'time' });
  const seqs = [run.next(), run.next(), run.next()].map(({ value }) =>
    'seq' in value ? value.seq : -1,
  );
  expect(seqs).toEqual([0, 1, 2]);
});

test('every VM has page tables of its own, and there may be hundreds', () => {
  const vms = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`v${n}`, {}]));
  const app = [
    { bind: { vm: 'v599', ops: [MAP], out: ['done'] } },
    { wait: 'done' },
    { gpu: { vm: 'v599', write: 0x1000, value: 1, expect: 'dropped' as const } },
    { gpu: { vm: 'v598', read: 0x1000, expect: 'fault' as const } },
  ];
  const many = scenarioOf({ vms, syncobjs: { done: {} }, clients: { app } });
  const { end: over } = wholeRun({ scenario: many, seed: '0x1', chooser: 'time' });
  expect([over.verdict, over.reasons]).toEqual(['ok', []]);
  expect(over.world.shared.tables.pages.size).toBe(600 + 3);
});

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
  'nothing may be called %s: records would seem to have it already',
  (name) => {
    const parsed = parseScenario({
      fencelab: 1,
      name: 'spec',
      vms: { vm0: {} },
      bos: { [name]: { size: 0x1000 } },
      clients: { app: [{ create: name }] },
    });
    expect(parsed.ok ? [] : parsed.problems.map(({ code }) => code)).toEqual(['FL111', 'FL104']);
  },
);
