/**
 * A part of a run as a sequence diagram: actors are lanes, deliveries arrows with what the message means, and below each
 * the facts that matter. The model; sequence-text.ts, sequence-mermaid.ts and sequence-svg.ts draw it.
 */
import type { Fact, FactType } from '../../domain/facts/schema.ts';
import type { StepRecord } from '../world/record.ts';
import { factText } from './fact-text.ts';
import { messageText } from './message-text.ts';
import { tellFact } from './story-lines.ts';
import { foldStory, NO_STORY, type Story } from './story-state.ts';
import type { Tone } from './told.ts';

export interface Arrow {
  readonly kind: 'arrow';
  /** the record that took the message */
  readonly seq: number;
  /** the record that sent it */
  readonly cause: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface Note {
  readonly kind: 'note';
  readonly seq: number;
  readonly lane: string;
  readonly text: string;
  /** `fail`: what is wrong */
  readonly tone: Tone | 'fail';
}

export interface Sequence {
  readonly title: string;
  /** actors, whoever asks for something first: clients, then the driver, then hardware */
  readonly lanes: readonly string[];
  readonly items: readonly (Arrow | Note)[];
}

export interface SequenceOptions {
  readonly title: string;
  /** what is wrong, and the record that shows it; null: the end of the run does */
  readonly problem?: { readonly text: string; readonly seq: number | null };
  /** facts that are told although a story would not: those that the broken rule looks at */
  readonly matters?: ReadonlySet<FactType>;
}

/** More facts than this of one record are counted, not told. */
const MAX_NOTES = 8;

/** Who sent the message of a record; a timer is its own actor's, and so is what the beginning of the run sent. */
export function senderOf({ choice, actor }: StepRecord): string {
  const sender = /^([^!]*?)>/.exec(choice)?.[1];
  return sender === undefined || sender === 'world' ? actor : sender;
}

/** From left to right. Actors of a kind stand in the order in which they come. */
const RANKS: readonly RegExp[] = [
  /^(memory|ufences)$/,
  /\/(worker|rebinder|rebind|async)\b/,
  /\/(bind\d*|queue)$/,
  /^gt\d+$/,
  /^gt\d+\//,
];

function laneRank(lane: string, clients: ReadonlySet<string>, vms: ReadonlySet<string>): number {
  if (clients.has(lane)) return -2;
  if (vms.has(lane)) return -1;
  const rank = RANKS.findIndex((pattern) => pattern.test(lane));
  return rank < 0 ? 2.5 : rank;
}

/** A fact in words: as the story tells it, or else by its members if it matters. */
function notesOf(
  fact: Fact,
  record: StepRecord,
  story: Story,
  matters: ReadonlySet<FactType>,
): Note[] {
  const told = tellFact(fact, record, story);
  const { seq, actor: lane } = record;
  if (told.length === 0) {
    return matters.has(fact.type)
      ? [{ kind: 'note', seq, lane, text: factText(fact), tone: 'dim' }]
      : [];
  }
  return told.map(({ actor, text, tone = 'plain' }) => {
    const whose = actor === lane || actor === 'fence' ? '' : `${actor}: `;
    return { kind: 'note', seq, lane, text: `${whose}${text.trim()}`, tone };
  });
}

/**
 * The diagram of some records of a run.
 * @param records of the whole run, record 0 first: what came before decides how a fact is told
 * @param slice numbers of the records that are shown
 */
export function sequenceOf(
  records: readonly StepRecord[],
  slice: readonly number[],
  { title, problem, matters = new Set() }: SequenceOptions,
): Sequence {
  const isIn = new Set(slice);
  const items: (Arrow | Note)[] = [];
  const lanes = new Set<string>();
  let story = NO_STORY;
  for (const record of records) {
    const notes: Note[] = [];
    for (const fact of record.facts) {
      story = foldStory(story, fact);
      if (isIn.has(record.seq)) notes.push(...notesOf(fact, record, story, matters));
    }
    if (!isIn.has(record.seq) || record.seq === 0) continue;
    const fails = problem !== undefined && problem.seq === record.seq;
    const { seq, actor: to } = record;
    const text = messageText(record) ?? (notes.length > 0 || fails ? 'goes on' : null);
    if (text === null) continue;
    const from = senderOf(record);
    const answers = /!.*$/.exec(record.choice)?.[0];
    lanes.add(from).add(to);
    const decided = answers === undefined ? '' : `  [decided ${answers}]`;
    items.push({ kind: 'arrow', seq, cause: record.cause ?? 0, from, to, text: text + decided });
    items.push(...notes.slice(0, MAX_NOTES));
    if (notes.length > MAX_NOTES) {
      const more = `and ${notes.length - MAX_NOTES} more facts`;
      items.push({ kind: 'note', seq, lane: to, text: more, tone: 'dim' });
    }
    if (fails) items.push({ kind: 'note', seq, lane: to, text: problem.text, tone: 'fail' });
  }
  const last = [...lanes].at(-1);
  if (problem?.seq === null && last !== undefined) {
    const seq = records.length - 1;
    const text = `at the end: ${problem.text}`;
    items.push({ kind: 'note', seq, lane: last, text, tone: 'fail' });
  }
  return { title, lanes: inOrder(lanes, records), items };
}

function inOrder(lanes: ReadonlySet<string>, records: readonly StepRecord[]): string[] {
  const clients = new Set<string>();
  const vms = new Set<string>();
  for (const { type, actor } of records) {
    if (type.startsWith('client.')) clients.add(actor);
    else if (type.startsWith('vm.')) vms.add(actor);
  }
  const ranked = [...lanes].map((lane, place) => ({
    lane,
    rank: laneRank(lane, clients, vms),
    place,
  }));
  ranked.sort((a, b) => a.rank - b.rank || a.place - b.place);
  return ranked.map(({ lane }) => lane);
}
