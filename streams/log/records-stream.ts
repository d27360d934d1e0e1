/**
 * Logs as RxJS streams, for everything outside of the step: views, monitors, tools.
 *
 * An Observable cannot be slowed down (runtime-facts: concatMap takes whatever comes and buffers
 * it). Reading stays bounded all the same, because the next piece is only read after the last one
 * was handed on; a slow consumer must not be asynchronous, or must take `OpenLog.batches()`.
 * Writing relies on a blocking sink, or stops with FL405.
 */
import { Observable, Subject, takeUntil } from 'rxjs';
import type { StepRecord } from '../world/record.ts';
import { errorOfEnd } from './log-end.ts';
import { openLog } from './reader.ts';
import type { LogSource } from './source.ts';
import type { LogWriter } from './writer.ts';

interface Receiver {
  readonly closed: boolean;
  next(record: StepRecord): void;
}

/** Hands on every record; ends early when nobody listens any more. */
async function pump(source: LogSource, receiver: Receiver): Promise<void> {
  const log = await openLog(source);
  for await (const batch of log.batches()) {
    // Once closed, next does nothing; the rest of the batch costs less than asking each time.
    for (const record of batch) receiver.next(record);
    if (receiver.closed) return;
  }
  const end = await log.end();
  const error = end.result === 'open' ? undefined : errorOfEnd(end);
  if (error !== undefined) throw error;
}

/**
 * The records of a log. Completes at the end of a sealed or open log; a damaged one gives its good
 * records first and then the error (FL302 torn, FL303 corrupt). Cold: each subscription iterates
 * over the source anew.
 */
export function records$(source: LogSource): Observable<StepRecord> {
  return new Observable((subscriber) => {
    pump(source, subscriber).then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });
}

/**
 * Appends every record and hands everything to the sink; sealing is left to the caller, who knows
 * the outcome. Resolves with the number of records. Rejects with the first failure of either side
 * and then takes no more records.
 */
export function writeRecords(records: Observable<StepRecord>, writer: LogWriter): Promise<number> {
  return new Promise((resolve, reject) => {
    // Not subscription.unsubscribe(): a synchronous source emits before there is a subscription.
    const stop = new Subject<void>();
    const fail = (error: unknown): void => {
      reject(error as Error);
      stop.next();
    };
    let count = 0;
    records.pipe(takeUntil(stop)).subscribe({
      next: (record) => {
        try {
          writer.append(record)?.catch(fail);
          count++;
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
      complete: () => {
        // Also after fail(), when the promise is settled and this changes nothing.
        Promise.resolve()
          .then(() => writer.flush())
          .then(() => {
            resolve(count);
          }, reject);
      },
    });
  });
}
