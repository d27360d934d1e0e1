/** `fencelab conform`: the model's split/merge answers against those of the kernel's own C code, a case a line. */
import { createReadStream } from 'node:fs';
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { checkLine } from '../../domain/va/conform.ts';
import { type CommandCall, type CommandSpec, printJson } from '../command-spec.ts';
import { beginsAsLog, looksLikeScenario } from '../file-kind.ts';
import { InputProblems } from '../input-problems.ts';
import { breathe } from '../io.ts';
import { Progress } from '../progress.ts';
import { readFailure, systemCode } from '../system-error.ts';

interface Mismatch {
  readonly where: string;
  readonly case: unknown;
  readonly step: number | string;
  readonly expected: unknown;
  readonly actual: unknown;
}

interface Tally {
  cases: number;
  mismatches: number;
  first: Mismatch | undefined;
}

/** Takes one line into account. @throws FencelabError FL501 when it is not a case */
function takeLine(line: string, where: string, tally: Tally): void {
  const verdict = checkLine(line);
  if ('malformed' in verdict) {
    throw new FencelabError('FL501', verdict.malformed, where);
  }
  tally.cases += 1;
  if (verdict.ok) return;
  tally.mismatches += 1;
  const { step, expected, actual } = verdict;
  tally.first ??= { where, case: JSON.parse(line) as unknown, step, expected, actual };
}

const NO_CASES = 'docs/conformance.md has the format of cases.';

/** @throws InputProblems for a log or a scenario, which other commands take */
function refuseOthers(file: string): void {
  const refuse = (what: string, hint: string): never => {
    throw new InputProblems([{ code: 'FL501', what, where: file, hint: `${hint} ${NO_CASES}` }]);
  };
  if (beginsAsLog(file) === true) {
    refuse(
      'this is a log, not a file of cases',
      '`fencelab replay LOG` repeats its run, `validate` checks the file; show, explain, shrink and whatif take it, too.',
    );
  }
  if (looksLikeScenario(file)) {
    refuse('this is a scenario, not a file of cases', '`fencelab run SCENARIO` runs it.');
  }
}

/** Longer than any case; what has no line end at all must not fill the memory. */
const MAX_LINE_CHARS = 16 << 20;

async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  let number = 1;
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    number += lines.length;
    yield* lines;
    if (rest.length > MAX_LINE_CHARS) {
      throw new FencelabError('FL501', 'a line of more than 16 MiB', `${file}:${number}`);
    }
  }
  yield rest;
}

async function takeFile(file: string, tally: Tally, call: CommandCall): Promise<void> {
  refuseOthers(file);
  const progress = new Progress(call.io, 'cases', call.quiet);
  try {
    let number = 0;
    for await (const line of linesOf(file)) {
      number += 1;
      if (line.trim() !== '') takeLine(line, `${file}:${number}`, tally);
      progress.at(tally.cases);
      if (number % 256 === 0) await breathe();
      if (call.io.stopped() !== undefined) return;
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new FencelabError('FL203', readFailure(error), file);
  } finally {
    progress.end();
  }
}

function mismatchText({ where, case: vectors, step, expected, actual }: Mismatch): string {
  const place =
    step === 'setup'
      ? 'setting the space up'
      : step === 'vas'
        ? 'the mappings at the end'
        : `step ${step}`;
  const { name, vm, steps } = vectors as { name: string; vm: unknown; steps: { do: string }[] };
  const request = typeof step === 'number' ? steps[step] : undefined;
  const lines = [
    `first mismatch: ${name} (${where}), ${place}`,
    `  space     ${JSON.stringify(vm)}`,
    ...steps
      .slice(0, typeof step === 'number' ? step : undefined)
      .map((done, i) => `  step ${String(i).padEnd(4)} ${JSON.stringify(done)}`),
    ...(request === undefined
      ? []
      : [`  request   ${JSON.stringify({ ...request, ops: undefined, error: undefined })}`]),
    `  expected  ${JSON.stringify(expected)}`,
    `  actual    ${JSON.stringify(actual)}`,
  ];
  return `${lines.join('\n')}\n`;
}

export const conformCommand: CommandSpec = {
  name: 'conform',
  summary: "Check the split/merge rules against recorded answers of the kernel's C code.",
  about: [
    'Each line of a file is one case: a space, requests, and the answers that drm_gpuva_mgr.c (2023) or drm_gpuvm.c ' +
      '(6.18) gave. docs/conformance.md has the format. Prints the count of cases and of mismatches, and the first ' +
      'mismatch in full.',
  ],
  args: [{ name: '<file...>', help: 'files of cases, one JSON object a line' }],
  options: [],
  examples: [
    { line: 'conform specs/data/gpuva.jsonl', does: 'the 1,200 cases that come with the project' },
    { line: 'conform mine.jsonl --json', does: 'your own, for a script' },
  ],
  exits: [
    [EXIT.ok, 'every case agrees'],
    [EXIT.found, 'at least one mismatch'],
    [EXIT.usage, 'usage, or a file that cannot be read'],
    [EXIT.invalid, 'a line is not a case'],
  ],
  run: async (call) => {
    const tally: Tally = { cases: 0, mismatches: 0, first: undefined };
    for (const file of call.args) await takeFile(file, tally, call);
    const { cases, mismatches, first } = tally;
    const ok = mismatches === 0;
    if (cases === 0 && call.io.stopped() === undefined) {
      throw new FencelabError('FL501', 'no case in the input', call.args.join(', '));
    }
    if (call.json) {
      printJson(call.io, 'conform', { ok, cases, mismatches, first: first ?? null });
    } else {
      call.io.out(`${cases} cases, ${mismatches} mismatches\n`);
      if (first !== undefined) call.io.out(mismatchText(first));
    }
    return ok ? EXIT.ok : EXIT.found;
  },
};
