import { writeFileSync } from 'node:fs';
import { it } from '@jest/globals';
import { stateGraph } from '../../streams/export/diagram.ts';
import { mermaidDiagram } from '../../streams/export/diagram-mermaid.ts';
import { svgDiagram } from '../../streams/export/diagram-svg.ts';
it('x', async () => {
  for (const n of ['gt', 'tlb', 'bind-engine', 'vm', 'client']) {
    try {
    const m = await import(`../../machines/${n}/${n}.machine.ts`) as Record<string, any>;
    const machine = Object.values(m).find((v) => v?.chart?.root !== undefined)?.chart ?? Object.values(m).find((v) => v?.root !== undefined);
    const g = stateGraph(machine);
    writeFileSync(`/tmp/t/${n}.mmd`, mermaidDiagram(g));
    writeFileSync(`/tmp/t/${n}.svg`, await svgDiagram(g));
    } catch (e) { process.stdout.write(n + ' ' + String((e as Error).message.slice(0,300)) + '\n'); }
  }
});
