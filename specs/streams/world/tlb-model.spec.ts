/**
 * TLBs in the whole model (facts 2.14): until an invalidation has reached a GT its stale translations may be used, and
 * never afterwards; what others have cached is theirs, by range, by VM and by GT, unless the GuC can flush no ranges.
 */
import type { Fact } from '../../../domain/facts/schema.ts';
import { type ScenarioInput, scenarioSchema } from '../../../domain/scenario/schema.ts';
import { wholeRun } from '../../rig/runs.ts';
import { seedOf } from '../../rig/scenarios.ts';

type Steps = ScenarioInput['clients'][string];
type Device = NonNullable<ScenarioInput['device']>;

const map = (vm: string, addr: number): Steps => [
  { bind: { vm, ops: [{ map: { addr, range: 0x1000, bo: 'page' } }], out: ['done'] } },
  { wait: 'done' },
];
const read = (vm: string, gt: number, addr: number): Steps[number] => ({
  gpu: { vm, gt, read: addr },
});
const FAR = 0x4000_0000;

function factsOf(device: Device, app: Steps, other: Steps, seed: number): Fact[] {
  const scenario = scenarioSchema.parse({
    ...{ fencelab: 1, name: 'tlb', device: { gts: 2, ...device } },
    vms: { vm0: {}, vm1: {} },
    bos: { page: { size: 0x1000, placement: 'system' } },
    syncobjs: { done: {}, gone: {} },
    clients: { app, ...(other.length === 0 ? {} : { other }) },
  });
  const run = { scenario, seed: seedOf(seed), chooser: seed === 0 ? 'time' : 'random' } as const;
  return wholeRun(run).records.flatMap(({ facts }) => facts);
}

const isRead = (fact: Fact, gt: string): boolean =>
  fact.type === 'access.done' && fact.gt === gt && fact.outcome === 'read';
const at = (facts: readonly Fact[], found: (fact: Fact) => boolean): number => {
  const index = facts.findIndex(found);
  return index < 0 ? Infinity : index;
};

test('a stale translation is used until its GT has been told, and never afterwards', () => {
  const unmap: Steps = [
    ...map('vm0', 0x1000),
    read('vm0', 0, 0x1000),
    read('vm0', 1, 0x1000),
    { bind: { vm: 'vm0', ops: [{ unmap: { addr: 0x1000, range: 0x1000 } }], out: ['gone'] } },
    { wait: 'gone' },
  ];
  const others: Steps = Array.from({ length: 24 }, (_, i) => read('vm0', i % 2, 0x1000));
  const stale = { gt0: 0, gt1: 0 };
  for (let seed = 1; seed <= 150; seed++) {
    const facts = factsOf({}, unmap, others, seed);
    for (const gt of ['gt0', 'gt1'] as const) {
      const cleared = at(
        facts,
        (fact) =>
          fact.type === 'pte.written' && fact.gt === gt && fact.runs.every(({ pte }) => pte === 0),
      );
      const told = at(facts, (fact) => fact.type === 'tlb.invalidated' && fact.gt === gt);
      expect(told).toBeGreaterThan(cleared);
      if (facts.slice(cleared, told).some((fact) => isRead(fact, gt))) stale[gt] += 1;
      expect(facts.slice(told).filter((fact) => isRead(fact, gt))).toEqual([]);
    }
  }
  // both GTs were caught with a stale translation, so the test looks at what it says
  expect(stale.gt0).toBeGreaterThan(5);
  expect(stale.gt1).toBeGreaterThan(5);
});

/** Whether what each had cached before the unmap is used after it. */
function survivors(device: Device): Record<string, boolean> {
  const told: Steps = [
    ...map('vm0', 0x1000),
    ...map('vm0', FAR),
    ...map('vm1', 0x1000),
    {
      bind: {
        vm: 'vm0',
        ops: [{ map: { addr: 0x5000, range: 0x1000, bo: 'page', gtMask: 1 } }],
        out: ['done'],
      },
    },
    { wait: 'done' },
  ];
  const reads = [
    read('vm0', 0, FAR),
    read('vm1', 0, 0x1000),
    read('vm0', 1, FAR),
    read('vm1', 1, 0x1000),
  ];
  const app: Steps = [
    ...told,
    ...reads,
    { bind: { vm: 'vm0', ops: [{ unmap: { addr: 0x5000, range: 0x1000 } }], out: ['gone'] } },
    { wait: 'gone' },
    ...reads,
  ];
  const facts = factsOf(device, app, [], 0);
  const accesses = facts.flatMap((fact) => (fact.type === 'access.done' ? [fact] : [])).slice(4);
  return Object.fromEntries(
    accesses.map(({ gt, vm, addr, tlbHit }) => [
      `${gt} ${vm} ${addr === 1 ? 'near' : 'far'}`,
      tlbHit,
    ]),
  );
}

test('a range is flushed for one VM on one GT', () => {
  const all = {
    'gt0 vm0 far': true,
    'gt0 vm1 near': true,
    'gt1 vm0 far': true,
    'gt1 vm1 near': true,
  };
  expect(survivors({})).toEqual(all);
  expect(survivors({ flavour: 'dg2' })).toEqual(all);
  expect(survivors({ flavour: 'tgl', rangeInvalidation: true })).toEqual(all);
});

test('a GuC without ranges flushes its GT, of whatever VM, and no other', () => {
  const gone = {
    'gt0 vm0 far': false,
    'gt0 vm1 near': false,
    'gt1 vm0 far': true,
    'gt1 vm1 near': true,
  };
  expect(survivors({ flavour: 'tgl' })).toEqual(gone);
  expect(survivors({ rangeInvalidation: false })).toEqual(gone);
});
