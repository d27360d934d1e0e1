/** What a long run leaves behind: nothing that grows with its length. */
import type { BindEngineContext } from '../../../machines/bind-engine/bind-engine.ts';
import type { TlbContext } from '../../../machines/tlb/context.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { fencesIn } from '../../../domain/fence/syncobj.ts';
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { tlbEntries } from '../../../hw/tlb.ts';
import type { World } from '../../../streams/world/world.ts';
import { stepsOf } from '../../rig/runs.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

type StepInput = ScenarioInput['clients'][string][number];
const ROUNDS = 150;

const at = (point: number): { syncobj: string; point: number } => ({ syncobj: 'tl', point });

/** Map, touch and unmap, over a timeline that goes on and on. */
function rounds(vm: string, async: boolean): StepInput[] {
  const addr = 0x1ff000;
  const range = 0x3000;
  const map = { map: { addr, range, bo: 'data' } };
  const whole = { unmap: { addr, range } };
  // a synchronous call takes one op
  const unmaps = async ? [{ unmap: { addr, range: 0x1000 } }, whole] : [whole];
  return Array.from({ length: ROUNDS }, (_, n): StepInput[] => [
    { bind: { vm, ops: [map], out: [at(2 * n + 1)] } },
    { wait: at(2 * n + 1) },
    { gpu: { vm, write: addr + 0x1000, value: n + 1 } },
    { gpu: { vm, gt: 1, read: addr + 0x2000 } },
    { bind: { vm, ops: unmaps, in: [at(2 * n + 1)], out: [at(2 * n + 2)] } },
    { wait: at(1) },
  ]).flat();
}

interface Sizes {
  readonly mail: number;
  readonly vm: number;
  readonly engine: number;
  readonly tlb: number;
  readonly waiters: number;
  readonly fences: number;
  readonly points: number;
  readonly longestRecord: number;
}

function sizesOf(world: World, longestRecord: number): Sizes {
  const contexts = (machine: string): unknown[] =>
    world.actors.states.flatMap((actor) => (actor.machine === machine ? [actor.context] : []));
  const most = <C>(machine: string, size: (context: C) => number): number =>
    Math.max(...contexts(machine).map((context) => size(context as C)));
  const fences = Object.values(world.shared.fences).flatMap((each) => [...each.values()]);
  return {
    mail: world.queues.reduce((sum, { mail }) => sum + mail.length, 0),
    vm: most<VmContext>('vm', (c) => c.pending.length + c.attached.length + c.inFlight.length),
    engine: most<BindEngineContext>('bindEngine', (c) => c.queue.length + c.waitingOn.length),
    tlb: most<TlbContext>('tlb', (c) => c.pending.length),
    waiters: fences.reduce((sum, { waiters }) => sum + waiters.length, 0),
    fences: fences.length,
    points: Object.values(world.shared.syncobjs).flatMap(fencesIn).length,
    longestRecord,
  };
}

describe.each([true, false])('an asynchronous VM: %s', (async) => {
  const scenario = scenarioOf({
    device: { gts: 2 },
    vms: { vm0: { async } },
    bos: { data: { size: 0x3000 } },
    syncobjs: { tl: { kind: 'timeline' } },
    clients: { app: [...rounds('vm0', async), { wait: at(2 * ROUNDS) }] },
  });
  const steps = [...stepsOf({ scenario, chooser: 'random', seed: '0x1' })];
  const sizes = steps.map(({ world, record }) =>
    sizesOf(world, JSON.stringify([record.facts, record.data]).length),
  );

  test('nothing in the second half is larger than the first half had it', () => {
    const half = sizes.length >> 1;
    const largest = (part: readonly Sizes[]): Sizes =>
      part.reduce((a, b) => ({
        mail: Math.max(a.mail, b.mail),
        vm: Math.max(a.vm, b.vm),
        engine: Math.max(a.engine, b.engine),
        tlb: Math.max(a.tlb, b.tlb),
        waiters: Math.max(a.waiters, b.waiters),
        fences: Math.max(a.fences, b.fences),
        points: Math.max(a.points, b.points),
        longestRecord: Math.max(a.longestRecord, b.longestRecord),
      }));
    const [first, second] = [largest(sizes.slice(0, half)), largest(sizes.slice(half))];
    // numbers in names get longer, and the client may get a little further ahead of its VM
    for (const [what, size] of Object.entries(second)) {
      const before = first[what as keyof Sizes];
      expect([what, size <= 1.3 * before + 4]).toEqual([what, true]);
    }
  });

  test('in the end nothing is under way, nobody waits, and the hardware is clean', () => {
    const { world } = steps.at(-1) as (typeof steps)[number];
    const { shared } = world;
    expect(sizesOf(world, 0)).toMatchObject({ mail: 0, engine: 0, tlb: 0, waiters: 0 });
    expect(shared.tables.pages.size).toBe(2);
    expect(Object.values(shared.tlbs).flatMap(tlbEntries)).toEqual([]);
    expect(steps.length).toBeGreaterThan(20 * ROUNDS);
  });
});
