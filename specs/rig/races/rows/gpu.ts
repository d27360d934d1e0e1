/** Rows of the jobs on the GPU, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const gpuRows = rowsOf('gpu', [
  [
    'gpu',
    'interleaves',
    'memory, TLB',
    'nothing',
    'accesses of two jobs, or of two queues',
    ['faults', 'gpu.accesses in gpu.accessing'],
  ],
  [
    'copy',
    'interleaves',
    'page tables',
    'nothing but syncs',
    'an access between two stores of one job',
    ['jobs', 'gpu.accesses in copy.storing'],
  ],
  [
    'reset',
    'excluded',
    'the GT',
    'a GT in reset runs nothing',
    'an access waits for the end of the reset; the batch begins anew',
    ['jobs', 'reset.begins in gpu.running'],
    'gpu.accesses in reset.runs',
    'gpu.fills in reset.runs',
  ],
  [
    'close',
    'interleaves',
    'page tables, memory',
    'close waits for the VM’s fences',
    'jobs run while the VM is closing',
    ['jobs', 'gpu.accesses in close.runs'],
  ],
]);
