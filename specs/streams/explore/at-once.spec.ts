/** Explored worlds deliver at once, unless a scenario is about a time limit that a request may exceed. */
import { DEFAULT_LATENCY } from '../../../hw/latency.ts';
import { AT_ONCE, atOnce } from '../../../streams/explore/at-once.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Explored } from '../../../streams/explore/world-system.ts';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

const row = QUIRKS.find(({ id }) => id === 'H04') as QuirkRow;
const late = scenarioOfQuirk(row, false);

test('no scenario has latencies, or costs, when it is explored', () => {
  for (const { name, scenario } of SCENARIOS) {
    const { latency, device } = atOnce(scenario);
    expect([name, latency, device.costs]).toEqual([name, AT_ONCE, undefined]);
  }
});

test('but where a time limit is shorter than the way of the request, both stay', () => {
  const { latency, device } = atOnce(late);
  expect(latency).toEqual({ ...AT_ONCE, tlbNs: DEFAULT_LATENCY.tlbNs });
  expect([device.costs?.tlbTimeoutNs, device.costs?.flushNs]).toEqual([100, 0]);
});

const timedOut = {
  name: 'timed out',
  holds: ({ world }: Explored): boolean =>
    world.queues.some(({ mail }) =>
      mail.some(({ message }) => message.type === 'guc.invalidate'),
    ) &&
    world.timers.length === 0 &&
    world.nowNs >= 100,
};

test('then the limit and the answer come in either order', () => {
  const { verdict, witnesses } = explore(
    scenarioSystem(late),
    'exhaustive',
    {},
    { witnesses: [timedOut] },
  );
  expect(verdict).toBe('proved');
  expect(witnesses['timed out']).toBeGreaterThan(0);
});

test('worlds with one key go on alike, though time is part of them', () => {
  const system = scenarioSystem(late);
  const known = new Map<string, string>();
  const next: Explored[] = [system.initial];
  let met = 0;
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    const { a, b } = system.key(state);
    const key = `${a} ${b}`;
    const moves = system
      .ready(state)
      .flatMap((process) => system.moves(state as Explored, process));
    const future = moves.map((move) => `${move.choice} ${system.text(move.state)}`).join('\n');
    if (known.has(key)) {
      met += 1;
      expect(known.get(key)).toBe(future);
      continue;
    }
    known.set(key, future);
    next.push(...moves.map((move) => move.state));
  }
  expect(met).toBeGreaterThan(10);
});

test('a watchdog that may be late is not reduced', () => {
  expect(() => explore(scenarioSystem(late), 'dpor')).toThrow('longer than a time limit');
});
