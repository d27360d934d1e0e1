/** Started XState actors, wired by RxJS and driven by the same choices, write the same log as the pure world. */
import type { Effect } from '../../../machines/contract/effects.ts';
import type { StepEvent } from '../../../machines/contract/event.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { LiveExecutor } from '../../../streams/world/live.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { NO_DECIDER } from '../../../streams/world/decide.ts';
import { runScenario, tableExecutor } from '../../../streams/world/run.ts';
import { firstDifference } from '../../../streams/replay/same.ts';
import { everyRun, wholeRun } from '../../rig/runs.ts';

test('the same records and the same end, for every scenario and several seeds', () => {
  for (const { label, scenario, chooser, seed } of everyRun(5)) {
    const live = new LiveExecutor();
    const pure = wholeRun({ scenario, chooser, seed });
    const lived = wholeRun({ scenario, chooser, seed, executor: live });
    live.stop();
    const differs = lived.records.findIndex((record, i) => {
      const other = pure.records[i];
      return other === undefined || lineOfRecord(record) !== lineOfRecord(other);
    });
    expect([label, differs, lived.records.length]).toEqual([label, -1, pure.records.length]);
    expect([label, lived.end.stateHash]).toEqual([label, pure.end.stateHash]);
    // the actors, not the world, hold the state; both must be the same
    const [left, right] = [lived, pure].map(({ end }) => [...end.world.actors.entries()]);
    expect(firstDifference(left, right)).toBeNull();
  }
});

interface Heard {
  readonly inbox: StepEvent[];
  readonly outbox: Effect[];
}

/** A live run with somebody listening to every actor. */
function listened(run: ReturnType<typeof everyRun>[number]): {
  readonly records: readonly StepRecord[];
  readonly heard: ReadonlyMap<string, Heard>;
} {
  const { scenario, chooser, seed } = run;
  const live = new LiveExecutor();
  const heard = new Map<string, Heard>();
  for (const [id, state] of startWorld(scenario, seed, tableExecutor).world.actors.entries()) {
    const ears: Heard = { inbox: [], outbox: [] };
    heard.set(id, ears);
    live.inbox(state).subscribe((event) => ears.inbox.push(event));
    live.outbox(state).subscribe((effects) => ears.outbox.push(...effects));
  }
  // a step that decides something is tried before it is taken, and its actor hears both
  const options = { scenario, chooser, seed, executor: live, decider: NO_DECIDER };
  const records = [...runScenario(options)];
  live.stop();
  return { records, heard };
}

/** Mail that signals and wake-ups make; everything else is an actor's own. */
const BY_WORLD: ReadonlySet<string> = new Set(['fence.signaled', 'fence.enable', 'wait.over']);

test('inboxes carry what the records say was received, outboxes the facts and what was sent', () => {
  for (const run of everyRun(2)) {
    const { records, heard } = listened(run);
    for (const [actor, { inbox, outbox }] of heard) {
      const own = records.filter((record) => record.actor === actor);
      const received = inbox.map(({ type, data, nowNs }) => [type, data, nowNs]);
      expect([run.label, actor, received]).toEqual([
        run.label,
        actor,
        own.map(({ type, data, t }) => [type, data, t]),
      ]);
      const facts = outbox.flatMap((each) => (each.effect === 'fact' ? [each.fact] : []));
      expect(facts).toEqual(own.flatMap((record) => record.facts));
      const sent = outbox.flatMap((each) =>
        each.effect === 'send' ? [[each.to, each.message.type]] : [],
      );
      const mailed = own.flatMap(({ sends }) => sends.filter(([, type]) => !BY_WORLD.has(type)));
      expect(sent).toEqual(mailed);
    }
  }
});

test('stopping ends the boxes', () => {
  const [run] = everyRun(0);
  if (run === undefined) throw new RangeError('no scenario');
  const live = new LiveExecutor();
  const { actors } = startWorld(run.scenario, run.seed, tableExecutor).world;
  let ended = 0;
  for (const state of actors.states) {
    live.inbox(state).subscribe({ complete: () => (ended += 1) });
    live.outbox(state).subscribe({ complete: () => (ended += 1) });
  }
  live.stop();
  expect(ended).toBe(2 * actors.states.length);
});
