import { writeSync } from 'node:fs';

/**
 * Prints the one line that CI reads, `N passed, N failed`, after everything else. A suite that did not even load counts
 * as one failure.
 */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.once('exit', () => {
      writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
}
