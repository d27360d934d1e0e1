/** Rows of the G2H handler, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const ackRows = rowsOf('ack', [
  [
    'ack',
    'interleaves',
    'the list of pending requests',
    'order of the channel; a number acknowledges all before it',
    'one arrives while another is on its way',
    ['computeAsync', 'ack.arrives in ack.onItsWay'],
  ],
  [
    'flush',
    'interleaves',
    'the list of pending requests, seqno',
    'seqno',
    'an acknowledgement arrives while the next request is sent',
    ['jobsAsync', 'flush.requests in ack.onItsWay'],
  ],
  [
    'ufence',
    'interleaves',
    'the fence',
    'the fence',
    'the user fence is written after the acknowledgement, in a step of its own',
    ['jobs', 'ack.arrives in ufence.queued'],
  ],
  [
    'gpu',
    'interleaves',
    'memory that the fence sets free',
    'the fence',
    'accesses between flush and acknowledgement see the new entries only',
    ['faults', 'gpu.accesses in ack.onItsWay'],
  ],
  [
    'copy',
    'interleaves',
    'memory that the fence sets free',
    'the fence',
    'stores of the next job before the last one’s flush is acknowledged',
    ['computeAsync', 'copy.stores in ack.onItsWay'],
  ],
  [
    'reset',
    'interleaves',
    'the list of pending requests',
    'the reset completes what had come to the GT',
    'an acknowledgement arrives after a reset began',
    ['jobsAsync', 'ack.arrives in reset.runs'],
  ],
  [
    'close',
    'interleaves',
    'fences that close waits for',
    'the fences',
    'close waits for an acknowledgement',
    ['faults', 'ack.arrives in close.runs'],
  ],
]);
