/** `fencelab compare sparse`: the ways to back a sparse range, each run and counted, side by side. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { PHASES, type SparseRequest } from '../../domain/scenario/sparse.ts';
import { BACKING_NAMES, BACKINGS, type Backing } from '../../domain/scenario/sparse-backings.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { PAGE_BYTES } from '../../domain/units.ts';
import { compareChart } from '../../streams/compare/chart.ts';
import { tooMuch } from '../../streams/compare/limits.ts';
import { type Tried, trySparse } from '../../streams/compare/sparse.ts';
import { alignedLines, compareLines, figureText, sightLines } from '../../streams/compare/table.ts';
import { parseBytes } from '../bytes.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { breathe } from '../io.ts';
import { Progress } from '../progress.ts';
import { checkTextTarget, writeText } from '../write-text.ts';

const WHERE = 'fencelab compare sparse';
interface Plan {
  readonly requests: readonly SparseRequest[];
  /** what is left out, and why */
  readonly left: readonly string[];
  readonly svg: string | undefined;
}

function parseTiles(given: string): { tiles: number; tileBytes: number } {
  const match = /^(\d{1,5})(?:x(.+))?$/.exec(given);
  if (match === null) {
    throw new FencelabError('FL201', `'${given}' is not COUNTxSIZE, such as 16x64K`, '--tiles');
  }
  return { tiles: Number(match[1]), tileBytes: parseBytes(match[2] ?? '64K', '--tiles') };
}

function parseBackings(given: string | undefined): readonly Backing[] {
  if (given === undefined) return BACKING_NAMES;
  return given.split(',').map((name) => {
    const backing = BACKING_NAMES.find((known) => known === name);
    if (backing !== undefined) return backing;
    const hint = didYouMean(name, BACKING_NAMES) ?? `There are ${BACKING_NAMES.join(', ')}.`;
    throw new FencelabError('FL201', `no backing '${name}'. ${hint}`, '--backing');
  });
}

function pagesOf(given: string): number {
  const bytes = parseBytes(given, '--pages');
  if (bytes % PAGE_BYTES === 0) return bytes;
  throw new FencelabError('FL201', `a page of ${bytes} bytes is not a multiple of 4K`, '--pages');
}

function planOf({ options }: CommandCall): Plan {
  const sizeBytes = parseBytes(textOption(options, 'size') ?? '100e6', '--size');
  const pageBytes = pagesOf(textOption(options, 'pages') ?? '4K');
  const tiling = parseTiles(textOption(options, 'tiles') ?? '16x64K');
  if (tiling.tileBytes % pageBytes !== 0) {
    throw new FencelabError('FL201', 'a tile is not a whole number of pages', '--tiles');
  }
  if (tiling.tiles * tiling.tileBytes > sizeBytes) {
    throw new FencelabError('FL201', 'the tiles are larger than the resource', '--tiles');
  }
  const named = textOption(options, 'backing');
  const all = parseBackings(named).map((backing) => ({ backing, sizeBytes, pageBytes, ...tiling }));
  const requests = all.filter((request) => tooMuch(request) === null);
  const left = all.flatMap((request) => tooMuch(request) ?? []);
  if (named !== undefined && left.length > 0) {
    throw new FencelabError('FL201', `${left.join('; ')}: too much for one run`, '--size');
  }
  return { requests, left, svg: textOption(options, 'svg') };
}

async function tryAll(plan: Plan, call: CommandCall): Promise<Tried[] | undefined> {
  const tried: Tried[] = [];
  for (const request of plan.requests) {
    const progress = new Progress(call.io, `${request.backing}: records`, call.quiet);
    try {
      const run = trySparse(request);
      for (let next = run.next(); ; next = run.next()) {
        if (next.done === true) {
          tried.push(next.value);
          break;
        }
        progress.at(next.value);
        await breathe();
        if (call.io.stopped() !== undefined) return undefined;
      }
    } finally {
      progress.end();
    }
  }
  return tried;
}

