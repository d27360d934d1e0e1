/**
 * "Did you mean": the known name nearest to a misspelt one, by edit distance with swaps of neighbours (optimal string
 * alignment). A suggestion must share most of its letters with what was typed; a far-fetched one is worse than none.
 */

/** The number of single-letter edits and neighbour swaps that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (older[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    older = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The nearest of `known`, or undefined when none is near. Ties go to the first. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase().slice(0, 100);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `Did you mean \`x\`?`, or undefined. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const name = nearest(typed, known);
  return name === undefined ? undefined : `Did you mean \`${name}\`?`;
}
