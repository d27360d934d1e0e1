/**
 * Schedules in order of how often they switch from one actor to another: all with none, then all with one, up to a bound.
 * After Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs" (PLDI 2007),
 * over states: a 0-1 breadth-first search over (state, who ran last). What it finds has the fewest switches there are.
 */
import { mixA, mixB, ofText } from '../hash.ts';
import { Findings, type Witness } from '../findings.ts';
import type { Exploration, Finding, Limits } from '../result.ts';
import type { System } from '../system.ts';
import { Visited } from '../visited.ts';

interface Place<S> {
  readonly state: S;
  /** who ran last; '' at the beginning */
  readonly actor: string;
  readonly from: Place<S> | null;
  readonly choice: string;
}

function wayTo<S>(place: Place<S>): string[] {
  const way: string[] = [];
  for (let at: Place<S> | null = place; at !== null && at.from !== null; at = at.from)
    way.push(at.choice);
  return way.reverse();
}

class Search<S> {
  readonly found: Findings<S>;
  switches = 0;
  readonly #system: System<S>;
  readonly #places = new Visited();
  readonly #states = new Visited();
  readonly #ends = new Set<number>();
  #layer: Place<S>[] = [];
  #next: Place<S>[] = [];
  /** a violation with one switch more than the layer has */
  #later: Finding | null = null;

  constructor(system: System<S>, found: Findings<S>) {
    this.#system = system;
    this.found = found;
  }

  /** Whether it went everywhere. */
  run(bound: number): boolean {
    this.#enter({ state: this.#system.initial, actor: '', from: null, choice: '' });
    for (; this.#layer.length > 0 && this.switches <= bound; this.switches++) {
      for (let i = 0; i < this.#layer.length && !this.found.isOver; i++) {
        this.#visit(this.#layer[i] as Place<S>);
      }
      const later: Finding | null = this.#later;
      if (later !== null) this.#violated(later, this.switches + 1);
      this.found.meter.counts.states = this.#states.size;
      if (this.found.isOver) return false;
      const reached = this.#next;
      [this.#layer, this.#next] = [[], []];
      for (const place of reached) this.#enter(place);
    }
    return this.#layer.length === 0;
  }

  #visit(place: Place<S>): void {
    const ready = this.#system.ready(place.state);
    if (ready.length === 0) this.#end(place);
    for (const process of ready) {
      const actor = this.#system.actorOf(process);
      const isSwitch = place.actor !== '' && actor !== place.actor;
      for (const { state, choice, problem } of this.#system.moves(place.state, process)) {
        this.found.meter.step();
        this.found.tookTo(state);
        if (problem !== null) {
          const finding = { what: problem, choices: [...wayTo(place), choice] };
          if (isSwitch) this.#later ??= finding;
          else this.#violated(finding, this.switches);
        }
        const reached = { state, actor, from: place, choice };
        // what is reached with fewer switches has to come first
        if (isSwitch) this.#next.push(reached);
        else this.#enter(reached);
      }
    }
  }

  /** Goes on from a place in this layer unless that was done before. */
  #enter(place: Place<S>): void {
    const key = this.#system.key(place.state);
    const label = ofText(place.actor);
    const [states, places] = [this.#states.size, this.#places.size];
    this.#states.add(key);
    if (this.#states.size > states) this.found.met(place.state);
    this.#places.add({ a: mixA(key.a, label.a), b: mixB(key.b, label.b) });
    if (this.#places.size > places) this.#layer.push(place);
  }

  #violated({ what, choices }: Finding, switches: number): void {
    if (this.found.violation !== null) return;
    this.found.violated(what, () => choices);
    this.found.notes.push(`${switches} switches, the fewest there are`);
  }

  #end(place: Place<S>): void {
    const end = this.#states.add(this.#system.key(place.state));
    // a state is one end, whoever ran last
    if (this.#ends.has(end)) return;
    this.#ends.add(end);
    this.found.ended(this.#system.stuck(place.state), () => wayTo(place));
    const what = this.#system.problemAtEnd(place.state);
    if (what !== null) this.#violated({ what, choices: wayTo(place) }, this.switches);
  }
}

export function boundedSwitches<S>(
  system: System<S>,
  bound: number,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  const found = new Findings<S>(limits, witnesses);
  const search = new Search(system, found);
  const isComplete = search.run(bound);
  if (isComplete) found.notes.push(`no state needs more than ${search.switches - 1} switches`);
  else if (!found.isOver) found.notes.push(`every schedule with at most ${bound} switches`);
  return found.result('switches', isComplete);
}
