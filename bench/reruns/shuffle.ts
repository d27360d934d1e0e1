/** The same document with the keys of every mapping in another order. Lists keep theirs: it has a meaning. */
export function shuffledKeys(value: unknown, below: (n: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffledKeys(each, below));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  for (let i = entries.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [entries[i], entries[j]] = [
      entries[j] as (typeof entries)[0],
      entries[i] as (typeof entries)[0],
    ];
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, shuffledKeys(member, below)]));
}
