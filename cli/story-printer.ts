/** Prints the lines of a story, coloured where colour is wanted. */
import type { StoryLine, Tone } from '../streams/export/told.ts';
import { type Paint, paintFor } from './colour.ts';
import type { Io } from './io.ts';

const STYLES: Readonly<Record<Tone, Parameters<Paint>[0] | undefined>> = {
  plain: undefined,
  bold: 'bold',
  dim: 'dim',
  good: 'green',
  bad: 'red',
};

export class StoryPrinter {
  readonly #io: Io;
  readonly #paint: Paint;

  constructor(io: Io) {
    this.#io = io;
    this.#paint = paintFor(io.env, io.outIsTty);
  }

  print(lines: readonly StoryLine[]): void {
    for (const { text, tone } of lines) {
      const style = STYLES[tone];
      this.#io.out(`${style === undefined ? text : this.#paint(style, text)}\n`);
    }
  }
}
