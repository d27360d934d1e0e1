/** Keeps what a soak found with the code: one line each in docs/soak.md, replaced by the next soak. */
import { readFileSync, writeFileSync } from 'node:fs';

const PAGE = new URL('../../docs/soak.md', import.meta.url);

export function keep(name: string, finding: string): void {
  const row = `| ${name} | ${finding} |`;
  const lines = readFileSync(PAGE, 'utf8').split('\n');
  const old = lines.findIndex((line) => line.startsWith(`| ${name} |`));
  if (old >= 0) lines[old] = row;
  else lines.splice(lines.lastIndexOf('| --- | --- |') + 1, 0, row);
  writeFileSync(PAGE, lines.join('\n'));
}

/** Counts and the time they took, as text. */
export async function timed(work: () => string | Promise<string>): Promise<string> {
  const start = performance.now();
  const found = await work();
  return `${found}; ${Math.round((performance.now() - start) / 1000)} s`;
}
