/** At every point where something can fail: a clean errno, exact unwinding, no fence left behind, no invariant broken. */
import type { PanthorVm } from '../../../machines/panthor/context.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { FailNth } from '../../../streams/world/decide.ts';
import { decidedStep } from '../../../streams/world/decide.ts';
import { enabled } from '../../../streams/world/choice.ts';
import { timeChooser } from '../../../streams/world/chooser.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { failurePoints, withMedic, wrongAfter } from '../../rig/failure-points.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

describe.each(SCENARIOS)('$name', ({ scenario }) => {
  test('each chance to fail, in order of time and under three random schedules', () => {
    const treated = withMedic(scenario);
    let points = 0;
    for (const [chooser, seed] of [
      ['time', '0x1'],
      ['random', '0x1'],
      ['random', '0x2'],
      ['random', '0x3'],
    ] as const) {
      for (const failed of failurePoints(treated, chooser, seed)) {
        if (failed.choice !== '') points += 1;
        const { nth, choice } = failed;
        expect([chooser, seed, nth, choice, wrongAfter(failed)]).toEqual([
          chooser,
          seed,
          nth,
          choice,
          [],
        ]);
      }
    }
    expect(points).toBeGreaterThan(0);
  });

  test('a call that fails leaves its VM as it was but for numbers that it used up', () => {
    for (let nth = 1; ; nth++) {
      const decider = new FailNth(nth);
      let { world } = startWorld(scenario, '0x1', tableExecutor);
      const before = new Map<string, VmContext>();
      for (;;) {
        const choices = enabled(world, tableExecutor);
        const choice = choices.length === 0 ? null : timeChooser.choose(choices);
        if (choice === null) break;
        const old = world;
        const next = decidedStep(old, choice.key, tableExecutor, decider);
        world = next.world;
        const { actor, type, facts } = next.record;
        if (type === 'vm.bind') before.set(actor, old.actors.get(actor)?.context as VmContext);
        if (!facts.some((fact) => fact.type === 'bind.unwound')) continue;
        const was = before.get(actor);
        const is = world.actors.get(actor)?.context as VmContext;
        if (world.actors.get(actor)?.machine === 'panthorVm') {
          const [old, now] = [was, is] as unknown as [PanthorVm, PanthorVm];
          for (const key of ['space', 'tree', 'alloc', 'waiters', 'jobsLeft'] as const) {
            expect([key, now[key] === old[key]]).toEqual([key, true]);
          }
          continue;
        }
        for (const key of [
          'space',
          'trees',
          'alloc',
          'pending',
          'dying',
          'inFlight',
          'jobs',
        ] as const) {
          expect([key, is[key] === was?.[key]]).toEqual([key, true]);
        }
        expect([...is.vmas.entries()]).toEqual([...(was?.vmas.entries() ?? [])]);
        expect([is.call, is.plan, is.toPin, is.failure, is.locked]).toEqual([
          null,
          null,
          [],
          0,
          [],
        ]);
      }
      if (decider.count < nth) break;
    }
  });
});
