/** `fencelab show`: the state at any record of a log, rebuilt by folding its facts. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { type Breach, watchOf } from '../../domain/invariants/watch.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { gpuvasText } from '../../streams/export/gpuvas.ts';
import { tell, tellEnd } from '../../streams/export/story.ts';
import { NO_STORY, type Story } from '../../streams/export/story-state.ts';
import { lockTables, memoryTables, queueTables } from '../../streams/export/view-shared.ts';
import { tableObjects, tableText, type ViewTable } from '../../streams/export/view-table.ts';
import {
  actorTables,
  fenceTables,
  pageTableTables,
  spaceTables,
  tlbTables,
} from '../../streams/export/view-tables.ts';
import { LOG_VERSION } from '../../streams/log/format.ts';
import type { LogEnd } from '../../streams/log/log-end.ts';
import { digestOf } from '../../streams/replay/digest.ts';
import { emptyViews, foldRecord, type Views } from '../../streams/replay/views.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { openLogFile, readRecords, tellLogEnd } from '../log-file.ts';
import { parseSeq } from '../options.ts';
import { StoryPrinter } from '../story-printer.ts';

const TABLES: Readonly<Record<string, (views: Views) => ViewTable[]>> = {
  vas: spaceTables,
  pt: pageTableTables,
  tlb: tlbTables,
  fences: fenceTables,
  memory: memoryTables,
  queues: queueTables,
  locks: lockTables,
  actors: actorTables,
};
const SUBJECTS = [...Object.keys(TABLES), 'story'];

function subjectOf(call: CommandCall): string {
  const what = textOption(call.options, 'what') ?? 'vas';
  if (SUBJECTS.includes(what)) return what;
  const hint = didYouMean(what, SUBJECTS) ?? `There are ${SUBJECTS.join(', ')}.`;
  throw new FencelabError('FL201', `nothing to show named '${what}'. ${hint}`, '--what');
}

interface Position {
  last: number;
  t: number;
}

/** Refuses a sequence number that the log does not reach. */
function checkReached(at: number | undefined, last: number, file: string): void {
  if (at === undefined || last >= at) return;
  const holds = last < 0 ? 'the log holds no record' : `the log holds records 0 to ${last}`;
  throw new FencelabError('FL307', `${holds}, not ${at}`, file);
}

/** Ends a reading: the place must have been reached, damage is told last, after what could be read. */
function finish(end: LogEnd | undefined, file: string, call: CommandCall): number {
  if (end !== undefined) tellLogEnd(end, file, call);
  return EXIT.ok;
}

async function showState(
  call: CommandCall,
  subject: string,
  at: number | undefined,
): Promise<number> {
  const file = call.args[0] ?? '';
  const log = await openLogFile(file);
  let views = emptyViews();
  const position: Position = { last: -1, t: 0 };
  const end = await readRecords(
    log,
    (record) => {
      views = foldRecord(views, record);
      position.last = record.seq;
      position.t = record.t;
      return record.seq !== at;
    },
    call,
  );
  if (end?.result === 'corrupt' && end.records === 0) tellLogEnd(end, file, call);
  checkReached(at ?? 0, position.last, file);
  const tables = TABLES[subject]?.(views) ?? [];
  if (call.json) {
    const rows = tables.map(tableObjects);
    printJson(call.io, 'show', {
      ok: true,
      log: file,
      at: position.last,
      t: position.t,
      stateHash: digestOf(views),
      what: subject,
      tables: rows,
    });
  } else {
    call.io.out(
      `after record ${position.last}, t = ${position.t} ns, state ${digestOf(views).slice(0, 12)}\n\n`,
    );
    call.io.out(`${tables.map(tableText).join('\n\n')}\n`);
    if (subject === 'vas') call.io.out(`\n${gpuvasText(views)}`);
  }
  return finish(end, file, call);
}

async function showStory(call: CommandCall, at: number | undefined): Promise<number> {
  const file = call.args[0] ?? '';
  const log = await openLogFile(file);
  const printer = new StoryPrinter(call.io);
  const lines: string[] = [];
  // the rules are about what today's machines do
  const watch = watchOf(log.header.v === LOG_VERSION ? INVARIANTS : []);
  let watched = watch.start;
  const breaches: Breach[] = [];
  let story: Story = NO_STORY;
  let last = -1;
  const end = await readRecords(
    log,
    (record) => {
      const told = tell(story, record);
      story = told.story;
      last = record.seq;
      const judged = watch.at(watched, record);
      ({ watched } = judged);
      breaches.push(...judged.breaches);
      if (call.json) lines.push(...told.lines.map(({ text }) => text));
      else printer.print(told.lines);
      return record.seq !== at && !call.io.outClosed();
    },
    call,
  );
  if (end?.result === 'corrupt' && end.records === 0) tellLogEnd(end, file, call);
  if (!call.io.outClosed()) checkReached(at, last, file);
  if (end?.result === 'sealed') {
    const { verdict, stateHash, events } = end.seal;
    if (verdict === 'ok' || verdict === 'failed') breaches.push(...watch.end(watched));
    const ending = tellEnd(story, { verdict, stateHash, events, reasons: [] }, breaches);
    if (call.json) lines.push(...ending.map(({ text }) => text));
    else printer.print(ending);
  }
  if (call.json)
    printJson(call.io, 'show', { ok: true, log: file, at: last, what: 'story', story: lines });
  return finish(end, file, call);
}

export const showCommand: CommandSpec = {
  name: 'show',
  summary: 'Show the state at any record of a log.',
  about: [
    'Folds the facts of the log up to the record; no machine runs. `vas` prints the address spaces, also as the ' +
      "kernel's debugfs file gpuvas would; `pt` the page tables as the hardware walks them; `tlb` what the GTs have " +
      'cached; `fences` fences and syncobjs; `memory` BOs and the memory of the process; `queues` queues; `locks` ' +
      'locks, reservation objects and who sleeps; `actors` the state of each actor; `story` the story so far.',
    '`state` is the hash of the state after that record, the same on any machine: that of the last record is in the seal. A ' +
      'log whose end is missing is shown as far as it goes, with a warning.',
  ],
  args: [{ name: '<log>', help: 'a log that `fencelab run --out` wrote' }],
  options: [
    { flags: '--at <seq>', help: 'the record after which to look (default: the last one)' },
    {
      flags: '--what <view>',
      help: 'vas (default), pt, tlb, fences, memory, queues, locks, actors or story',
    },
  ],
  examples: [
    { line: 'show run.log', does: 'the address spaces at the end' },
    { line: 'show run.log --at 120 --what pt', does: 'the page tables after record 120' },
    { line: 'show run.log --what story', does: 'the story that the run told' },
  ],
  exits: [
    [EXIT.ok, 'shown'],
    [EXIT.usage, 'usage, no such record, or a file that cannot be read'],
    [EXIT.damaged, 'not a log, or damaged before its end (what comes before the damage is shown)'],
    [EXIT.version, 'the log is of a newer format'],
  ],
  run: (call) => {
    const subject = subjectOf(call);
    const atText = textOption(call.options, 'at');
    const at = atText === undefined ? undefined : parseSeq(atText);
    return subject === 'story' ? showStory(call, at) : showState(call, subject, at);
  },
};
