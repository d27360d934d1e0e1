/**
 * Which moments fell into which phases of a run: `exec.arms in evict.moving`. With `after` in the middle the message
 * had to wait until the phase was over: `exec.begins after rebind.holds`.
 */
import type { StepRecord } from '../../../streams/world/record.ts';
import { Cast, meets, type Scope } from './cast.ts';
import { type MomentId, MOMENTS, scopeOf } from './moments.ts';
import { type PhaseId, PHASES } from './phases.ts';

/** `across`: of another VM or GT, so that they meet at what both share. */
export type Sight = `${MomentId} ${'in' | 'after' | 'across'} ${PhaseId}`;

interface Span {
  readonly scope: Scope;
  /** the record that closed it; null while it is open */
  readonly closed: number | null;
}

const MOMENT_LIST = Object.entries(MOMENTS) as [MomentId, (typeof MOMENTS)[MomentId]][];
const PHASE_LIST = Object.entries(PHASES) as [PhaseId, (typeof PHASES)[PhaseId]][];

export class Sightings {
  readonly seen = new Set<Sight>();
  readonly #cast = new Cast();
  readonly #spans = new Map<PhaseId, Map<string, Span>>(
    PHASE_LIST.map(([phase]) => [phase, new Map<string, Span>()]),
  );

  take(record: StepRecord): void {
    const scope = scopeOf(record, this.#cast);
    for (const [moment, { at }] of MOMENT_LIST) {
      if (at(record, this.#cast)) this.#note(moment, scope, record.cause ?? 0);
    }
    for (const [phase, { opens, closes }] of PHASE_LIST) {
      const spans = this.#spans.get(phase) as Map<string, Span>;
      for (const key of closes(record, this.#cast)) {
        const span = spans.get(key);
        if (span?.closed === null) spans.set(key, { ...span, closed: record.seq });
      }
      for (const [key, about] of opens(record, this.#cast)) {
        spans.set(key, { scope: about, closed: null });
      }
    }
    this.#cast.note(record);
  }

  #note(moment: MomentId, scope: Scope, cause: number): void {
    for (const [phase, spans] of this.#spans) {
      for (const { scope: about, closed } of spans.values()) {
        if (closed !== null && closed <= cause) continue;
        const isMet = meets(scope, about);
        if (!isMet) this.seen.add(`${moment} across ${phase}`);
        else this.seen.add(`${moment} ${closed === null ? 'in' : 'after'} ${phase}`);
      }
    }
  }
}
