/** The whole table, in the order of the contexts. */
import { CONTEXT_IDS, type ContextId } from './contexts.ts';
import type { Row } from './row.ts';
import { ackRows } from './rows/ack.ts';
import { closeRows } from './rows/close.ts';
import { copyRows } from './rows/copy.ts';
import { counterRows } from './rows/counter.ts';
import { evictRows } from './rows/evict.ts';
import { execRows } from './rows/exec.ts';
import { faultRows } from './rows/fault.ts';
import { flushRows } from './rows/flush.ts';
import { gpuRows } from './rows/gpu.ts';
import { ioctlRows } from './rows/ioctl.ts';
import { notifierRows } from './rows/notifier.ts';
import { preemptRows } from './rows/preempt.ts';
import { rebindRows } from './rows/rebind.ts';
import { resetRows } from './rows/reset.ts';
import { restartRows } from './rows/restart.ts';
import { ufenceRows } from './rows/ufence.ts';
import { workerRows } from './rows/worker.ts';

const order = (id: ContextId): number => CONTEXT_IDS.indexOf(id);

/** The pair in the order of the contexts. */
function sorted(row: Row): Row {
  const [a, b] = row.pair;
  return order(a) <= order(b) ? row : { ...row, pair: [b, a] };
}

const place = ({ pair: [a, b] }: Row): number => order(a) * CONTEXT_IDS.length + order(b);

export const ROWS: readonly Row[] = [
  ...ioctlRows,
  ...workerRows,
  ...restartRows,
  ...execRows,
  ...rebindRows,
  ...preemptRows,
  ...notifierRows,
  ...evictRows,
  ...faultRows,
  ...counterRows,
  ...ackRows,
  ...flushRows,
  ...ufenceRows,
  ...gpuRows,
  ...copyRows,
  ...resetRows,
  ...closeRows,
]
  .map(sorted)
  .sort((a, b) => place(a) - place(b));
