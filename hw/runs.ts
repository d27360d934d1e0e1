/**
 * Runs of page-table entries: how a batch of entry writes is written down.
 *
 * A struct xe_vm_pgtable_update of the driver lists up to 512 entry values one by one. Here entries
 * whose values form an arithmetic series share one run, so that a line of the log stays short
 * whatever the size of the mapping: contiguous 4K pages have stride 4096, 2M leaves 2 MiB, NULL
 * entries and clears 0, directory entries the distance of the child tables.
 */

/** Entry index + i has the value pte + i * stride, for 0 <= i < count. Values are exact. */
export interface Run {
  readonly index: number;
  readonly count: number;
  /** Value of the first entry, the real 64-bit value. */
  readonly pte: number;
  /** Bytes from one entry's value to the next. */
  readonly stride: number;
}

/** The value that `run` gives entry `index`. */
export function pteInRun(run: Run, index: number): number {
  return run.pte + (index - run.index) * run.stride;
}

/** The run that clears `count` entries: 0, or what maps nothing in a VM with scratch pages. */
export function clearRun(index: number, count: number, empty = 0): Run {
  return { index, count, pte: empty, stride: 0 };
}

/** One entry and its value. */
export interface IndexedPte {
  readonly index: number;
  readonly pte: number;
}

/** Packs entries (ascending, without gaps) into as few runs as a left-to-right scan finds. */
export function packRuns(entries: readonly IndexedPte[]): Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  for (const { index, pte } of entries) {
    if (open?.count === 1) {
      open = { ...open, count: 2, stride: pte - open.pte };
    } else if (open !== undefined && pteInRun(open, index) === pte) {
      open = { ...open, count: open.count + 1 };
    } else {
      if (open !== undefined) runs.push(open);
      open = { index, count: 1, pte, stride: 0 };
    }
  }
  if (open !== undefined) runs.push(open);
  return runs;
}
