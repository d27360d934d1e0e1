/** Rows of the copy ring, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const copyRows = rowsOf('copy', [
  [
    'copy',
    'interleaves',
    'page tables',
    'order within a bind queue; nothing between two',
    'stores of one bind queue between those of another',
    ['twoOfEach', 'copy.stores in copy.storing'],
  ],
  [
    'reset',
    'excluded',
    'the GT',
    'a GT in reset stores nothing',
    'a reset between two stores of one job',
    ['jobs', 'reset.begins in copy.storing'],
    'copy.stores in reset.runs',
  ],
  [
    'close',
    'interleaves',
    'page tables',
    'close waits for job fences',
    'stores for a VM that is closing',
    ['jobs', 'copy.stores in close.runs'],
    'copy.stores in vm.gone',
  ],
]);
