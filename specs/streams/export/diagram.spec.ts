/** The pictures of statecharts: everything is in them, nothing collides, the bytes are stable. */
import { describe, expect, it } from '@jest/globals';
import { allBoxes, edgeLabel, stateGraph } from '../../../streams/export/diagram.ts';
import { layoutDiagram } from '../../../streams/export/diagram-layout.ts';
import { mermaidDiagram } from '../../../streams/export/diagram-mermaid.ts';
import { svgDiagram } from '../../../streams/export/diagram-svg.ts';
import { everyFeature, randomChart } from './sample-charts.ts';

const graph = stateGraph(everyFeature);

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const overlap = (a: Rect, b: Rect): boolean =>
  a.x + a.width > b.x && b.x + b.width > a.x && a.y + a.height > b.y && b.y + b.height > a.y;

describe('the graph of a machine', () => {
  it('has every state, nested, with its initial child', () => {
    const boxes = allBoxes(graph.top).map(({ path, initial, kind }) => [path, initial, kind]);
    expect(boxes).toEqual([
      ['', 'open', 'compound'],
      ['open', 'open.idle', 'compound'],
      ['open.idle', null, 'atomic'],
      ['open.busy', null, 'atomic'],
      ['failed', null, 'atomic'],
      ['closed', null, 'final'],
    ]);
  });

  it('has every transition with its guard and actions', () => {
    expect(graph.edges.map((e) => `${e.from} -> ${e.to}: ${edgeLabel(e)}`)).toEqual([
      ' -> closed: stop / note',
      ' -> : ping / answer, count',
      'open -> failed: fail',
      'open.idle -> open.busy: go [may] / begin',
      'open.idle -> failed: go [else]',
      'open.busy -> open.busy: again',
      'open.busy -> open.busy: tick / work',
      'open.busy -> open.idle: [nothingLeft]',
      'failed -> open.busy: retry',
    ]);
    expect(graph.edges.filter((e) => e.internal).map((e) => e.event)).toEqual(['ping', 'tick']);
    expect(graph.edges.filter((e) => e.event === null)).toHaveLength(1);
  });
});

describe('mermaid', () => {
  it('is stateDiagram-v2 with nested states and escaped text', () => {
    expect(mermaidDiagram(graph)).toBe(`---
title: every #60;feature#62;
---
stateDiagram-v2
  state "every #60;feature#62;" as top {
    [*] --> open
    state "open" as open {
      [*] --> open_idle
      state "idle" as open_idle
      state "busy" as open_busy
      open_busy : tick / work
    }
    state "failed" as failed
    state "closed" as closed
    closed --> [*]
  }
  top --> top : ping / answer, count
  top --> closed : stop / note
  open --> failed : fail
  open_idle --> open_busy : go [may] / begin
  open_idle --> failed : go [else]
  open_busy --> open_busy : again
  open_busy --> open_idle : [nothingLeft]
  failed --> open_busy : retry
`);
  });
});

describe('SVG', () => {
  it('holds every name and label, escaped, and the same bytes each time', async () => {
    const svg = await svgDiagram(graph);
    expect(await svgDiagram(stateGraph(everyFeature))).toBe(svg);
    for (const text of ['idle', 'busy', 'failed', 'closed', 'go [may]', 'again', 'tick / work']) {
      expect(svg).toContain(`>${text}`);
    }
    expect(svg).toContain('every &#60;feature&#62;');
    expect(svg).toContain('normal &#38; &#34;quoted&#34;');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('keeps labels apart and inside the page, for 80 random charts', async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const layout = await layoutDiagram(stateGraph(randomChart(seed)));
      const labels = layout.edges.flatMap(({ label }) => {
        if (label === null) return [];
        const width = Math.max(...label.lines.map((line) => line.length)) * 6.33;
        return [{ x: label.x, y: label.y, width, height: label.lines.length * 14 }];
      });
      const page = { x: 0, y: 0, width: layout.width, height: layout.height };
      labels.forEach((label, i) => {
        expect(label.x).toBeGreaterThanOrEqual(0);
        expect(label.x + label.width).toBeLessThanOrEqual(page.width);
        expect(label.y + label.height).toBeLessThanOrEqual(page.height);
        for (const other of labels.slice(i + 1)) {
          expect({ seed, overlap: overlap(label, other) }).toEqual({ seed, overlap: false });
        }
      });
      expect(layout.edges.every(({ points }) => points.length >= 2)).toBe(true);
    }
  });
});
