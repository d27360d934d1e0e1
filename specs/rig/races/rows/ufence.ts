/** Rows of the user-fence worker, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const ufenceRows = rowsOf('ufence', [
  [
    'ufence',
    'excluded',
    'the ordered queue',
    'one ordered queue',
    'the second write waits behind the first',
    ['computeAsync', 'ufence.writes in ufence.queued'],
  ],
  [
    'gpu',
    'interleaves',
    'memory at the user-fence address',
    'nothing: two writers are the user’s affair',
    'a job writes its own user fence, or reads, between',
    ['faults', 'ufence.writes in gpu.accessing'],
  ],
  [
    'copy',
    'independent',
    'nothing',
    'the fence before',
    'stores of a later bind before the user fence of an earlier one',
    ['compute', 'copy.stores in ufence.queued'],
  ],
  [
    'reset',
    'independent',
    'nothing',
    'nothing',
    'a user fence is written while a GT is in reset',
    ['computeAsync', 'ufence.writes in reset.runs'],
  ],
  [
    'close',
    'interleaves',
    'nothing of the VM: the fence and the address outlive it',
    'the fence',
    'a user fence is written after its VM is gone',
    ['computeAsync', 'ufence.writes in close.runs'],
  ],
]);
