/** The table and XState's own interpreter give the same answers, step by step, in every scenario. */
import { Decisions, NO_ANSWERS } from '../../machines/contract/decisions.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { XStateExecutor } from '../../machines/execute/xstate.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { Reads, SharedReader } from '../../machines/shared/reader.ts';
import { LockStep } from '../rig/lock-step.ts';
import { everyRun, stepsOf, wholeRun } from '../rig/runs.ts';
import { lineOfRecord } from '../../streams/log/wire.ts';

const table = new TableExecutor(MACHINE_SET);
const xstate = new XStateExecutor(MACHINE_SET);

describe('lock step', () => {
  test('the same state and the same effects after every step of every scenario, 20 seeds each', () => {
    for (const { label, scenario, chooser, seed } of everyRun(20)) {
      const both = new LockStep(MACHINE_SET);
      wholeRun({ scenario, chooser, seed, executor: both });
      expect([label, both.differences]).toEqual([label, []]);
      expect(both.steps).toBeGreaterThan(20);
    }
  });

  test('two whole runs, one on each, give the same records and the same end', () => {
    for (const { label, scenario, chooser, seed } of everyRun(5)) {
      const [a, b] = [table, xstate].map((executor) =>
        wholeRun({ scenario, chooser, seed, executor }),
      );
      const lines = a?.records.map(lineOfRecord);
      const differs = b?.records.findIndex((record, i) => lineOfRecord(record) !== lines?.[i]);
      expect([label, differs, b?.records.length]).toEqual([label, -1, lines?.length]);
      expect([label, b?.end.stateHash]).toEqual([label, a?.end.stateHash]);
    }
  });

  test('both look at the same shared objects', () => {
    for (const { scenario, chooser, seed } of everyRun(1)) {
      for (const { before, choice, reads, record } of stepsOf({ scenario, chooser, seed })) {
        const noted = new Reads();
        const mail = before.queues.find(({ key }) => key === choice)?.mail[0];
        const state = before.actors.get(record.actor);
        if (mail === undefined || state === undefined) continue;
        const event = {
          ...mail.message,
          from: choice.split('>')[0],
          nowNs: record.t,
          shared: new SharedReader(before.shared, noted),
          decide: new Decisions(NO_ANSWERS),
        } as unknown as StepEvent;
        xstate.step(state, event);
        expect([choice, [...noted.names()].sort()]).toEqual([choice, [...reads()].sort()]);
      }
    }
  });
});
