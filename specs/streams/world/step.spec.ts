/** The contract of a step, held against every step of every scenario. */
import { DEFAULT_JITTER, DEFAULT_LATENCY, kindOf } from '../../../hw/latency.ts';
import { enabled } from '../../../streams/world/choice.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { step } from '../../../streams/world/step.ts';
import type { Mail, World } from '../../../streams/world/world.ts';
import { everyRun, stepsOf, type Taken } from '../../rig/runs.ts';
import { scenarioOf } from '../../rig/scenarios.ts';

const mailIn = ({ queues }: World): ReadonlyMap<string, readonly Mail[]> =>
  new Map(queues.map(({ key, mail }) => [key, mail]));

test('records are numbered without a gap, and name the earlier record that sent their message', () => {
  for (const { label, scenario, chooser, seed } of everyRun(3)) {
    const { record: first } = startWorld(scenario, seed, tableExecutor);
    const records = [first];
    for (const { record } of stepsOf({ scenario, chooser, seed })) {
      expect([label, record.seq]).toEqual([label, records.length]);
      const sender = records[record.cause ?? -1];
      const isSleep = record.choice.startsWith('timer:');
      const sent = sender?.sends.some(([to, type]) => to === record.actor && type === record.type);
      expect([label, record.seq, isSleep || sent]).toEqual([label, record.seq, true]);
      records.push(record);
    }
  }
});

test('virtual time never goes back, whatever the schedule', () => {
  for (const { label, scenario, chooser, seed } of everyRun(5)) {
    for (const { before, world, record } of stepsOf({ scenario, chooser, seed })) {
      expect([label, world.nowNs >= before.nowNs && record.t === world.nowNs]).toEqual([
        label,
        true,
      ]);
    }
  }
});

test('under the time chooser nothing is delivered late: records come in the order of their dues', () => {
  for (const { label, scenario, chooser, seed } of everyRun(0)) {
    for (const { before, choices, choice, record } of stepsOf({ scenario, chooser, seed })) {
      const due = choices.find(({ key }) => key === choice)?.dueNs ?? NaN;
      expect([label, choices.every(({ dueNs }) => dueNs >= due)]).toEqual([label, true]);
      expect(record.t).toBe(Math.max(due, before.nowNs));
    }
  }
});

test('a queue is first in, first out: a step takes one head and adds only at ends', () => {
  let looked = 0;
  for (const { label, scenario, chooser, seed } of everyRun(3)) {
    for (const { before, choice, world } of stepsOf({ scenario, chooser, seed })) {
      const now = mailIn(world);
      for (const { key, mail } of before.queues) {
        const kept = key === choice ? mail.slice(1) : mail;
        const isFirstOut = kept.every((each, i) => now.get(key)?.[i] === each);
        if (!isFirstOut) expect([label, key, now.get(key)]).toEqual([label, key, kept]);
        looked += kept.length;
      }
    }
  }
  expect(looked).toBeGreaterThan(1000);
});

/** Mail that a step posted, each with whether it has its queue to itself. */
function posted({ before, world, record }: Taken): { mail: Mail; isAlone: boolean }[] {
  const old = mailIn(before);
  return world.queues.flatMap(({ key, mail: all }) => {
    const fresh = all.filter(({ cause }) => cause === record.seq);
    const isAlone = (old.get(key) ?? []).length === 0 && fresh.length === 1;
    return fresh.map((mail) => ({ mail, isAlone }));
  });
}

test('every message takes at least as long as its figure, and at most jitter times as long', () => {
  let looked = 0;
  for (const { label, scenario, chooser, seed } of everyRun(2)) {
    // work comes on top of the way (costs.spec.ts counts it)
    if (scenario.device.costs !== undefined) continue;
    for (const taken of stepsOf({ scenario, chooser, seed })) {
      for (const { mail, isAlone } of posted(taken)) {
        const figure = DEFAULT_LATENCY[kindOf(mail.message.type)];
        const took = mail.dueNs - taken.world.nowNs;
        // behind older mail of the same queue it may take longer
        const isRight = took >= figure && (!isAlone || took <= DEFAULT_JITTER * figure);
        if (!isRight) expect([label, mail.message.type, took]).toBe(figure);
        looked += 1;
      }
    }
  }
  expect(looked).toBeGreaterThan(1000);
});

describe('a choice that is not enabled', () => {
  const scenario = scenarioOf({
    vms: { vm0: {} },
    clients: {
      a: [{ sleep: { ns: 10 } }, { bind: { vm: 'vm0', ops: [] } }],
      b: [{ sleep: { ns: 1000 } }, { bind: { vm: 'vm0', ops: [] } }],
    },
  });
  const { world: start } = startWorld(scenario, '0x1', tableExecutor);
  const after = (...choices: readonly string[]): World =>
    choices.reduce((world, choice) => step(world, choice, tableExecutor).world, start);

  test.each(['', 'a>vm0', 'nobody>a', 'timer:a/step0', 'start'])('%j throws', (choice) => {
    expect(() => step(start, choice, tableExecutor)).toThrow(RangeError);
  });

  test('a timer throws while another is due before it', () => {
    const asleep = after('world>a', 'world>b');
    expect(enabled(asleep, tableExecutor).map(({ key }) => key)).toEqual(['timer:a/step0']);
    expect(() => step(asleep, 'timer:b/step0', tableExecutor)).toThrow('nothing to do for timer:b');
  });

  test('a message that the receiver does not take now throws and changes nothing', () => {
    const stray = { message: { type: 'ioctl.done', data: { result: 0 } }, cause: 0, dueNs: 0 };
    const key = 'vm0>a';
    const world = {
      ...start,
      queues: [{ key, from: 'vm0', to: 'a', mail: [stray] }, ...start.queues],
    } as World;
    expect(enabled(world, tableExecutor).map((choice) => choice.key)).not.toContain(key);
    expect(() => step(world, key, tableExecutor)).toThrow('a takes no ioctl.done now');
  });
});
