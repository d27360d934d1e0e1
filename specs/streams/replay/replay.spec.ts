/** Replay: a log that was not touched comes out identical; each way of touching it is found, at its record. */
import { OrderedMap } from '../../../domain/ordered-map.ts';
import type { ActorState, Executor, Stepped } from '../../../machines/execute/executor.ts';
import type { StepEvent } from '../../../machines/contract/event.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { type Difference, Replayer } from '../../../streams/replay/replay.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { everyRun, type WholeRun, wholeRun } from '../../rig/runs.ts';
import { type NamedScenario, SCENARIOS } from '../../rig/scenarios.ts';

const { scenario } = SCENARIOS.find(({ name }) => name === 'null-bind') as NamedScenario;
const options = { scenario, seed: '0x5', chooser: 'random' } as const;
const run = wholeRun(options);

/** The first difference of a log, its seal included. */
function replayed(
  records: readonly StepRecord[],
  end: Pick<WholeRun['end'], 'verdict' | 'stateHash'> = run.end,
  executor: Executor = tableExecutor,
): Difference | null {
  const replayer = new Replayer(scenario, options.seed, executor);
  for (const record of records) {
    const difference = replayer.check(record);
    if (difference !== null) return difference;
  }
  return replayer.checkEnd(end);
}
const withRecord = (seq: number, change: (record: StepRecord) => Partial<StepRecord>) =>
  run.records.map((record) => (record.seq === seq ? { ...record, ...change(record) } : record));

test('identical, for every scenario and schedule', () => {
  for (const { label, scenario: each, chooser, seed } of everyRun(4)) {
    const { records, end } = wholeRun({ scenario: each, chooser, seed });
    const replayer = new Replayer(each, seed);
    const found = records.map((record) => replayer.check(record)).find((d) => d !== null);
    expect([label, found, replayer.checkEnd(end)]).toEqual([label, undefined, null]);
    expect(replayer.end().events).toBe(end.events);
  }
});

test('a log that was cut replays as far as it goes, and is cut', () => {
  const replayer = new Replayer(scenario, options.seed);
  for (const record of run.records.slice(0, 20)) expect(replayer.check(record)).toBeNull();
  const { verdict, stateHash } = replayer.end();
  expect([verdict, replayer.checkEnd({ verdict, stateHash })]).toEqual(['cut', null]);
  expect(replayer.checkEnd(run.end)?.what).toBe('verdict');
});

