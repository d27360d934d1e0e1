/**
 * The story of a run: what an engineer would paste into a mail. A pure reducer from records to lines; it knows facts
 * and nothing of machines, so a log tells the same story as the run that wrote it. Left out of the telling: queues,
 * wake-ups and whatever else only the simulator needs.
 */
import type { Breach } from '../../domain/invariants/watch.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { StepRecord } from '../world/record.ts';
import { requestOf } from './request-text.ts';
import { tellFact } from './story-lines.ts';
import { foldStory, type Row, type Story, withoutSignaled } from './story-state.ts';
import type { StoryLine } from './told.ts';
import { backing, columns, span, timeText } from './words.ts';

export interface Told {
  readonly story: Story;
  readonly lines: readonly StoryLine[];
}

/** More rows than this of one address space are not a story any more. */
const MAX_ROWS = 40;

/** The address space as a table, one mapping a line. */
export function spaceTable(rows: Iterable<Row>, size: number): string[] {
  const cells: string[][] = [];
  for (const row of rows) {
    if (cells.length === MAX_ROWS) break;
    const [start = '', end = ''] = span(row.addr, row.range).split('-');
    cells.push([start, end, backing(row)]);
  }
  const table = columns([['start', 'end', 'backing'], ...cells]);
  return size > MAX_ROWS ? [...table, `... ${size - MAX_ROWS} more mappings`] : table;
}

/** What one VM looks like now, indented under the line that changed it. */
function spaceLines(story: Story, vm: string): StoryLine[] {
  const space = story.spaces[vm] ?? OrderedMap.empty<Row>();
  const indent = ' '.repeat(12);
  const lines =
    space.size === 0
      ? [`${vm}: nothing mapped`]
      : spaceTable(space.values(), space.size).map(
          (row, i) => `${i === 0 ? vm : ' '.repeat(vm.length)}  ${row}`,
        );
  return lines.map((text) => ({ text: `${indent}${text}`, tone: 'dim' }));
}

const senderOf = (record: StepRecord): string => /^(.*)>/.exec(record.choice)?.[1] ?? record.actor;

/** Tells one record; records are told in order. */
export function tell(story: Story, record: StepRecord): Told {
  const lines: StoryLine[] = [];
  const stamp = `[${timeText(record.t)}] `;
  const say = (actor: string, text: string, tone: StoryLine['tone'] = 'plain'): void => {
    lines.push({ text: `${stamp}${actor.padEnd(10)} ${text}`, tone });
  };
  const request = requestOf(record);
  if (request !== undefined) say(senderOf(record), request, 'bold');
  let now = story;
  const changed = new Set<string>();
  for (const fact of record.facts) {
    now = foldStory(now, fact);
    if (fact.type === 'va.mapped' || fact.type === 'va.unmapped') changed.add(fact.vm);
    for (const told of tellFact(fact, record, now)) say(told.actor, told.text, told.tone);
  }
  for (const vm of changed) lines.push(...spaceLines(now, vm));
  return { story: withoutSignaled(now, record.facts), lines };
}

/** How a run ended, as its log's seal or the world says. */
export interface Ending {
  readonly verdict: string;
  readonly events: number;
  readonly stateHash: string;
  readonly reasons: readonly string[];
}

/** What is said of a run as a whole: one that came to a good end by itself may have broken an invariant on its way. */
export const verdictOf = (ending: string, breaches: readonly Breach[]): string =>
  ending === 'ok' && breaches.length > 0 ? 'violated' : ending;

/** `broken: I9 at record 53: ...`; a rule about the whole run is broken at its end. */
const breachText = ({ id, seq, what }: Breach): string =>
  `broken: ${id} at ${seq === null ? 'the end' : `record ${seq}`}: ${what}`;

function brokenText(breaches: readonly Breach[]): string {
  const count = new Set(breaches.map(({ id }) => id)).size;
  return count === 0 ? '' : `${count} invariant${count === 1 ? '' : 's'} broken, `;
}

/** The last lines of a story. */
export function tellEnd(
  story: Story,
  { verdict: ending, events, stateHash, reasons }: Ending,
  breaches: readonly Breach[],
): StoryLine[] {
  const verdict = verdictOf(ending, breaches);
  const held = `${story.passed} of ${story.passed + story.failed} expectations held`;
  const rest = `${brokenText(breaches)}state ${stateHash.slice(0, 12)}`;
  return [
    ...reasons.map((text): StoryLine => ({ text: `  ${text}`, tone: 'bad' })),
    {
      text: `verdict: ${verdict}  (${events} events, ${held}, ${rest})`,
      tone: verdict === 'ok' ? 'good' : 'bad',
    },
    ...breaches.map((breach): StoryLine => ({ text: breachText(breach), tone: 'bad' })),
  ];
}
