/**
 * A run as RxJS streams, for everything that watches: monitors, exporters, a page. All of them are views of the same
 * records, and none can change the run.
 */
import {
  asyncScheduler,
  concatMap,
  delay,
  filter,
  map,
  Observable,
  of,
  type OperatorFunction,
  pairwise,
  type SchedulerLike,
  startWith,
} from 'rxjs';
import type { StepRecord } from './record.ts';
import { runScenario, type RunEnd, type RunOptions } from './run.ts';

/** The records of a run, cold: each subscription runs it anew. `ended` hears how it ended. */
export function run$(options: RunOptions, ended?: (end: RunEnd) => void): Observable<StepRecord> {
  return new Observable((subscriber) => {
    const run = runScenario(options);
    for (;;) {
      if (subscriber.closed) return;
      const next = run.next();
      if (next.done === true) {
        ended?.(next.value);
        subscriber.complete();
        return;
      }
      subscriber.next(next.value);
    }
  });
}

/** What one actor received, step by step. */
export function inboxOf(actor: string): OperatorFunction<StepRecord, StepRecord> {
  return filter((record) => record.actor === actor);
}

/** What one actor sent: receiver and message type. */
export function outboxOf(
  actor: string,
): OperatorFunction<StepRecord, readonly [to: string, type: string]> {
  return (records) =>
    records.pipe(
      inboxOf(actor),
      concatMap(({ sends }) => sends),
    );
}

/** Replays at a chosen speed: one virtual nanosecond takes 1e-6 / `speed` milliseconds of the scheduler's time. */
export function paced(
  speed: number,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<StepRecord, StepRecord> {
  return (records) =>
    records.pipe(
      startWith(null),
      pairwise(),
      map(([before, record]) => ({ record, gapNs: (record?.t ?? 0) - (before?.t ?? 0) })),
      concatMap(({ record, gapNs }) =>
        record === null ? [] : of(record).pipe(delay(gapNs / 1e6 / speed, scheduler)),
      ),
    );
}
