/** What may happen next: in canonical order, and only what somebody takes. */
import { tableExecutor } from '../../../streams/world/run.ts';
import { step } from '../../../streams/world/step.ts';
import { actorOf } from '../../../streams/world/world.ts';
import { everyRun, stepsOf } from '../../rig/runs.ts';

const isTimer = (key: string): boolean => key.startsWith('timer:');

test('choices are queues by key, then the timer that is due first', () => {
  for (const { label, scenario, chooser, seed } of everyRun(2)) {
    for (const { choices, before } of stepsOf({ scenario, chooser, seed })) {
      const keys = choices.map(({ key }) => key);
      const queues = keys.filter((key) => !isTimer(key));
      const timers = keys.filter(isTimer);
      const right = [...queues].sort((a, b) => (a < b ? -1 : 1)).concat(timers);
      expect([label, keys]).toEqual([label, right]);
      expect(timers).toEqual(before.timers.slice(0, 1).map(({ key }) => key));
      expect(new Set(keys).size).toBe(keys.length);
    }
  }
});

test('what is enabled can be done, and what is not enabled throws', () => {
  for (const { scenario, chooser, seed } of everyRun(1)) {
    for (const { choices, before } of stepsOf({ scenario, chooser, seed })) {
      const keys = new Set(choices.map(({ key }) => key));
      for (const key of keys) step(before, key, tableExecutor);
      const held = [...before.queues, ...before.timers].filter(({ key }) => !keys.has(key));
      for (const { key } of held)
        expect(() => step(before, key, tableExecutor)).toThrow(RangeError);
    }
  }
});

test('only a lock holds mail back: a VM whose lock is taken, for ioctls and debugfs', () => {
  const seen = new Set<string>();
  for (const { scenario, chooser, seed } of everyRun(8)) {
    for (const { choices, before } of stepsOf({ scenario, chooser, seed })) {
      const keys = new Set(choices.map(({ key }) => key));
      for (const { key, to, mail } of before.queues) {
        if (keys.has(key)) continue;
        const { machine, value } = actorOf(before, to);
        seen.add(`${machine} in ${value}: ${mail[0]?.message.type ?? ''}`);
      }
    }
  }
  expect([...seen].sort()).toEqual([
    'vm in open.ioctl.executing: vm.bind',
    'vm in open.ioctl.executing: vm.debugfs',
  ]);
});
