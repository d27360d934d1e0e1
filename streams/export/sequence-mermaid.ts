/** A sequence diagram as mermaid's sequenceDiagram, for a README, an issue or a documentation page. */
import { mermaidText } from './diagram-mermaid.ts';
import type { Sequence } from './sequence.ts';

/** What a rectangle behind the failing step looks like; readable on light and dark pages. */
const FAILING = 'rect rgba(220, 60, 60, 0.25)';

/** The diagram as mermaid text. Participants get plain identifiers: any name can be a label, few can be an identifier. */
export function sequenceMermaid({ title, lanes, items }: Sequence): string {
  const ids = new Map(lanes.map((lane, i) => [lane, `p${i}`]));
  const id = (lane: string): string => ids.get(lane) ?? 'p0';
  const lines = lanes.map((lane) => `participant ${id(lane)} as ${mermaidText(lane)}`);
  items.forEach((item, i) => {
    if (item.kind === 'arrow') {
      lines.push(`${id(item.from)}->>${id(item.to)}: ${item.seq} ${mermaidText(item.text)}`);
      return;
    }
    // notes of one step share a box, but for what is wrong
    const before = items[i - 1];
    const isMore =
      before?.kind === 'note' &&
      before.seq === item.seq &&
      before.lane === item.lane &&
      before.tone !== 'fail' &&
      item.tone !== 'fail';
    if (isMore) lines[lines.length - 1] += `<br/>${mermaidText(item.text)}`;
    else if (item.tone === 'fail') {
      lines.push(FAILING, `Note over ${id(item.lane)}: ${mermaidText(item.text)}`, 'end');
    } else lines.push(`Note over ${id(item.lane)}: ${mermaidText(item.text)}`);
  });
  const body = lines.map((line) => `  ${line}`).join('\n');
  return `---\ntitle: ${mermaidText(title)}\n---\nsequenceDiagram\n${body}\n`;
}
