/** Rows of the page-fault handler, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

const LOCK = 'vm->lock';

export const faultRows = rowsOf('fault', [
  [
    'fault',
    'excluded',
    'page-table trees',
    'one worker for each GT; vm->lock between GTs',
    'the second waits in the queue',
    ['faults', 'gpu.faults in fault.raised'],
    'fault.begins in fault.holds',
  ],
  [
    'ack',
    'interleaves',
    'fence of the handler’s bind',
    'the handler waits for it',
    'an acknowledgement arrives while the handler has the lock',
    ['faults', 'ack.arrives in fault.holds'],
  ],
  [
    'flush',
    'interleaves',
    'fence of the handler’s bind',
    'the handler waits for it',
    'a flush is requested while a fault waits',
    ['faults', 'flush.requests in fault.raised'],
  ],
  [
    'ufence',
    'independent',
    'nothing',
    'nothing',
    'a user fence is written while a fault is handled',
    ['faults', 'ufence.writes in fault.raised'],
  ],
  [
    'gpu',
    'interleaves',
    'entries, TLB',
    'the stuck access is made again after the answer',
    'another job reads the mapping that the handler is binding',
    ['faults', 'gpu.accesses in fault.holds'],
  ],
  [
    'copy',
    'interleaves',
    'entries',
    'the handler waits for its job',
    'stores for the handler, and of binds before it',
    ['faults', 'copy.stores in fault.holds'],
  ],
  [
    'reset',
    'interleaves',
    'the stuck access',
    'a reset makes it anew',
    'a GT is reset while its fault is handled; the answer is of no interest then',
    ['faults', 'reset.begins in fault.raised'],
  ],
  [
    'close',
    'excluded',
    'the VM',
    LOCK,
    'a fault of a VM that is closing is refused',
    ['faults', 'fault.begins in close.runs'],
    'close.begins in fault.holds',
    'fault.binds in close.runs',
  ],
]);
