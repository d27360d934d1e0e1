/** Rows of the GT reset, with itself and the contexts after it. */
import { rowsOf } from '../row.ts';

export const resetRows = rowsOf('reset', [
  [
    'reset',
    'excluded',
    'the GT',
    'one reset answers all who ask',
    'the second joins',
    ['twoOfEach', 'reset.rewinds in reset.runs'],
    'reset.begins in reset.runs',
  ],
  [
    'close',
    'interleaves',
    'jobs that close waits for',
    'the jobs run again',
    'a GT is reset while a VM is closing',
    ['jobs', 'reset.begins in close.runs'],
  ],
]);
