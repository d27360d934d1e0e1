/** Waits that a careless world would lose, or answer twice: each small program ends well under every schedule tried. */
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { breaches } from '../../rig/invariants.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf, schedules } from '../../rig/scenarios.ts';

type Clients = ScenarioInput['clients'];
type Bind = Extract<Clients[string][number], { bind: unknown }>['bind'];
type Sync = NonNullable<Bind['in']>[number];

const map = (page: number): Bind['ops'][number] => ({
  map: { addr: page * 0x1000, range: 0x1000, null: true },
});
const unmap = (page: number): Bind['ops'][number] => ({
  unmap: { addr: page * 0x1000, range: 0x1000 },
});
const bind = (vm: string, op: Bind['ops'][number], ins: Sync[], out: Sync[]): { bind: Bind } => ({
  bind: { vm, ops: [op], in: ins, out },
});
const tl = (point: number): { syncobj: string; point: number } => ({ syncobj: 'tl', point });

const PROGRAMS: Readonly<Record<string, Clients>> = {
  'a job waits for the fence that the job before it signals in the same step': {
    app: [bind('s', map(1), [], ['a']), bind('s', map(2), ['a'], ['b']), { wait: 'b' }],
  },
  'a job without stores does, too': {
    app: [
      bind('s', map(1), [], ['a']),
      bind('s', unmap(9), ['a'], ['b']),
      bind('s', unmap(8), ['b', 'a'], ['a']),
      { wait: 'a' },
    ],
  },
  'two points of a timeline hold one fence': {
    app: [
      bind('x', map(1), [], [tl(1), tl(2)]),
      { wait: tl(2) },
      bind('x', map(2), [tl(1), tl(2)], [tl(3)]),
      { wait: tl(3) },
    ],
  },
  'two in-syncs hold one fence, and so does the out-sync of the bind before': {
    app: [
      bind('x', map(1), [], ['a', 'b']),
      bind('s', map(1), ['a', 'b', 'a'], ['a']),
      { wait: 'a' },
      { wait: 'b' },
    ],
  },
  'two clients wait for one fence, and one of them is late': {
    app: [bind('x', map(1), ['gate'], ['a']), { signal: 'gate' }, { wait: 'a' }],
    other: [{ sleep: { ns: 40_000 } }, { wait: 'gate' }, { wait: 'gate' }],
  },
  'two clients signal one software fence': {
    app: [bind('x', map(1), ['gate'], ['a']), { signal: 'gate' }, { wait: 'a' }],
    other: [{ signal: 'gate' }],
  },
  'an unbind whose flush is slow, and a younger bind whose jobs are fast': {
    app: [
      bind('x', map(1), [], []),
      bind('x', unmap(1), [], ['a']),
      bind('x', map(2), [], ['b']),
      { wait: 'b' },
      { expect: { signaled: 'a' } },
    ],
  },
  'a VM closes before its worker has begun, and somebody waits for the dropped call': {
    app: [
      bind('x', map(1), ['gate'], ['a']),
      bind('x', unmap(1), [], ['b']),
      { close: 'x' },
      { signal: 'gate' },
      { wait: 'b' },
      { expect: { signaled: 'a' } },
    ],
  },
};

test.each(Object.entries(PROGRAMS))('%s', (_what, clients) => {
  const scenario = scenarioOf({
    device: { gts: 2 },
    vms: { x: { async: true }, s: {} },
    syncobjs: { a: {}, b: {}, gate: { pending: true }, tl: { kind: 'timeline' } },
    clients,
  });
  for (const { chooser, seed } of schedules(80)) {
    const { records, end } = wholeRun({ scenario, chooser, seed });
    expect([seed, end.verdict, end.reasons]).toEqual([seed, 'ok', []]);
    expect([seed, breaches(records)]).toEqual([seed, []]);
  }
});
