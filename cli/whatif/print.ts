/** What `fencelab whatif` found, as it is printed. */
import { EXIT } from '../../domain/errors.ts';
import type { Fork, Possible, RunSide, WhatIf } from '../../streams/explore/whatif.ts';
import {
  differenceLines,
  type DifferenceShown,
  type SideShown,
  sidesTable,
} from '../../streams/export/difference-text.ts';
import { messageText } from '../../streams/export/message-text.ts';
import { deliveryText } from '../../streams/export/odds-text.ts';
import { verdictOf } from '../../streams/export/story.ts';
import { columns } from '../../streams/export/words.ts';
import { type CommandCall, printJson } from '../command-spec.ts';
import { StoryPrinter } from '../story-printer.ts';

/** More differences than this are counted; --json has all. */
const MAX_SHOWN = 40;

/** What a step decides, as it is to be written behind `!`. */
export const decisionsText = ({ decisions }: Possible): string =>
  decisions
    .map(({ name, options }, i) => `!${i + 1}${options > 2 ? `:1..${options - 1}` : ''} ${name}`)
    .join(', ');

function possibleLines(possible: readonly Possible[]): string[] {
  return columns(
    possible.map((each) => {
      const decides = decisionsText(each);
      const what = messageText(each.record) ?? 'goes on';
      return ['', each.choice, `${what}${decides === '' ? '' : `   (decides ${decides})`}`];
    }),
  );
}

export function printPossible(call: CommandCall, at: number, fork: Fork, taken: string): number {
  const possible = fork.possible();
  if (call.json) {
    const list = possible.map(({ choice, record, decisions }) => ({
      choice,
      type: record.type,
      says: deliveryText(record),
      decisions,
    }));
    printJson(call.io, 'whatif', { ok: true, log: call.args[0], at, taken, possible: list });
    return EXIT.ok;
  }
  call.io.out(`possible at record ${at}, where the log has ${taken}:\n`);
  call.io.out(`${possibleLines(possible).join('\n')}\n`);
  return EXIT.ok;
}

function sideShown({ end, records, breaches }: RunSide): SideShown {
  const [breach] = breaches;
  const verdict = verdictOf(end.verdict, breaches);
  const { reasons } = end;
  const broken =
    breach === undefined
      ? null
      : `${breach.id}${breach.seq === null ? ' at the end' : ` at ${breach.seq}`}: ${breach.what}`;
  return { verdict, records: records.length, wrong: broken ?? reasons[0] ?? null };
}

function shownDifferences({ sides, differences }: WhatIf, at: number): DifferenceShown[] {
  const record = (side: 0 | 1, step: number | null): RunSide['records'][number] | null =>
    step === null ? null : (sides[side].records[at + step] ?? null);
  return differences.all.map(({ steps: [a, b], facts, causes }) => ({
    log: record(0, a),
    changed: record(1, b),
    facts,
    get causes() {
      return causes().map(({ step, differs }) => ({ seq: at + step, differs }));
    },
  }));
}

export function printText(call: CommandCall, at: number, what: WhatIf): void {
  const { sides, differences } = what;
  const printer = new StoryPrinter(call.io);
  const { out } = call.io;
  const deliveryOf = (side: 0 | 1): string => {
    const record = sides[side].records[at];
    return record === undefined ? 'nothing' : `${record.choice}   ${deliveryText(record)}`;
  };
  out(`record ${at}\n  log      ${deliveryOf(0)}\n  changed  ${deliveryOf(1)}\n\n`);
  out(`${sidesTable(sideShown(sides[0]), sideShown(sides[1])).join('\n')}\n\n`);
  const { all, same, moved } = differences;
  const unasked = sides[1].unasked;
  if (unasked > 0) out(`answers of the log that fit no step any more: ${unasked}\n`);
  out(`${same} steps are the same on both sides, ${moved} of them at another place\n`);
  if (all.length === 0) {
    const [a, b] = [sideShown(sides[0]).wrong, sideShown(sides[1]).wrong];
    out(a === b ? 'no difference\n' : 'no step differs: the order itself is what matters\n');
    return;
  }
  out(`${all.length} differ: - log only, + changed only, ~ led to something else\n`);
  for (const shown of shownDifferences(what, at).slice(0, MAX_SHOWN)) {
    printer.print(differenceLines(shown));
  }
  if (all.length > MAX_SHOWN) out(`... and ${all.length - MAX_SHOWN} more; --json has all\n`);
}

export function printObject(call: CommandCall, at: number, what: WhatIf): void {
  const { sides, differences } = what;
  const side = (run: RunSide): unknown => ({
    verdict: verdictOf(run.end.verdict, run.breaches),
    records: run.records.length,
    reasons: run.end.reasons,
    breaches: run.breaches,
    choices: run.choices,
    unasked: run.unasked,
  });
  const list = shownDifferences(what, at).map(({ log, changed, facts, causes }) => ({
    log: log?.seq ?? null,
    changed: changed?.seq ?? null,
    says: deliveryText((changed ?? log) as RunSide['records'][number]),
    facts: { log: facts[0], changed: facts[1] },
    causes,
  }));
  printJson(call.io, 'whatif', {
    ok: true,
    log: call.args[0],
    at,
    sides: { log: side(sides[0]), changed: side(sides[1]) },
    same: differences.same,
    moved: differences.moved,
    differences: list,
  });
}
