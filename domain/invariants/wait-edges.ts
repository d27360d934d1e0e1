/** Who has to act first: the edges of the wait graph that I18 looks for cycles in. */
import type { KeyMap } from './key-map.ts';
import { PLACE } from './known/calls.ts';
import type { Known } from './known/known.ts';

export interface Waits {
  /** fences that a job waits for: only through one of them can a cycle close */
  readonly awaited: KeyMap<true>;
  /** client -> fences that it sleeps on */
  readonly clients: Readonly<Record<string, readonly string[]>>;
  /** asynchronous fence -> the call that it stands for */
  readonly promises: KeyMap<string>;
  readonly actors: Readonly<Record<string, string>>;
  /** userptr -> the client that unmaps it and waits for the notifiers */
  readonly notifying: Readonly<Record<string, string>>;
  /**
   * lock -> fences that the eviction which holds it waits for. Evictions run side by side in one actor, each in the
   * context of whoever needs the memory, so the actor itself waits for nothing.
   */
  readonly evictions: Readonly<Record<string, readonly string[]>>;
}

/** What has to happen first for a node: `fence`, `job`, `actor`, `eviction` and `lock` are its kinds. */
export function waitsFor(node: string, own: Waits, known: Known): string[] {
  const at = node.indexOf(' ');
  const kind = node.slice(0, at);
  const name = node.slice(at + 1);
  const { calls, fences, queues } = known;
  const pending = (all: readonly string[]): string[] =>
    all.filter((fence) => fences.pending.has(fence)).map((fence) => `fence ${fence}`);
  switch (kind) {
    case 'job': {
      const job = calls.jobs.get(name);
      if (job === undefined) return [];
      const ahead = calls.queues[job.engine]?.lower(job[PLACE])?.value;
      const order = ahead === undefined ? [] : [`job ${ahead}`];
      return job.isStarted ? order : [...order, ...pending(job.waits)];
    }
    case 'fence': {
      const carrier = calls.carriers.get(name);
      const parts = pending(fences.pending.get(name)?.parts ?? []);
      const call = calls.calls.get(own.promises.get(name) ?? '');
      const jobs = call?.jobs.map((job) => `job ${job}`) ?? [];
      const worker = call !== undefined && !call.isFinished ? [`actor ${call.vm}`] : [];
      return [...(carrier === undefined ? [] : [`job ${carrier}`]), ...parts, ...jobs, ...worker];
    }
    case 'lock': {
      const holder = queues.locks[name];
      if (holder === undefined) return [];
      return [own.evictions[name] === undefined ? `actor ${holder}` : `eviction ${name}`];
    }
    case 'eviction':
      return pending(own.evictions[name] ?? []);
    default:
      return [...sleepsOn(name, own, known), ...pending(own.clients[name] ?? [])];
  }
}

function sleepsOn(actor: string, own: Waits, known: Known): string[] {
  return (known.queues.sleepers[actor] ?? []).flatMap((on) => {
    const what = on.slice(on.indexOf(':') + 1);
    if (on.startsWith('lock:')) return [`lock ${what}`];
    if (on.startsWith('userptr:')) {
      const client = own.notifying[what];
      return client === undefined ? [] : [`actor ${client}`];
    }
    if (!on.startsWith('started:')) return [];
    const call = known.calls.calls.get(own.promises.get(what) ?? '');
    return call === undefined ? [] : [`actor ${call.vm}`];
  });
}

/** The way from `from` back to itself, if there is one. */
export function cycle(from: string, own: Waits, known: Known): string | null {
  const seen = new Set<string>();
  const stack = waitsFor(from, own, known).map((node) => [node, null] as Step);
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const [node] = step;
    if (node === from) return wayOf(step, from);
    if (seen.has(node)) continue;
    seen.add(node);
    for (const next of waitsFor(node, own, known)) stack.push([next, step]);
  }
  return null;
}

type Step = readonly [node: string, from: Step | null];

function wayOf(step: Step, from: string): string {
  const way: string[] = [];
  for (let at: Step | null = step; at !== null; at = at[1]) way.unshift(at[0]);
  return [from, ...way].join(' <- ');
}
