/** A run as RxJS streams: views of the same records, and none can change the run. */
import { lastValueFrom, map, take, toArray, VirtualTimeScheduler } from 'rxjs';
import { inboxOf, outboxOf, paced, run$ } from '../../../streams/world/records.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import type { RunEnd } from '../../../streams/world/run.ts';
import { wholeRun } from '../../rig/runs.ts';
import { SCENARIOS, type NamedScenario } from '../../rig/scenarios.ts';

const { scenario } = SCENARIOS.find(({ name }) => name === 'async-chain') as NamedScenario;
const options = { scenario, seed: '0x3', chooser: 'random' } as const;
const whole = wholeRun(options);

test('run$ gives every record, then how it ended, then completes', async () => {
  const ends: RunEnd[] = [];
  const records = await lastValueFrom(run$(options, (end) => ends.push(end)).pipe(toArray()));
  expect(records).toEqual(whole.records);
  expect(ends.map(({ stateHash, verdict }) => [stateHash, verdict])).toEqual([
    [whole.end.stateHash, 'ok'],
  ]);
});

test('run$ is cold: each subscription runs anew, and one that leaves early ends the run', async () => {
  const ends: RunEnd[] = [];
  const run = run$(options, (end) => ends.push(end));
  const [some, all] = [
    await lastValueFrom(run.pipe(take(5), toArray())),
    await lastValueFrom(run.pipe(toArray())),
  ];
  expect(some).toEqual(whole.records.slice(0, 5));
  expect(all).toHaveLength(whole.records.length);
  expect(ends).toHaveLength(1);
});

test('run$ hands on what goes wrong', async () => {
  const run = run$({ ...options, chooser: { choices: ['nobody>a'] } });
  await expect(lastValueFrom(run)).rejects.toThrow('FL308');
});

test('a throwing watcher is not the run’s affair', () => {
  const seen: number[] = [];
  const run = run$(options).pipe(
    map((record) => {
      if (record.seq === 3) throw new RangeError('a watcher');
      seen.push(record.seq);
      return record;
    }),
  );
  let message = '';
  run.subscribe({ error: (error: Error) => (message = error.message) });
  expect([seen, message]).toEqual([[0, 1, 2], 'a watcher']);
});

test('inboxes part the records among the actors', async () => {
  const actors = [...new Set(whole.records.map(({ actor }) => actor))];
  expect(actors.length).toBeGreaterThan(5);
  const boxes = await Promise.all(
    actors.map((actor) => lastValueFrom(run$(options).pipe(inboxOf(actor), toArray()))),
  );
  for (const box of boxes) expect(new Set(box.map(({ actor }) => actor)).size).toBe(1);
  const together = boxes.flat().sort((a, b) => a.seq - b.seq);
  expect(together).toEqual(whole.records);
});

test('an outbox is what one actor sent, in order', async () => {
  const sent = await lastValueFrom(run$(options).pipe(outboxOf('vm0'), toArray()));
  const expected = whole.records.flatMap(({ actor, sends }) => (actor === 'vm0' ? sends : []));
  expect(sent).toEqual(expected);
  expect(sent.length).toBeGreaterThan(5);
});

describe('paced', () => {
  const timed = (speed: number): { t: number; at: number }[] => {
    const scheduler = new VirtualTimeScheduler();
    const seen: { t: number; at: number }[] = [];
    run$(options)
      .pipe(paced(speed, scheduler))
      .subscribe(({ t }: StepRecord) => {
        seen.push({ t, at: scheduler.now() });
      });
    scheduler.flush();
    return seen;
  };

  test.each([1, 1e-3, 1e-6])('at speed %d each record comes at its virtual time', (speed) => {
    const seen = timed(speed);
    expect(seen.map(({ t }) => t)).toEqual(whole.records.map(({ t }) => t));
    for (const { t, at } of seen) {
      const expected = t / 1e6 / speed;
      expect(Math.abs(at - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, expected));
    }
  });

  test('the order of records is the run’s, whatever the speed', async () => {
    const seen = timed(1e9);
    expect(seen).toHaveLength(whole.records.length);
    await expect(lastValueFrom(run$(options).pipe(paced(1e12), toArray()))).resolves.toEqual(
      whole.records,
    );
  });
});
