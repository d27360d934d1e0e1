import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

/** A spec file that runs for so long is named, once for each time that this has gone by. */
const LONG_MS = 240_000;

/**
 * Prints the one line that CI reads, `N passed, N failed`, after everything else. A suite that did not even load counts
 * as one failure. While they run it names files that take long: jest says nothing of a file before its end, and one that
 * never ends would be told by nobody.
 */
export default class ClosingLine {
  #running = new Map();
  #watch;

  onRunStart() {
    this.#watch = setInterval(() => this.#tell(), LONG_MS / 8);
    this.#watch.unref();
  }

  onTestFileStart({ path }) {
    this.#running.set(path, { since: Date.now(), told: 0 });
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  #tell() {
    for (const [path, file] of this.#running) {
      const times = Math.floor((Date.now() - file.since) / LONG_MS);
      if (times <= file.told) continue;
      file.told = times;
      const seconds = (times * LONG_MS) / 1000;
      writeSync(2, `still running after ${seconds} s: ${relative(process.cwd(), path)}\n`);
    }
  }

  onRunComplete(_contexts, results) {
    clearInterval(this.#watch);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.once('exit', () => {
      writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed${tail}\n`);
    });
  }
}
