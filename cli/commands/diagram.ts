/** `fencelab diagram`: the statechart of a machine as mermaid, SVG or JSON. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { MACHINES } from '../../machines/index.ts';
import { stateGraph, type StateGraph } from '../../streams/export/diagram.ts';
import { mermaidDiagram } from '../../streams/export/diagram-mermaid.ts';
import { svgDiagram } from '../../streams/export/diagram-svg.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';

const FORMATS = ['mermaid', 'svg', 'json'] as const;
type Format = (typeof FORMATS)[number];

function formatOf({ options, json }: CommandCall): Format {
  const given = textOption(options, 'format') ?? (json ? 'json' : 'mermaid');
  const format = FORMATS.find((name) => name === given);
  if (format !== undefined) return format;
  const hint = didYouMean(given, FORMATS) ?? `There are ${FORMATS.join(', ')}.`;
  throw new FencelabError('FL201', `no format '${given}'. ${hint}`, 'fencelab diagram');
}

function graphsOf(name: string | undefined): StateGraph[] {
  const names = Object.keys(MACHINES);
  if (name === undefined) return Object.values(MACHINES).map(stateGraph);
  const machine = Object.hasOwn(MACHINES, name) ? MACHINES[name] : undefined;
  if (machine !== undefined) return [stateGraph(machine)];
  const hint = didYouMean(name, names) ?? `There are ${names.join(', ')}.`;
  throw new FencelabError('FL201', `no machine '${name}'. ${hint}`, 'fencelab diagram');
}

async function draw(graph: StateGraph, format: Format): Promise<string> {
  if (format === 'mermaid') return mermaidDiagram(graph);
  if (format === 'svg') return svgDiagram(graph);
  return `${JSON.stringify(graph, null, 2)}\n`;
}

export const diagramCommand: CommandSpec = {
  name: 'diagram',
  summary: 'Draw the statechart of a machine.',
  about: [
    'Read from the machine that runs, so the picture cannot be out of date. Dashed arrows and labels without an event ' +
      'are taken at once when their guard holds; what a state handles without leaving it is listed inside its box. ' +
      'Without a machine all are drawn, which only mermaid and json can do.',
  ],
  args: [{ name: '[machine]', help: `one of ${Object.keys(MACHINES).join(', ')}; default: all` }],
  options: [{ flags: '--format <name>', help: 'mermaid (default), svg or json' }],
  examples: [
    { line: 'diagram vm --format svg > vm.svg', does: 'a picture' },
    { line: 'diagram bindEngine', does: 'mermaid text for a README or an issue' },
    { line: 'diagram vm --format json', does: 'the graph for another tool' },
  ],
  exits: [
    [EXIT.ok, 'printed'],
    [EXIT.usage, 'unknown machine or format'],
  ],
  run: async (call) => {
    const format = formatOf(call);
    const graphs = graphsOf(call.args[0]);
    if (call.json) {
      const drawn =
        format === 'json' ? undefined : await Promise.all(graphs.map((g) => draw(g, format)));
      printJson(call.io, 'diagram', {
        ok: true,
        format,
        machines: graphs,
        ...(drawn && { drawn }),
      });
      return EXIT.ok;
    }
    if (format === 'svg' && graphs.length > 1) {
      const names = Object.keys(MACHINES).join(', ');
      throw new FencelabError(
        'FL201',
        `an SVG shows one machine; give one of ${names}`,
        'fencelab diagram',
      );
    }
    if (format === 'json' && call.args[0] === undefined) {
      call.io.out(`${JSON.stringify(graphs, null, 2)}\n`);
      return EXIT.ok;
    }
    for (const graph of graphs) call.io.out(await draw(graph, format));
    return EXIT.ok;
  },
};
