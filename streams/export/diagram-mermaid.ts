/**
 * A statechart as mermaid's stateDiagram-v2, for a README or an issue. Names become plain identifiers with the real
 * name as label; whatever mermaid would read as syntax is written as a character entity.
 */
import { edgeLabel, type StateBox, type StateEdge, type StateGraph } from './diagram.ts';

/** Text that mermaid takes literally. */
export function mermaidText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[#;:<>{}"`%&\\]/g, (char) => `#${char.codePointAt(0) ?? 63};`);
}

const idOf = (path: string): string => (path === '' ? 'top' : path.replace(/[^A-Za-z0-9]/g, '_'));

/** Distinct identifiers, even where two paths differ only in what an identifier cannot hold. */
function identifiers(top: StateBox): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  const visit = (box: StateBox): void => {
    let id = idOf(box.path);
    while (taken.has(id) || id === 'end' || id === 'state') id = `${id}_`;
    taken.add(id);
    ids.set(box.path, id);
    box.children.forEach(visit);
  };
  visit(top);
  return ids;
}

/** The machine as mermaid text. @param marked paths of states that are to stand out */
export function mermaidDiagram(graph: StateGraph, marked: readonly string[] = []): string {
  const ids = identifiers(graph.top);
  const id = (path: string): string => ids.get(path) ?? idOf(path);
  const lines: string[] = [];
  const inside = (path: string): StateEdge[] =>
    graph.edges.filter((edge) => edge.from === path && edge.internal);

  const draw = (box: StateBox, indent: string): void => {
    const label = mermaidText(box.key);
    if (box.children.length === 0) {
      lines.push(`${indent}state "${label}" as ${id(box.path)}`);
    } else {
      lines.push(`${indent}state "${label}" as ${id(box.path)} {`);
      if (box.initial !== null) lines.push(`${indent}  [*] --> ${id(box.initial)}`);
      for (const child of box.children) draw(child, `${indent}  `);
      lines.push(`${indent}}`);
    }
    for (const edge of inside(box.path)) {
      const text = mermaidText(edgeLabel(edge));
      if (box.children.length === 0) lines.push(`${indent}${id(box.path)} : ${text}`);
      else lines.push(`${indent}${id(box.path)} --> ${id(box.path)} : ${text}`);
    }
    if (box.kind === 'final') lines.push(`${indent}${id(box.path)} --> [*]`);
  };
  draw(graph.top, '  ');
  for (const edge of graph.edges) {
    if (edge.internal) continue;
    const text = mermaidText(edgeLabel(edge));
    lines.push(`  ${id(edge.from)} --> ${id(edge.to)}${text === '' ? '' : ` : ${text}`}`);
  }
  if (marked.length > 0) {
    lines.push('  classDef marked stroke-width:4px', `  class ${marked.map(id).join(',')} marked`);
  }
  return `---\ntitle: ${mermaidText(graph.machine)}\n---\nstateDiagram-v2\n${lines.join('\n')}\n`;
}
