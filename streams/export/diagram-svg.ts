/**
 * Draws a laid-out statechart as SVG: nested rounded boxes, a dot with an arrow for the initial state, `always`
 * transitions dashed, what a state handles without leaving it listed inside its box. Readable on light and dark
 * pages; the same machine gives the same bytes.
 */
import type { StateGraph } from './diagram.ts';
import { layoutDiagram, type PlacedBox, type PlacedEdge, type Point } from './diagram-layout.ts';
import { FONT, SMALL, xmlText } from './svg-text.ts';

const STYLE = `
svg { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.page { fill: #ffffff; }
.box { fill: #1f6feb; fill-opacity: 0.05; stroke: #57606a; stroke-width: 1.2; }
.leaf { fill: #f6f8fa; fill-opacity: 1; stroke: #24292f; }
.final { stroke-width: 3; }
.key { fill: #1f2328; font-size: ${FONT.size}px; font-weight: 600; }
.in { fill: #57606a; font-size: ${SMALL.size}px; }
.rule { stroke: #8c959f; stroke-width: 0.8; }
.arrow { fill: none; stroke: #57606a; stroke-width: 1.2; }
.always { stroke-dasharray: 5 3; }
.head, .dot { fill: #57606a; }
.halo { fill: #f3f7fe; fill-opacity: 0.9; }
.label { fill: #0a3069; font-size: ${SMALL.size}px; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; }
  .box { fill: #58a6ff; fill-opacity: 0.07; stroke: #8b949e; }
  .leaf { fill: #161b22; fill-opacity: 1; stroke: #c9d1d9; }
  .key { fill: #f0f6fc; }
  .in { fill: #9ea7b3; }
  .arrow { stroke: #9ea7b3; }
  .head, .dot { fill: #9ea7b3; }
  .halo { fill: #121b27; }
  .label { fill: #a5d6ff; }
}
`;

function drawBox({ box, x, y, width, height, inside }: PlacedBox): string {
  const leaf = box.children.length === 0;
  const classes = ['box', ...(leaf ? ['leaf'] : []), ...(box.kind === 'final' ? ['final'] : [])];
  const title = box.description === null ? '' : `<title>${xmlText(box.description)}</title>`;
  const parts = [
    `<g>${title}<rect class="${classes.join(' ')}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
  ];
  if (inside.length > 0) {
    const ruleY = y + FONT.line + 11;
    parts.push(`<line class="rule" x1="${x}" y1="${ruleY}" x2="${x + width}" y2="${ruleY}"/>`);
    inside.forEach((line, i) => {
      const lineY = ruleY + (i + 1) * SMALL.line;
      parts.push(
        `<text class="in" x="${x + 10}" y="${lineY}" xml:space="preserve">${xmlText(line)}</text>`,
      );
    });
  }
  return `${parts.join('')}</g>`;
}

/** The name of a state, drawn over the arrows: one that enters a box from above may pass behind it. */
function drawKey({ box, x, y }: PlacedBox): string {
  const width = Math.ceil(box.key.length * FONT.width) + 4;
  const halo = `<rect class="halo" x="${x + 8}" y="${y + 6}" width="${width}" height="${FONT.line}" rx="3"/>`;
  const text = `<text class="key" x="${x + 10}" y="${y + FONT.line + 3}">${xmlText(box.key)}</text>`;
  return (box.children.length === 0 ? '' : halo) + text;
}

/** A path through the points with rounded corners. */
function pathData(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let data = `M${first.x},${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (next === undefined) {
      data += ` L${point.x},${point.y}`;
      return;
    }
    const before = rest[i - 1] ?? first;
    const enter = towards(point, before, 6);
    const leave = towards(point, next, 6);
    data += ` L${enter.x},${enter.y} Q${point.x},${point.y} ${leave.x},${leave.y}`;
  });
  return data;
}

/** The point `step` away from `from` in the direction of `to`, at most half of the way. */
function towards(from: Point, to: Point, step: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(step, length / 2) / length;
  const at = (a: number, b: number): number => Math.round((a + (b - a) * share) * 10) / 10;
  return { x: at(from.x, to.x), y: at(from.y, to.y) };
}

function drawEdge({ points, initial, always }: PlacedEdge): string {
  const classes = always && !initial ? 'arrow always' : 'arrow';
  return `<path class="${classes}" d="${pathData(points)}" marker-end="url(#head)"/>`;
}

function drawLabel({ label }: PlacedEdge): string {
  if (label === null || label.lines.length === 0) return '';
  const width = Math.max(...label.lines.map((line) => line.length)) * SMALL.width + 4;
  const height = label.lines.length * SMALL.line + 2;
  const halo = `<rect class="halo" x="${label.x}" y="${label.y}" width="${Math.ceil(width)}" height="${height}" rx="3"/>`;
  const text = label.lines.map((line, i) => {
    const y = Math.round((label.y + (i + 1) * SMALL.line - 2) * 10) / 10;
    return `<text class="label" x="${label.x + 2}" y="${y}" xml:space="preserve">${xmlText(line)}</text>`;
  });
  return halo + text.join('');
}

/** The machine as one SVG document. */
export async function svgDiagram(graph: StateGraph): Promise<string> {
  const layout = await layoutDiagram(graph);
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${xmlText(`Statechart of ${graph.machine}`)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0,0.5 L8,4 L0,7.5 z"/></marker></defs>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...layout.boxes.map(drawBox),
    ...layout.dots.map(({ x, y }) => `<circle class="dot" cx="${x}" cy="${y}" r="5"/>`),
    ...layout.edges.map(drawEdge),
    ...layout.boxes.map(drawKey),
    ...layout.edges.map(drawLabel).filter((text) => text !== ''),
    '</svg>',
    '',
  ].join('\n');
}
