/** VMs before, at and after the end of their life; VMs that share the GPU; versions of the driver. */
import { breaches } from '../../rig/invariants.ts';
import { everyScheduleOf, immediateScenario, type Steps, timed } from '../../rig/immediate.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf, seedOf } from '../../rig/scenarios.ts';

const device = { profile: 'panthor' } as const;
const page = { map: { addr: '0x0', range: '0x1000', bo: 'bo0' } };
const bos = { bo0: { size: '0x1000' } };

test('nothing can be asked of a VM that is not there, or not any more', () => {
  const asks = [
    { bind: { vm: 'vm0', ops: [page], expect: 'EINVAL' as const } },
    { close: { name: 'vm0', expect: 'EINVAL' as const } },
    { expect: { vm: 'vm0', mappings: [] } },
  ];
  const app = [
    ...asks,
    { create: 'vm0' },
    { bind: { vm: 'vm0', ops: [page] } },
    { close: 'vm0' },
    ...asks,
  ];
  const { end, records } = timed(scenarioOf({ device, vms: { vm0: {} }, bos, clients: { app } }));
  expect([end.verdict, end.reasons, breaches(records)]).toEqual(['ok', [], []]);
});

test('a VM with flags is not made', () => {
  const app = [{ create: { name: 'vm0', expect: 'EINVAL' as const } }];
  const vms = { vm0: { flags: '0x1' } };
  expect(timed(scenarioOf({ device, vms, clients: { app } })).end.verdict).toBe('ok');
});

test('destroying unmaps everything, and jobs that are still queued map nothing', () => {
  const app = [
    { bind: { vm: 'vm0', async: true, ops: [page], in: ['go'], out: ['done'] } },
    { close: 'vm0' },
    { signal: 'go' },
    { wait: 'done' },
    { gpu: { vm: 'vm0', read: '0x0', expect: 'fault' as const } },
  ];
  const syncobjs = { go: { pending: true }, done: {} };
  const scenario = scenarioOf({ device, vms: { vm0: {} }, bos, syncobjs, clients: { app } });
  for (let n = 1; n <= 30; n++) {
    const { end, records } = wholeRun({ scenario, chooser: 'random', seed: seedOf(n) });
    expect([n, end.verdict, breaches(records)]).toEqual([n, 'ok', []]);
    expect(end.world.actors.get('vm0')?.value).toBe('closed');
    expect(end.world.shared.refs).toEqual({ bo0: 1 });
  }
});

test('an older driver refuses the flag, and knows no page sizes', () => {
  const repeat = { map: { addr: '0x0', range: '0x4000', bo: 'a', repeat: '0x1000' } };
  const steps = (expect: 'ok' | 'EINVAL', sizes: string): Steps => [
    { bind: { vm: 'vm0', ops: [repeat], expect } },
    { query: { what: 'pageSizes', expect: sizes as never } },
  ];
  const verdictOf = (driverVersion: string, given: Steps): string =>
    timed(immediateScenario(given, { a: 1 }, { driverVersion })).end.verdict;
  expect(verdictOf('1.8', steps('ok', '0x201000'))).toBe('ok');
  expect(verdictOf('2.0', steps('ok', '0x201000'))).toBe('ok');
  expect(verdictOf('1.7', steps('EINVAL', 'EINVAL'))).toBe('ok');
  expect(verdictOf('1.10', steps('ok', '0x201000'))).toBe('ok');
});

test('ops before the one that is refused stay done', () => {
  const bad = { map: { addr: '0x1000', range: '0x9000', bo: 'a' } };
  const steps: Steps = [
    {
      bind: {
        vm: 'vm0',
        ops: [{ map: { addr: '0x0', range: '0x1000', bo: 'a' } }, bad],
        expect: 'EINVAL',
      },
    },
    { expect: { vm: 'vm0', mappings: [{ addr: '0x0', range: '0x1000', bo: 'a' }] } },
  ];
  const { end, records } = timed(immediateScenario(steps, { a: 1 }));
  const stopped = records.flatMap(({ facts }) => facts).find(({ type }) => type === 'bind.stopped');
  expect([end.verdict, breaches(records)]).toEqual(['ok', []]);
  expect(stopped).toMatchObject({ done: 1, error: -22, row: 'op-7b' });
});

test('one flush is under way at a time, however many VMs there are', () => {
  const swap = Array.from({ length: 4 }, () => ({
    bind: { vm: '', ops: [page, { unmap: { addr: '0x0', range: '0x1000' } }] },
  }));
  const of = (vm: string): Steps => swap.map(({ bind }) => ({ bind: { ...bind, vm } }));
  const vms = { vm0: {}, vm1: {}, vm2: {} };
  const clients = { a: of('vm0'), b: of('vm1'), c: of('vm2'), d: of('vm0') };
  const scenario = scenarioOf({ device, vms, bos, clients });
  for (const { records, end } of everyScheduleOf(scenario, 10)) {
    expect([end.verdict, breaches(records)]).toEqual(['ok', []]);
    let open = 0;
    for (const { actor, type, state } of records.filter((each) => each.actor === 'gt0')) {
      if (type === 'as.flush') open += 1;
      if (type === 'as.flushed') open -= 1;
      expect([actor, open <= 1, state]).toEqual(['gt0', true, open === 1 ? 'flushing' : 'running']);
    }
  }
});
