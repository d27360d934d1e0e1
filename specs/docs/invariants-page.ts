/** docs/invariants.md, from the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { LISTENS } from '../../domain/invariants/listens/listens.ts';
import { PARTS } from '../../domain/invariants/listens/parts.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const SPECS = 'specs/domain/invariants';

/** The specs that have a case in which it fires. */
export function specsOf(id: string): string[] {
  return readdirSync(join(ROOT, SPECS)).filter((file) =>
    readFileSync(join(ROOT, SPECS, file), 'utf8').includes(`\n  ${id}: {`),
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Each part, and by what its objects are told apart. */
const partsText = (): string =>
  Object.entries(PARTS)
    .map(([part, key]) => `\`${part}\`: ${key}`)
    .join('; ');

function listening(): string[] {
  return INVARIANTS.map(({ id }) => {
    const { on, knows } = LISTENS[id] ?? { on: {}, knows: [] };
    const code = (names: readonly string[]): string =>
      names.length === 0 ? '-' : names.map((name) => `\`${name}\``).join(', ');
    return `| ${id} | ${code(Object.keys(on))} | ${code(knows)} |`;
  });
}

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

## What each listens to

Reordering steps of a run is of no matter to an invariant if none of them writes what another one touches of its state
([029](decisions/029-what-an-invariant-listens-to.md)). It hears the facts of these types, and reads these parts of what is known of the run, some
only when it is over. ${partsText()}.

| id | hears | knows |
| --- | --- | --- |
${listening().join('\n')}
`;
}
