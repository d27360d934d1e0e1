/** `fencelab quirks`: the catalogue of known bugs. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { findQuirk, QUIRKS, type QuirkRow } from '../../domain/quirks/quirks.ts';
import { columns } from '../../streams/export/words.ts';
import { type CommandCall, type CommandSpec, printJson } from '../command-spec.ts';

const rows: readonly QuirkRow[] = QUIRKS;

/** Looks for what the row says, and for nothing else that the bug breaks on the way. */
function exploreLine({ id, scenario, breaks, needsFault }: QuirkRow): string {
  const judged = ['expect', 'stuck'].includes(breaks) ? 'none' : breaks;
  const faults = needsFault === true ? ' --decisions fault,hardware' : '';
  return `fencelab explore scenarios/quirks/${scenario}.yaml --quirk ${id} --invariant ${judged}${faults}`;
}

function tellOne(row: QuirkRow): string {
  const { id, title, where, profile, right, breaks, needsFault } = row;
  const lines = [
    `${id}: ${title}`,
    `  where    ${where} (${profile})`,
    `  right    ${right}`,
    `  breaks   ${breaks}${needsFault === true ? ', when something fails besides' : ''}`,
    `  find it  ${exploreLine(row)}`,
    `  page     docs/bugs/${id}.md: the shortest schedule that shows it, and where it goes wrong`,
  ];
  return `${lines.join('\n')}\n`;
}

function tellAll(): string {
  const lines = rows.map(({ id, profile, breaks, title }) => [id, profile, breaks, title]);
  return `${columns([['id', 'driver', 'breaks', 'what goes wrong'], ...lines]).join('\n')}\n`;
}

function chosen({ args }: CommandCall): QuirkRow | undefined {
  const [typed] = args;
  if (typed === undefined) return undefined;
  const found = findQuirk(typed);
  if ('id' in found) return found;
  throw new FencelabError(
    'FL206',
    `there is no quirk '${typed}'. ${found.hint}`,
    'fencelab quirks',
  );
}

export const quirksCommand: CommandSpec = {
  name: 'quirks',
  summary: 'List the known kernel bugs that a run can have.',
  about: [
    'Each is off unless a scenario names it (`device: { quirks: [S06] }`) or `run --quirk` does. With all of them off no ' +
      'schedule breaks an invariant; with one on, a schedule of its scenario breaks the one that is listed.',
  ],
  args: [{ name: '[id]', help: 'one of them in full; default: all' }],
  options: [],
  examples: [
    { line: 'quirks', does: 'all of them' },
    { line: 'quirks S06', does: 'one in full, and how to see it' },
  ],
  exits: [
    [EXIT.ok, 'printed'],
    [EXIT.usage, 'there is no such quirk'],
  ],
  run: (call) => {
    const one = chosen(call);
    const listed = one === undefined ? rows : [one];
    if (call.json) {
      const quirks = listed.map((row) => ({
        needsFault: false,
        ...row,
        explore: exploreLine(row),
      }));
      printJson(call.io, 'quirks', { ok: true, quirks });
    } else call.io.out(one === undefined ? tellAll() : tellOne(one));
    return EXIT.ok;
  },
};
