/** Rows of the close and last put, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const closeRows = rowsOf('close', [
  [
    'close',
    'excluded',
    'the id of the VM',
    'the id is taken away under the lock',
    'the second finds no VM; BO handles go beside it',
    ['jobsAsync', 'close.puts in close.runs'],
    'close.begins in close.runs',
  ],
]);
