/**
 * What the story remembers between records: the address spaces, where BOs are, which syncobj holds which fence, how many
 * expectations held. A fold over facts, so it works on a live run and on a log alike.
 */
import { produce } from 'immer';
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { STUB } from '../../domain/fence/fence-table.ts';
import type { Page } from '../../domain/units.ts';
import { syncText } from './words.ts';

/** One mapping of a space, as much of it as is told. */
export type Row = Omit<FactOf<'va.mapped'>, 'type' | 'vm'>;

export interface Story {
  readonly spaces: Readonly<Record<string, OrderedMap<Row>>>;
  /** by BO or area of the process: its place in memory */
  readonly bos: Readonly<Record<string, { readonly phys: Page; readonly range: Page }>>;
  /** by queue: what it is for */
  readonly queues: Readonly<Record<string, 'exec' | 'bind'>>;
  /** by fence that has not signalled: the syncobjs that it was put into */
  readonly holders: Readonly<Record<string, readonly string[]>>;
  readonly passed: number;
  readonly failed: number;
}

export const NO_STORY: Story = {
  spaces: {},
  bos: {},
  queues: {},
  holders: {},
  passed: 0,
  failed: 0,
};

type Draft = { -readonly [K in keyof Story]: Writable<Story[K]> };
type Writable<T> = T extends Readonly<Record<string, infer V>> ? Record<string, V> : T;
type Edits = { readonly [K in FactType]?: (story: Draft, fact: FactOf<K>) => void };

function editSpace(
  story: Draft,
  vm: string,
  change: (old: OrderedMap<Row>) => OrderedMap<Row>,
): void {
  story.spaces[vm] = change(story.spaces[vm] ?? OrderedMap.empty());
}

function addHolder(story: Draft, fence: string, name: string): void {
  if (fence !== STUB) story.holders[fence] = [...(story.holders[fence] ?? []), name];
}

/** Edits of an Immer draft: small nested records, told at the pace of reading. A space is a persistent map, no draft. */
const EDITS: Edits = {
  'bo.created': (story, { bo, phys, range }) => {
    story.bos[bo] = { phys, range };
  },
  'bo.moved': (story, { bo, phys }) => {
    const range = story.bos[bo]?.range ?? 0;
    story.bos[bo] = { phys, range };
  },
  'userptr.created': (story, { userptr, phys, range }) => {
    story.bos[userptr] = { phys, range };
  },
  'userptr.invalidated': (story, { userptr, phys }) => {
    const range = story.bos[userptr]?.range ?? 0;
    story.bos[userptr] = phys === null ? { phys: 0, range: 0 } : { phys, range };
  },
  'queue.created': (story, { queue, kind }) => {
    story.queues[queue] = kind;
  },
  'vm.created': (story, { vm }) => {
    editSpace(story, vm, () => OrderedMap.empty());
  },
  'va.mapped': (story, { vm, addr, ...rest }) => {
    editSpace(story, vm, (old) => old.set(addr, { addr, ...rest }));
  },
  'va.unmapped': (story, { vm, addr }) => {
    editSpace(story, vm, (old) => old.delete(addr));
  },
  'syncobj.replaced': (story, { syncobj, fence }) => {
    addHolder(story, fence, syncobj);
  },
  'syncobj.advanced': (story, { syncobj, point, fence }) => {
    addHolder(story, fence, syncText({ syncobj, point }));
  },
  'expect.passed': (story) => {
    story.passed += 1;
  },
  'expect.failed': (story) => {
    story.failed += 1;
  },
};

/** The story's memory after one more fact. */
export function foldStory(story: Story, fact: Fact): Story {
  const edit = EDITS[fact.type] as ((story: Draft, fact: Fact) => void) | undefined;
  if (edit === undefined) return story;
  return produce(story, (draft) => {
    edit(draft as Draft, fact);
  });
}

/** Forgets the fences that have signalled, once that is told: the memory stays small in a long run. */
export function withoutSignaled(story: Story, facts: readonly Fact[]): Story {
  const gone = facts.flatMap((f) => (f.type === 'fence.signaled' ? [f.fence] : []));
  if (gone.length === 0) return story;
  return produce(story, ({ holders }) => {
    for (const fence of gone) Reflect.deleteProperty(holders, fence);
  });
}
