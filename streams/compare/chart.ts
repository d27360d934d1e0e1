/**
 * The comparison as an SVG chart: a small chart for every figure, a bar for every backing. A bar's length is the
 * logarithm of its figure, as they lie orders of magnitude apart; the figure stands behind it.
 */
import { xmlText } from '../export/svg-text.ts';
import { figureText, ROWS, type Unit } from './table.ts';
import type { Tried } from './sparse.ts';

const BAR = { height: 16, gap: 5, label: 92, width: 190, value: 84 };
const CELL = { width: BAR.label + BAR.width + BAR.value, title: 24, below: 18 };
const COLUMNS = 2;
const HEAD = 58;
const MARGIN = 16;

const STYLE = `
svg { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.page { fill: #ffffff; }
.head { fill: #1f2328; font-size: 15px; font-weight: 600; }
.key { fill: #1f2328; font-size: 12px; font-weight: 600; }
.label, .value { fill: #57606a; font-size: 11px; }
.bar { fill: #1f6feb; }
.none { fill: #d0d7de; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; }
  .head, .key { fill: #f0f6fc; }
  .label, .value { fill: #9ea7b3; }
  .bar { fill: #58a6ff; }
  .none { fill: #30363d; }
}
`;

const text = (kind: string, x: number, y: number, words: string, anchor = 'start'): string =>
  `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${xmlText(words)}</text>`;

interface Bar {
  readonly name: string;
  readonly value: number;
}

/** From 0 to the full width; a figure of 1 is still seen. */
function lengthOf(value: number, most: number): number {
  if (value === 0) return 0;
  return Math.max(3, Math.round((BAR.width * Math.log10(value + 1)) / Math.log10(most + 1)));
}

function smallChart(title: string, unit: Unit, bars: readonly Bar[], x: number, y: number): string {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const drawn = bars.map(({ name, value }, i) => {
    const top = y + CELL.title + i * (BAR.height + BAR.gap);
    const middle = top + BAR.height - 4;
    const length = lengthOf(value, most);
    const kind = length === 0 ? 'none' : 'bar';
    const left = x + BAR.label;
    return [
      text('label', left - 8, middle, name, 'end'),
      `<rect class="${kind}" x="${left}" y="${top}" width="${Math.max(1, length)}" height="${BAR.height}" rx="2"/>`,
      text('value', left + length + 6, middle, figureText(value, unit)),
    ].join('');
  });
  return `<g>${text('key', x, y + 12, title)}${drawn.join('')}</g>`;
}

/** @param title what was compared, in one line */
export function compareChart(tried: readonly Tried[], title: string): string {
  const height = CELL.title + tried.length * (BAR.height + BAR.gap) + CELL.below;
  const cells = ROWS.map(([figure, label, unit], i) => {
    const bars = tried.map(({ request, total }) => ({
      name: request.backing,
      value: total[figure],
    }));
    const x = MARGIN + (i % COLUMNS) * (CELL.width + MARGIN);
    return smallChart(label, unit, bars, x, HEAD + Math.floor(i / COLUMNS) * height);
  });
  const width = MARGIN + COLUMNS * (CELL.width + MARGIN);
  const all = HEAD + Math.ceil(ROWS.length / COLUMNS) * height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${all}" viewBox="0 0 ${width} ${all}" role="img">`,
    `<title>${xmlText(title)}</title><style>${STYLE}</style>`,
    `<rect class="page" width="${width}" height="${all}"/>`,
    text('head', MARGIN, 26, title),
    text('label', MARGIN, 44, 'a bar is as long as the logarithm of its figure'),
    ...cells,
    '</svg>\n',
  ].join('\n');
}