describe('what was touched is found at its record, with both sides', () => {
  const changes: readonly [string, (record: StepRecord) => Partial<StepRecord>][] = [
    ['a fact', ({ facts }) => ({ facts: facts.slice(1) })],
    ['the time', ({ t }) => ({ t: t + 1 })],
    ['the cause', ({ cause }) => ({ cause: (cause ?? 0) + 1 })],
    ['the message', () => ({ type: 'vm.close' })],
    ['its data', () => ({ data: { other: 1 } })],
    ['the state', () => ({ state: 'open' })],
    ['what was sent', ({ sends }) => ({ sends: [...sends, ['vm0', 'vm.close']] })],
    ['the actor', () => ({ actor: 'vm9' })],
    ['the number', ({ seq }) => ({ seq: seq + 1 })],
  ];
  const some = run.records.filter(({ facts }) => facts.length > 0).filter((_, i) => i % 12 === 0);

  test.each(changes)('%s', (_what, change) => {
    for (const { seq } of some) {
      const records = withRecord(seq, change);
      const found = replayed(records);
      const changed = records[seq];
      const original = run.records[seq];
      if (changed === undefined || original === undefined) throw new RangeError('no record');
      expect(found).toEqual({
        seq: changed.seq,
        what: 'record',
        recorded: lineOfRecord(changed),
        replayed: lineOfRecord(original),
      });
    }
  });

  test('any single fact, whatever member of it', () => {
    for (const { seq, facts } of some) {
      for (const [i, fact] of facts.entries()) {
        const key = Object.keys(fact).find((each) => typeof fact[each as never] === 'number');
        if (key === undefined) continue;
        const touched = { ...fact, [key]: 3 + (fact[key as never] as number) };
        const found = replayed(withRecord(seq, () => ({ facts: facts.with(i, touched as never) })));
        expect([found?.seq, found?.what]).toEqual([seq, 'record']);
      }
    }
  });

  test('a choice that was not possible: what was is told', () => {
    const found = replayed(withRecord(7, () => ({ choice: 'vm0>nobody' })));
    expect(found).toMatchObject({ seq: 7, what: 'choice', recorded: 'vm0>nobody' });
    expect(found?.replayed).toContain(run.records[7]?.choice ?? '?');
  });

  test('a possible choice that was not taken', () => {
    const at = run.records.findIndex(({ sends }) => sends.length > 2) + 1;
    const others = run.records.slice(at + 1).map(({ choice }) => choice);
    const found = others
      .map((choice) => replayed(withRecord(at, () => ({ choice }))))
      .filter((each) => each !== null);
    expect(new Set(found.map(({ what }) => what))).toEqual(new Set(['record', 'choice']));
    for (const { seq } of found) expect(seq).toBe(at);
  });

  test('a record too many: nothing is possible any more', () => {
    const last = run.records.at(-1) as StepRecord;
    const found = replayed([...run.records, { ...last, seq: last.seq + 1 }]);
    const { choice } = last;
    const replayedText = 'nothing is possible';
    expect(found).toEqual({
      seq: last.seq + 1,
      what: 'choice',
      recorded: choice,
      replayed: replayedText,
    });
  });

  test('a record too few: the run goes on where the log ends', () => {
    const found = replayed(run.records.slice(0, -1));
    const { length } = run.records;
    expect(found).toEqual({ seq: length - 1, what: 'verdict', recorded: 'ok', replayed: 'cut' });
  });

  test('the verdict of the seal', () => {
    const found = replayed(run.records, { ...run.end, verdict: 'stuck' });
    const seq = run.end.events;
    expect(found).toEqual({ seq, what: 'verdict', recorded: 'stuck', replayed: 'ok' });
  });

  test('the state hash of the seal', () => {
    const { stateHash, events: seq } = run.end;
    const recorded = stateHash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    const found = replayed(run.records, { ...run.end, stateHash: recorded });
    expect(found).toEqual({ seq, what: 'stateHash', recorded, replayed: stateHash });
  });
});

describe('the log of another scenario or seed', () => {
  test('another seed has other times', () => {
    const replayer = new Replayer(scenario, '0x6');
    const found = run.records.map((record) => replayer.check(record)).find((d) => d !== null);
    expect(found?.what).toBe('record');
  });

  test('another scenario differs in record 0', () => {
    const other = SCENARIOS.find(({ name }) => name === 'two-gts') as NamedScenario;
    const replayer = new Replayer(other.scenario, options.seed);
    expect(replayer.check(run.records[0] as StepRecord)).toMatchObject({ seq: 0, what: 'record' });
  });
});

const attrs = { null: true, readOnly: false };
const mapping = { id: 1, addr: 1, range: 1, obj: null, offset: 0, repeat: null, attrs };
const ONE_MAPPING = OrderedMap.from([[1, mapping]]);

/** Machines whose state is not what their facts say: the bug that folding a log is to find. */
class Lying implements Executor {
  initialValue = (machine: string): string => tableExecutor.initialValue(machine);
  accepts = (state: ActorState, type: StepEvent['type']): boolean =>
    tableExecutor.accepts(state, type);

  step(state: ActorState, event: StepEvent): Stepped {
    const stepped = tableExecutor.step(state, event);
    if (event.type !== 'vm.close') return stepped;
    const vm = stepped.state.context as VmContext;
    const context = { ...vm, space: { ...vm.space, mappings: ONE_MAPPING } };
    return { ...stepped, state: { ...stepped.state, context } };
  }
}
test('machines that do not do what their facts say: the fold tells', () => {
  const lying = new Lying();
  const lied = wholeRun({ ...options, executor: lying });
  const found = replayed(lied.records, lied.end, lying);
  expect([found?.what, found?.recorded]).toEqual(['fold', lied.end.stateHash]);
});
