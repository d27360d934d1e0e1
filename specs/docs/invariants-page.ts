/** docs/invariants.md, from the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS } from '../../domain/invariants/list.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const SPECS = 'specs/domain/invariants';

/** The specs that have a case in which it fires. */
export function specsOf(id: string): string[] {
  return readdirSync(join(ROOT, SPECS)).filter((file) =>
    readFileSync(join(ROOT, SPECS, file), 'utf8').includes(`\n  ${id}: {`),
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function invariantsPage(): string {
  const rows = INVARIANTS.map(({ id, says, source, shows }) => {
    const specs = specsOf(id).map((file) => `[${file.replace('.spec.ts', '')}](../${SPECS}/${file})`);
    return `| ${id} | ${cell(says)} | ${source} | ${cell(shows)} | ${specs.join(', ')} |`;
  });
  return `# Invariants

What must hold in every run, whatever the schedule. Each is a pure reducer over records (\`domain/invariants/\`), so it
judges a live run, every branch of an exploration, and a log. \`watchAll(records)\` gives every breach; \`watchOf()\` follows
a run record by record, with a state that forks.

Numbers and sources are sections of the fact sheet; where the rule as written there cannot hold,
[decision 012](decisions/012-invariants-read-records.md) says what does. The last column names the specs in which each
clause fires, and in which the nearest right behaviour does not.

| id | says | source | what records show | fires in |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
