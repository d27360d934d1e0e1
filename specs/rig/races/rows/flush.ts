/** Rows of the TLB-invalidation worker, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const flushRows = rowsOf('flush', [
  [
    'flush',
    'interleaves',
    'seqno, the channel',
    'seqno under its lock',
    'the second is sent before the first is acknowledged',
    ['faults', 'flush.requests in flush.requested'],
  ],
  [
    'ufence',
    'interleaves',
    'the fence',
    'the fence',
    'a user fence is attached while the flush is under way',
    ['compute', 'ufence.attaches in flush.requested'],
  ],
  [
    'gpu',
    'interleaves',
    'cached translations',
    'nothing: the fence tells when it is over',
    'accesses between stores and flush may use what was cached',
    ['faults', 'gpu.accesses in flush.asked'],
  ],
  [
    'copy',
    'interleaves',
    'the job’s fence',
    'job fence before request',
    'the bind queue goes on while the flush is under way',
    ['compute', 'copy.stores in flush.requested'],
  ],
  [
    'reset',
    'interleaves',
    'the channel, seqno',
    'the reset completes what it flushed',
    'a reset begins between request and flush: the request is lost and completed',
    ['faults', 'reset.begins in flush.requested'],
    'flush.begins in reset.runs',
  ],
  [
    'close',
    'interleaves',
    'fences that close waits for',
    'the fences',
    'flushes of a VM that is closing',
    ['faults', 'flush.requests in close.runs'],
  ],
]);
