/** What may happen next: in canonical order, and only what somebody takes. */
import { WATCHDOGS } from '../../../machines/contract/watchdogs.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { step } from '../../../streams/world/step.ts';
import { actorOf, type World } from '../../../streams/world/world.ts';
import { everyRun, stepsOf } from '../../rig/runs.ts';

const isTimer = (key: string): boolean => key.startsWith('timer:');

/** The timer that is due first, unless it is a watchdog and something is due before it. */
function timersOf(before: World, mailDue: readonly number[]): string[] {
  const [first] = before.timers;
  if (first === undefined) return [];
  const { message, dueNs } = first.mail;
  const isHeld = WATCHDOGS.has(message.type) && mailDue.some((due) => due <= dueNs);
  return isHeld ? [] : [first.key];
}

test('choices are queues by key, then the timer that is due first', () => {
  for (const { label, scenario, chooser, seed } of everyRun(2)) {
    for (const { choices, before } of stepsOf({ scenario, chooser, seed })) {
      const keys = choices.map(({ key }) => key);
      const queues = keys.filter((key) => !isTimer(key));
      const timers = keys.filter(isTimer);
      const right = [...queues].sort((a, b) => (a < b ? -1 : 1)).concat(timers);
      expect([label, keys]).toEqual([label, right]);
      const mailDue = choices.filter(({ key }) => !isTimer(key)).map(({ dueNs }) => dueNs);
      expect(timers).toEqual(timersOf(before, mailDue));
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

test('only a lock, a reset or a command under way holds mail back: a VM whose lock is taken, a GT in reset, a Mali', () => {
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
  const others = [...seen].filter(
    (each) =>
      !/^vm in open\.(ioctl|worker|exec|rebind|fault)\.\w+: vm\./.test(each) &&
      !/^gt in inReset: (copy|gpu)\./.test(each) &&
      // a Mali takes one command of its address spaces at a time
      !/^mali in (flushing: (as\.|gt\.reset)|inReset: (as|gpu)\.)/.test(each),
  );
  expect(others).toEqual([]);
  expect(seen.size).toBeGreaterThan(1);
});
