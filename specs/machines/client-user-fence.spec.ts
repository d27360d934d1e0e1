/** Waiting for a user fence, or for a VM to fail: every way in and every way out. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { ScenarioInput } from '../../domain/scenario/schema.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { deliver, factsIn, sharedOf } from '../rig/actors.ts';
import { clientOf, device, next, verdictOf, vm } from '../rig/client.ts';

type Wait = Extract<
  ScenarioInput['clients'][string][number],
  { waitUserFence: unknown }
>['waitUserFence'];

const waiting = (wait: Wait): ActorState =>
  clientOf([{ waitUserFence: wait }], {
    vms: { vm0: { async: true, errorCapture: 0x7000 }, vm1: {} },
  });
const written = (value: string): Fact => ({ type: 'ufence.written', at: '0x8', value });
const none = sharedOf([device, vm('vm0'), vm('vm1')]);
const having = (...facts: readonly Fact[]) => sharedOf([device, vm('vm0'), vm('vm1'), ...facts]);
const errored: Fact = {
  type: 'vm.errored',
  vm: 'vm0',
  call: 1,
  index: 0,
  op: 'map',
  addr: 0,
  range: 1,
  error: -12,
};
const what = 'wait for a user fence';
const over = { on: 'ufence:0x8' };

describe('without sleeping', () => {
  test.each<[string, Wait, Fact[], string]>([
    ['the value is there', { addr: 8, value: 1 }, [written('0x1')], 'ok'],
    ['the masked value is there', { addr: 8, value: 0x11, mask: 0xf }, [written('0x21')], 'ok'],
    ['memory that nobody wrote is 0', { addr: 8, value: 1, op: 'lt' }, [], 'ok'],
    ['a look without waiting', { addr: 8, value: 1, timeoutNs: 0 }, [], 'ETIME'],
    ['an address that is not aligned', { addr: 4 }, [], 'EINVAL'],
    ['a VM that has failed', { vmError: 'vm0' }, [errored], 'ok'],
    ['a VM without records', { vmError: 'vm1' }, [], 'ENOTSUPP'],
    ['a VM that is gone', { vmError: 'vm0' }, [{ type: 'vm.closing', vm: 'vm0' }], 'ENOENT'],
  ])('%s', (_name, wait, facts, result) => {
    const expecting = (expected: string) =>
      next(waiting({ ...wait, expect: expected } as Wait), having(...facts));
    const right = expecting(result);
    expect(right.state.value).toBe('running');
    expect(verdictOf(right)[0]).toBe(`passed: ${what}`);
    const wrong = expecting('EIO');
    expect(verdictOf(wrong)[0]).toBe(`failed: ${what}: EIO, not ${result}`);
  });
});

describe('asleep', () => {
  const asleep = next(waiting({ addr: 8, value: 2, timeoutNs: 500 }), none);

  test('with a timer, until the value changes', () => {
    expect(asleep.state.value).toBe('watching');
    expect(factsIn(asleep.effects)[1]).toEqual({ type: 'wait.began', on: over.on, by: 'app' });
    expect(asleep.effects).toContainEqual(
      expect.objectContaining({ effect: 'arm', timer: 'step0', afterNs: 500 }),
    );
  });

  test('a value that is not the one sends it back to sleep', () => {
    const again = deliver(asleep.state, 'wait.over', over, having(written('0x1')));
    expect(again.state.value).toBe('watching');
    expect(factsIn(again.effects)).toEqual([{ type: 'wait.began', on: over.on, by: 'app' }]);
  });

  test('what it slept for earlier does not wake it', () => {
    const inVain = deliver(asleep.state, 'wait.over', { on: 'ufence:0x10' }, none);
    expect(inVain).toEqual({ state: asleep.state, effects: [] });
  });

  test('the value ends it, and its timer', () => {
    const done = deliver(asleep.state, 'wait.over', over, having(written('0x2')));
    expect(done.state.value).toBe('running');
    expect(done.effects).toContainEqual({ effect: 'cancel', timer: 'step0' });
    expect(verdictOf(done)).toEqual([`passed: ${what}`, 'ended 0']);
  });

  test('the time ends it', () => {
    const late = deliver(asleep.state, 'wait.timeout', over, none);
    expect(late.state.value).toBe('running');
    expect(factsIn(late.effects)[0]).toEqual({ type: 'wait.ended', on: over.on, by: 'app' });
    expect(verdictOf(late)).toEqual([`failed: ${what}: ok, not ETIME`, 'ended -62']);
  });

  test('a value that comes with the end of the time counts', () => {
    const justInTime = deliver(asleep.state, 'wait.timeout', over, having(written('0x2')));
    expect(verdictOf(justInTime)).toEqual([`passed: ${what}`, 'ended 0']);
  });

  test('a wake that comes after the end is ignored', () => {
    const late = deliver(asleep.state, 'wait.timeout', over, none);
    expect(deliver(late.state, 'wait.over', over, none)).toEqual({
      state: late.state,
      effects: [],
    });
  });
});

describe('asleep until a VM fails', () => {
  const asleep = next(waiting({ vmError: 'vm0' }), none);

  test('its failure ends it; there is no timer to cancel', () => {
    expect(asleep.state.value).toBe('watching');
    const done = deliver(asleep.state, 'wait.over', { on: 'error:vm0' }, having(errored));
    expect(verdictOf(done)).toEqual([`passed: ${what}`, 'ended 0']);
    expect(done.effects.map((each) => each.effect)).not.toContain('cancel');
  });

  test('a record stays when the VM is restarted', () => {
    const record: Fact = { type: 'ufence.written', at: '0x7000', value: '0xfffffff4' };
    const restarted = having(errored, record, { type: 'vm.restarted', vm: 'vm0' });
    const done = deliver(asleep.state, 'wait.over', { on: 'error:vm0' }, restarted);
    expect(verdictOf(done)).toEqual([`passed: ${what}`, 'ended 0']);
  });

  test('its closing ends it', () => {
    const closing = having({ type: 'vm.closing', vm: 'vm0' });
    const done = deliver(asleep.state, 'wait.over', { on: 'error:vm0' }, closing);
    expect(verdictOf(done)).toEqual([`failed: ${what}: ok, not ENODEV`, 'ended -19']);
  });
});
