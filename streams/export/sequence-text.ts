/**
 * A sequence diagram for a terminal: narrow lanes with arrows on the left, what they mean on the right. Each line is a value
 * with its tone, so that the command line can colour it.
 */
import type { Arrow, Note, Sequence } from './sequence.ts';

export interface SequenceLine {
  readonly text: string;
  readonly tone: Note['tone'];
}

const MIN_LANE = 5;

class Canvas {
  readonly #lanes: readonly string[];
  /** column of each lane's line */
  readonly #at: ReadonlyMap<string, number>;
  readonly #left: number;
  readonly #width: number;

  constructor(lanes: readonly string[], left: number) {
    this.#lanes = lanes;
    this.#left = left;
    const at = new Map<string, number>();
    let column = left;
    for (const lane of lanes) {
      const width = Math.max(MIN_LANE, lane.length) + 2;
      at.set(lane, column + (width >> 1));
      column += width;
    }
    this.#at = at;
    this.#width = column;
  }

  head(margin: string): string {
    const names = this.#lanes.map((lane) => {
      const width = Math.max(MIN_LANE, lane.length) + 2;
      return ` ${lane.padStart((width - 2 + lane.length + 1) >> 1).padEnd(width - 1)}`;
    });
    return `${margin.padEnd(this.#left)}${names.join('')}`.trimEnd();
  }

  /** The lanes' lines with something drawn over them. */
  row(margin: string, draw: (cells: string[]) => void, text: string): string {
    const cells = Array.from({ length: this.#width }, () => ' ');
    for (const column of this.#at.values()) cells[column] = '|';
    draw(cells);
    [...margin].forEach((char, i) => (cells[i] = char));
    return `${cells.join('')}  ${text}`.trimEnd();
  }

  at(lane: string): number {
    return this.#at.get(lane) ?? this.#left;
  }

  arrow({ from, to }: Arrow): (cells: string[]) => void {
    const [a, b] = [this.at(from), this.at(to)];
    return (cells) => {
      if (a === b) {
        cells[a] = '@';
        return;
      }
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      for (let i = low + 1; i < high; i++) cells[i] = '-';
      cells[a < b ? high - 1 : low + 1] = a < b ? '>' : '<';
    };
  }
}

/** The diagram as lines; the first one names the lanes. */
export function sequenceLines({ title, lanes, items }: Sequence): SequenceLine[] {
  const seqWidth = Math.max(5, ...items.map(({ seq }) => String(seq).length + 1));
  const left = 2 * seqWidth + 1;
  const canvas = new Canvas(lanes, left);
  const number = (value: number | string): string => String(value).padStart(seqWidth);
  const lines: SequenceLine[] = [
    { text: title, tone: 'bold' },
    { text: canvas.head(`${number('seq')}${number('sent')}`), tone: 'bold' },
  ];
  for (const item of items) {
    if (item.kind === 'arrow') {
      const margin = `${number(item.seq)}${number(item.cause)}`;
      const timer = item.from === item.to ? '(itself) ' : '';
      lines.push({
        text: canvas.row(margin, canvas.arrow(item), timer + item.text),
        tone: 'plain',
      });
      continue;
    }
    const mark = item.tone === 'fail' ? 'X' : '*';
    const text = canvas.row('', (cells) => (cells[canvas.at(item.lane)] = mark), `  ${item.text}`);
    lines.push({ text, tone: item.tone });
  }
  return lines;
}

export function sequenceText(sequence: Sequence): string {
  return `${sequenceLines(sequence)
    .map(({ text }) => text)
    .join('\n')}\n`;
}
