/**
 * Where everything of a statechart goes: sizes from the text (a fixed-width font, so a width is a count), places from
 * elk's layered layout, which knows nested boxes and keeps room for edge labels. The same graph gives the same places.
 */
import elkModule, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { edgeLabel, guardText, type StateBox, type StateEdge, type StateGraph } from './diagram.ts';
import { FONT, SMALL } from './svg-text.ts';

const PAD = 10;
/** A longer label is broken into lines. */
const LABEL_CHARS = 24;
const DOT = 10;

/** A line of text inside a box: something that the state handles without leaving it. */
export interface PlacedBox {
  readonly box: StateBox;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly inside: readonly string[];
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface PlacedEdge {
  readonly points: readonly Point[];
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly lines: readonly string[];
  } | null;
  readonly initial: boolean;
  readonly always: boolean;
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly dots: readonly Point[];
  readonly edges: readonly PlacedEdge[];
}

/** The text of an internal transition list or an arrow, broken so that no line is long. */
export function labelLines(edge: StateEdge): string[] {
  const label = edgeLabel(edge);
  if (label.length <= LABEL_CHARS) return label === '' ? [] : [label];
  const lines = [edge.event ?? ''];
  const guard = guardText(edge);
  if (guard !== null) {
    if (`${lines[0] ?? ''} ${guard}`.length <= LABEL_CHARS)
      lines[0] = `${lines[0] ?? ''} ${guard}`.trim();
    else lines.push(guard);
  }
  edge.actions.forEach((action, i) => lines.push(`${i === 0 ? '/' : ' '} ${action}`));
  return lines.filter((line) => line !== '');
}

/** Internal transitions of each state, as lines of text. */
function insideLines(graph: StateGraph, path: string): string[] {
  return graph.edges
    .filter((edge) => edge.internal && edge.from === path)
    .flatMap((edge) => labelLines(edge).map((line, i) => (i === 0 ? line : `  ${line}`)));
}

const widest = (lines: readonly string[]): number =>
  Math.max(0, ...lines.map((line) => line.length));

function headSize(box: StateBox, inside: readonly string[]): { width: number; height: number } {
  const text = Math.max(box.key.length * FONT.width, widest(inside) * SMALL.width);
  const below = inside.length === 0 ? 0 : inside.length * SMALL.line + 8;
  return { width: Math.ceil(text + 2 * PAD), height: FONT.line + PAD + below + 4 };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** One arrow for all transitions between the same two states; their labels stand below each other. */
interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly lines: string[];
  readonly always: boolean;
}

function arrowsOf(graph: StateGraph): Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const edge of graph.edges) {
    if (edge.internal) continue;
    const always = edge.event === null;
    const key = `${edge.from} ${edge.to} ${always}`;
    const arrow = arrows.get(key) ?? {
      id: `e${arrows.size}`,
      from: edge.from,
      to: edge.to,
      lines: [],
      always,
    };
    arrow.lines.push(...labelLines(edge));
    arrows.set(key, arrow);
  }
  return [...arrows.values()];
}

const LAYOUT_OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelLabel': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
} as const;

const nodeId = (path: string): string => `s:${path}`;

class Planner {
  readonly #graph: StateGraph;
  readonly boxes = new Map<string, { box: StateBox; inside: string[] }>();
  readonly edges: ElkExtendedEdge[] = [];

  constructor(graph: StateGraph) {
    this.#graph = graph;
  }

  node(box: StateBox): ElkNode {
    const inside = insideLines(this.#graph, box.path);
    const head = headSize(box, inside);
    this.boxes.set(nodeId(box.path), { box, inside });
    if (box.children.length === 0) return { id: nodeId(box.path), ...head };
    const children = box.children.map((child) => this.node(child));
    if (box.initial !== null) {
      children.unshift({
        id: `dot:${box.path}`,
        width: DOT,
        height: DOT,
      });
      const id = `i:${box.path}`;
      this.edges.push({ id, sources: [`dot:${box.path}`], targets: [nodeId(box.initial)] });
    }
    const padding = `[top=${head.height + 6},left=14,bottom=14,right=14]`;
    return {
      id: nodeId(box.path),
      children,
      layoutOptions: {
        ...LAYOUT_OPTIONS,
        'elk.padding': padding,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${head.width},${head.height})`,
      },
    };
  }

  arrows(): void {
    for (const arrow of arrowsOf(this.#graph)) {
      const label = {
        id: `l:${arrow.id}`,
        text: arrow.lines.join('\n'),
        width: Math.ceil(widest(arrow.lines) * SMALL.width) + 4,
        height: arrow.lines.length * SMALL.line + 2,
      };
      this.edges.push({
        id: `${arrow.always ? 'a' : 'e'}:${arrow.id}`,
        sources: [nodeId(arrow.from)],
        targets: [nodeId(arrow.to)],
        labels: arrow.lines.length === 0 ? [] : [label],
      });
    }
  }
}

function placedEdge(edge: ElkExtendedEdge): PlacedEdge {
  const section = edge.sections?.[0];
  const points =
    section === undefined
      ? []
      : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  const label = edge.labels?.[0];
  return {
    points: points.map(({ x, y }) => ({ x: round(x), y: round(y) })),
    label:
      label === undefined
        ? null
        : { x: round(label.x ?? 0), y: round(label.y ?? 0), lines: (label.text ?? '').split('\n') },
    initial: edge.id.startsWith('i:'),
    always: edge.id.startsWith('a:'),
  };
}

/** Lays a statechart out. */
export async function layoutDiagram(graph: StateGraph): Promise<Layout> {
  const planner = new Planner(graph);
  const root: ElkNode = {
    id: 'root',
    children: [planner.node(graph.top)],
    layoutOptions: { ...LAYOUT_OPTIONS },
  };
  planner.arrows();
  const placed = await new elkModule.default().layout({ ...root, edges: planner.edges });
  const boxes: PlacedBox[] = [];
  const dots: Point[] = [];
  const collect = (node: ElkNode): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    const known = planner.boxes.get(node.id);
    if (known !== undefined) {
      boxes.push({
        ...known,
        x: round(x),
        y: round(y),
        width: round(width),
        height: round(height),
      });
    } else if (node.id.startsWith('dot:'))
      dots.push({ x: round(x + DOT / 2), y: round(y + DOT / 2) });
    node.children?.forEach(collect);
  };
  placed.children?.forEach(collect);
  const edges = (placed.edges ?? []).map(placedEdge);
  return { width: round(placed.width ?? 0), height: round(placed.height ?? 0), boxes, dots, edges };
}
