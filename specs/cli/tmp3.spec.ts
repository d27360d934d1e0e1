import { writeFileSync } from 'node:fs';
import { it } from '@jest/globals';
import { stateGraph } from '../../streams/export/diagram.ts';
import { svgDiagram } from '../../streams/export/diagram-svg.ts';
import { everyFeature, randomChart } from '../streams/export/sample-charts.ts';
it('x', async () => {
    writeFileSync(`/tmp/t/every.svg`, await svgDiagram(stateGraph(everyFeature)));
    writeFileSync(`/tmp/t/r5.svg`, await svgDiagram(stateGraph(randomChart(5))));
});
