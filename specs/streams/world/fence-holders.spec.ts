/** In every run, at every record: each fence has the holders that can be seen, and none is kept without a reason. */
import type { Fact } from '../../../domain/facts/schema.ts';
import { type Fence, STUB } from '../../../domain/fence/fence-table.ts';
import { fencesIn } from '../../../domain/fence/syncobj.ts';
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import type { Shared } from '../../../machines/shared/shared.ts';
import { breaches } from '../../rig/invariants.ts';
import { everyRun, stepsOf, wholeRun } from '../../rig/runs.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

type StepInput = ScenarioInput['clients'][string][number];

const fencesOf = ({ fences }: Shared): Fence[] =>
  Object.values(fences).flatMap((each) => [...each.values()]);

/** What each job that has a fence and is not done waits for, as the facts say. */
class Jobs {
  readonly #waits = new Map<string, readonly string[]>();

  note(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const isQueued = fact.type === 'job.queued' || fact.type === 'exec.armed';
      if (isQueued && fact.fence !== null) this.#waits.set(fact.job, fact.waits);
      if (fact.type === 'job.done') this.#waits.delete(fact.job);
    }
  }

  get waits(): string[] {
    return [...this.#waits.values()].flat();
  }
}

/** Fence -> how many hold it, by looking everywhere. */
function seenIn(shared: Shared, jobs: Jobs): Map<string, number> {
  const held = [
    ...Object.values(shared.syncobjs).flatMap(fencesIn),
    ...Object.values(shared.resvs).flatMap((slots) => slots.map(({ fence }) => fence)),
    ...fencesOf(shared).flatMap(({ parts }) => parts),
    ...jobs.waits,
  ];
  const counts = new Map<string, number>();
  for (const fence of held) counts.set(fence, (counts.get(fence) ?? 0) + 1);
  return counts;
}

/** Over, held by nobody, not failed, and not the last of its context. */
function keptForNothing(shared: Shared): string[] {
  return Object.values(shared.fences).flatMap((fences) =>
    [...fences.values()].flatMap(({ key, holders, result }) =>
      result === 0 && holders === 0 && fences.last()?.value.key !== key ? [key] : [],
    ),
  );
}

test.each(everyRun(1).map((run) => [run.label, run] as const))('%s', (_label, run) => {
  let last: Shared | null = null;
  const jobs = new Jobs();
  for (const { world, record } of stepsOf(run)) {
    const { shared } = world;
    jobs.note(record.facts);
    if (shared.fences === last?.fences && shared.resvs === last.resvs) continue;
    last = shared;
    const seen = seenIn(shared, jobs);
    const wrong = fencesOf(shared).filter(({ key, holders }) => holders !== (seen.get(key) ?? 0));
    expect(wrong.map(({ key, holders }) => [key, holders, seen.get(key)])).toEqual([]);
    expect(keptForNothing(shared)).toEqual([]);
  }
});

test('a bind behind a point that was dropped waits for the stub, which is for nothing', () => {
  const at = (point: number): { syncobj: string; point: number } => ({ syncobj: 'tl', point });
  const bind = (addr: number, out: number, ins: number[] = []): StepInput => ({
    bind: {
      vm: 'vm0',
      ops: [{ map: { addr, range: 0x1000, null: true } }],
      in: ins.map(at),
      out: [at(out)],
    },
  });
  const scenario = scenarioOf({
    vms: { vm0: { async: true } },
    syncobjs: { tl: { kind: 'timeline' } },
    clients: {
      app: [
        bind(0x0, 1),
        { wait: at(1) },
        bind(0x2000, 2),
        { wait: at(2) },
        { expect: { signaled: at(1) } },
        bind(0x4000, 3, [1]),
        { wait: at(3) },
      ],
    },
  });
  const { records, end } = wholeRun({ scenario, chooser: 'time', seed: '0x1' });
  expect([end.verdict, breaches(records)]).toEqual(['ok', []]);
  const queued = records.flatMap(({ facts }) => facts.filter(({ type }) => type === 'job.queued'));
  expect(queued.at(-1)).toMatchObject({ waits: [STUB] });
});
