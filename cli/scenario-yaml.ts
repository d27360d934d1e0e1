/**
 * A scenario as YAML that reads like one written by hand: what the schema fills in by itself is left out, and whatever
 * fits a line is on one.
 */
import { Document, isCollection, isPair, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { canonicalScenario } from '../domain/scenario/canonical.ts';
import type { Path } from '../domain/scenario/problem.ts';
import { type Scenario, scenarioSchema } from '../domain/scenario/schema.ts';
import { membersOf } from '../streams/explore/shrink-scenario/parts.ts';
import { at } from '../streams/explore/shrink-scenario/subject.ts';

const WIDTH = 100;
/** The order of keys, as people write them; any others follow. */
const ORDER = (
  'fencelab name about device latency vms bos userptrs syncobjs queues clients ' +
  'bind exec wait create close map unmap vm queue async kind gt syncobj point addr range ptr bo null offset size value ops batch in out expect'
).split(' ');
const placeOf = (key: string): number => {
  const place = ORDER.indexOf(key);
  return place < 0 ? ORDER.length : place;
};

type Tree = Readonly<Record<string, unknown>>;

/** As little of a scenario around a place as its schema needs, so that it is read quickly: one step, or all but the steps. */
function around(tree: Tree, [section, client, step]: Path): unknown {
  const steps = tree['clients'] as Readonly<Record<string, readonly unknown[]>>;
  if (section === 'clients') {
    const { fencelab, name, vms } = tree;
    const one = steps[String(client)]?.[Number(step)];
    return { fencelab, name, vms, clients: { [String(client)]: [one] } };
  }
  const [first = ['', []]] = Object.entries(steps);
  return { ...tree, clients: { [first[0]]: first[1].slice(0, 1) } };
}

/** What a tree is read as; null when it is none. */
function meaningOf(tree: unknown): string | null {
  const read = scenarioSchema.safeParse(tree);
  return read.success ? canonicalScenario(read.data) : null;
}

/** The scenario without what goes without saying, as a tree of its own. */
export function plainScenario(scenario: Scenario): Record<string, unknown> {
  const tree = JSON.parse(canonicalScenario(scenario)) as Record<string, unknown>;
  const latency = Object.keys(scenario.latency).map((name): Path => ['latency', name]);
  /** what each part means, before anything of it is left out */
  const meanings = new Map<string, string | null>();
  /** whether a member may go, by what is around it: many steps are alike */
  const known = new Map<string, boolean>();
  for (const path of [...membersOf(scenario), ['latency'], ...latency]) {
    const record = at(tree, path.slice(0, -1)) as Record<string, unknown> | undefined;
    const name = String(path[path.length - 1]);
    const isClient = path[0] === 'clients' && path.length < 3;
    if (isClient || record === undefined || !(name in record)) continue;
    const part = path[0] === 'clients' ? path.slice(0, 3).join('.') : '';
    let meaning = meanings.get(part);
    if (meaning === undefined) meanings.set(part, (meaning = meaningOf(around(tree, path))));
    const key =
      part === ''
        ? path.join('.')
        : `${JSON.stringify(at(tree, path.slice(0, 3)))} ${path.slice(3).join('.')}`;
    const kept = record[name];
    Reflect.deleteProperty(record, name);
    let isIdle = known.get(key);
    if (isIdle === undefined) {
      isIdle = meaning !== null && meaningOf(around(tree, path)) === meaning;
      known.set(key, isIdle);
    }
    if (!isIdle) record[name] = kept;
  }
  return tree;
}

const HEX = /^0x[0-9a-f]+$/;

/** A number as people write it, and the members of a record in their order. */
function node(document: Document, value: unknown): Node {
  if (typeof value === 'string' && HEX.test(value)) {
    const scalar = new Scalar(BigInt(value));
    scalar.format = 'HEX';
    return scalar;
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq(document.schema);
    list.items = value.map((each: unknown) => node(document, each));
    return list;
  }
  if (typeof value !== 'object' || value === null) return document.createNode(value);
  const record = new YAMLMap(document.schema);
  const inOrder = (a: string, b: string): number => placeOf(a) - placeOf(b);
  for (const key of Object.keys(value).sort(inOrder)) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    record.add(new Pair(new Scalar(key), node(document, member)));
  }
  return record;
}

/** Puts on one line what fits it, but each step of a client on one of its own. */
function fold(here: unknown, depth: number): void {
  if (isPair(here)) return fold(here.value, depth);
  if (!isCollection(here)) return;
  const isShort = JSON.stringify(here.toJSON()).length + 2 * depth < WIDTH;
  if (depth > 2 && isShort) here.flow = true;
  else for (const item of here.items) fold(item, depth + 1);
}

export function scenarioYaml(scenario: Scenario): string {
  const document = new Document<Node>();
  const top = node(document, plainScenario(scenario)) as YAMLMap;
  document.contents = top;
  for (const pair of top.items) fold(pair, String(pair.key) === 'clients' ? 1 : 3);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