function titleOf({ requests }: Plan): string {
  const [first] = requests;
  if (first === undefined) return '';
  const { sizeBytes, pageBytes, tiles, tileBytes } = first;
  const size = `${sizeBytes.toLocaleString('en-US')} bytes in pages of ${figureText(pageBytes, 'bytes')}`;
  return `A sparse resource of ${size}, ${tiles} tiles of ${figureText(tileBytes, 'bytes')}`;
}

function printTable(call: CommandCall, plan: Plan, tried: readonly Tried[]): void {
  const { out } = call.io;
  const print = (rows: readonly (readonly string[])[]): void => {
    out(`${alignedLines(rows).join('\n')}\n`);
  };
  out(`${titleOf(plan)}\n\n`);
  print([...compareLines(tried, ({ total }) => total), ...sightLines(tried)]);
  if (call.options['phases'] === true) {
    for (const phase of PHASES) {
      out(`\n${phase}\n`);
      print(compareLines(tried, ({ phases }) => phases[phase]));
    }
  }
  out('\n');
  for (const { request } of tried) {
    const { about, profile } = BACKINGS[request.backing];
    out(`${request.backing}: ${about} (${profile})\n`);
  }
  for (const why of plan.left) out(`left out: ${why}\n`);
}

export const compareCommand: CommandSpec = {
  name: 'compare',
  summary: 'Compare the ways to back a sparse range.',
  about: [
    'Runs the life of one sparse resource under each backing: the whole range is made readable, some tiles get memory ' +
      'of their own, lose it again, and the resource goes. Every figure is counted from the facts of that run. ' +
      'docs/sparse.md tells the backings apart.',
    'A backing that would take more than 131,072 operations or fill more than 16,384 page tables is left out, and the ' +
      'end says so.',
  ],
  args: [{ name: '<what>', help: 'sparse' }],
  options: [
    { flags: '--size <bytes>', help: 'of the resource: 100e6 (default), 0x4000000, 64M, 1T' },
    {
      flags: '--pages <bytes>',
      help: 'what one page of the resource is: 4K (default) or a multiple',
    },
    {
      flags: '--tiles <spec>',
      help: 'tiles that get memory, COUNTxSIZE (default: 16x64K); 0 for none',
    },
    { flags: '--backing <list>', help: `of ${BACKING_NAMES.join(', ')} (default: all)` },
    { flags: '--phases', help: 'a table for each phase, too' },
    { flags: '--svg <file>', help: 'write a chart' },
  ],
  examples: [
    { line: 'compare sparse', does: "the 100e6 bytes of the patch series' cover letter" },
    {
      line: 'compare sparse --size 1G --backing null,repeat --phases',
      does: 'two of them in detail',
    },
    { line: 'compare sparse --size 1M --svg sparse.svg', does: 'a picture' },
  ],
  exits: [
    [EXIT.ok, 'compared'],
    [EXIT.found, 'a run did not come to its end'],
    [EXIT.usage, 'usage'],
    [EXIT.output, 'the chart could not be written'],
  ],
  run: async (call) => {
    const [what = ''] = call.args;
    if (what !== 'sparse') {
      throw new FencelabError(
        'FL201',
        `there is nothing to compare called '${what}', only sparse`,
        'fencelab compare',
      );
    }
    const plan = planOf(call);
    if (plan.requests.length === 0) throw new FencelabError('FL201', plan.left.join('; '), WHERE);
    if (plan.svg !== undefined) checkTextTarget(plan.svg, 'a chart', call.io);
    const tried = await tryAll(plan, call);
    if (tried === undefined) return EXIT.found;
    if (plan.svg !== undefined) {
      writeText(plan.svg, compareChart(tried, titleOf(plan)), call.io);
    }
    const ok = tried.every(({ end }) => end.verdict === 'ok');
    if (call.json) printJson(call.io, 'compare', { ok, what, tried, left: plan.left });
    else printTable(call, plan, tried);
    return ok ? EXIT.ok : EXIT.found;
  },
};
