/** A work item: asked for while it runs it runs once more, however often it was asked for. */
import fc from 'fast-check';
import type { ActorState } from '../../machines/execute/executor.ts';
import { newWork } from '../../machines/work-item/work-item.ts';
import { deliver, sentIn } from '../rig/actors.ts';

const idle: ActorState = {
  machine: 'work',
  value: 'idle',
  context: newWork('vm0/worker', 'vm0', 'vm.worker'),
};
const asked = (state: ActorState): ReturnType<typeof deliver> => deliver(state, 'work.queue', {});
const done = (state: ActorState, again = false): ReturnType<typeof deliver> =>
  deliver(state, 'work.done', { again });

test('it runs when it is asked for, and rests when it is done', () => {
  const { state, effects } = asked(idle);
  expect(sentIn(effects)).toEqual([['vm0', 'vm.worker', {}]]);
  const over = done(state);
  expect([over.state.value, over.effects]).toEqual(['idle', []]);
});

test('it runs again if it wants to', () => {
  const { state, effects } = done(asked(idle).state, true);
  expect([state.value, sentIn(effects)]).toEqual(['running', [['vm0', 'vm.worker', {}]]]);
});

test('asked for twice while it runs, it runs once more', () => {
  const { state } = asked(asked(asked(idle).state).state);
  expect(state.value).toBe('queuedAgain');
  const again = done(state);
  expect([again.state.value, sentIn(again.effects)]).toEqual([
    'running',
    [['vm0', 'vm.worker', {}]],
  ]);
  expect(done(again.state).state.value).toBe('idle');
});

test('after the last time that it was asked for it has run from its start, and it never runs twice at once', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (asks) => {
      let [state, running, owed] = [idle, 0, false];
      const take = (stepped: ReturnType<typeof deliver>): void => {
        state = stepped.state;
        running += sentIn(stepped.effects).length;
        if (sentIn(stepped.effects).length > 0) owed = false;
        expect(running).toBeLessThanOrEqual(1);
      };
      for (const ask of asks) {
        if (ask) {
          owed = true;
          take(asked(state));
        } else if (running > 0) {
          running -= 1;
          take(done(state));
        }
      }
      while (running > 0) {
        running -= 1;
        take(done(state));
      }
      expect([state.value, owed]).toEqual(['idle', false]);
    }),
  );
});
