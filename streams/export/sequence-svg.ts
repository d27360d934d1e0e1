/** A sequence diagram as SVG: lanes with their names, arrows with numbers, notes below. The same model gives the same bytes. */
import type { Sequence } from './sequence.ts';
import { FONT, SMALL, xmlText } from './svg-text.ts';

const ROW = 20;
const HEAD = 60;
const MARGIN = 16;
const LANE_PAD = 28;

const STYLE = `
svg { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.page { fill: #ffffff; }
.lane { stroke: #8c959f; stroke-dasharray: 3 3; }
.box { fill: #f6f8fa; stroke: #24292f; }
.key { fill: #1f2328; font-size: ${FONT.size}px; font-weight: 600; }
.arrow { stroke: #57606a; stroke-width: 1.2; fill: none; }
.head { fill: #57606a; }
.text { fill: #0a3069; font-size: ${SMALL.size}px; }
.note { fill: #57606a; font-size: ${SMALL.size}px; }
.dot { fill: #57606a; }
.fail { fill: #cf222e; font-weight: 600; font-size: ${SMALL.size}px; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; }
  .box { fill: #161b22; stroke: #c9d1d9; }
  .key { fill: #f0f6fc; }
  .arrow { stroke: #9ea7b3; }
  .head, .dot { fill: #9ea7b3; }
  .text { fill: #a5d6ff; }
  .note { fill: #9ea7b3; }
  .fail { fill: #ff7b72; }
}
`;

/** Text stands right of all lanes, so that no arrow crosses it. */
export function sequenceSvg({ title, lanes, items }: Sequence): string {
  const at = new Map<string, number>();
  let x = MARGIN + 40;
  for (const lane of lanes) {
    const width = Math.ceil(lane.length * FONT.width) + LANE_PAD;
    at.set(lane, x + width / 2);
    x += width;
  }
  const textX = x + 12;
  const longest = Math.max(title.length, ...items.map(({ text }) => text.length + 2));
  const width = Math.ceil(textX + longest * SMALL.width) + MARGIN;
  const height = HEAD + items.length * ROW + MARGIN;
  const place = (lane: string): number => at.get(lane) ?? MARGIN;
  const parts = lanes.map((lane) => {
    const middle = place(lane);
    const half = (lane.length * FONT.width) / 2 + 8;
    const box = `<rect class="box" x="${middle - half}" y="28" width="${2 * half}" height="22" rx="4"/>`;
    const name = `<text class="key" x="${middle}" y="43" text-anchor="middle">${xmlText(lane)}</text>`;
    const line = `<line class="lane" x1="${middle}" y1="50" x2="${middle}" y2="${height - MARGIN}"/>`;
    return `${line}${box}${name}`;
  });
  items.forEach((item, i) => {
    const y = HEAD + (i + 0.7) * ROW;
    if (item.kind === 'arrow') {
      const [a, b] = [place(item.from), place(item.to)];
      parts.push(`<text class="note" x="${MARGIN}" y="${y + 4}">${item.seq}</text>`);
      parts.push(a === b ? loop(a, y) : arrow(a, b, y));
    } else {
      const mark = item.tone === 'fail' ? 'fail' : 'dot';
      parts.push(`<circle class="${mark}" cx="${place(item.lane)}" cy="${y}" r="3"/>`);
    }
    const style = item.kind === 'arrow' ? 'text' : item.tone === 'fail' ? 'fail' : 'note';
    const indent = item.kind === 'arrow' ? 0 : 14;
    const text = xmlText(item.text);
    parts.push(`<text class="${style}" x="${textX + indent}" y="${y + 4}">${text}</text>`);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style><rect class="page" width="${width}" height="${height}"/>`,
    `<text class="key" x="${MARGIN}" y="18">${xmlText(title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function arrow(from: number, to: number, y: number): string {
  const back = from < to ? -7 : 7;
  const head = `<path class="head" d="M${to},${y} l${back},-4 v8 z"/>`;
  return `<line class="arrow" x1="${from}" y1="${y}" x2="${to + back / 2}" y2="${y}"/>${head}`;
}

function loop(x: number, y: number): string {
  const head = `<path class="head" d="M${x},${y + 4} l7,-4 v8 z"/>`;
  return `<path class="arrow" d="M${x},${y - 5} h18 v9 h-14"/>${head}`;
}
