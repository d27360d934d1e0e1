/** One backing of a sparse resource, tried: the scenario is run in order of virtual time and counted. */
import {
  CLIENT,
  type Phase,
  PHASES,
  type SparseRequest,
  sparseScenario,
  WRITTEN,
} from '../../domain/scenario/sparse.ts';
import { type RunEnd, runScenario } from '../world/run.ts';
import { count, type Counted, countOf, type Figures, total } from './figures.ts';
import { type Access, type Sights, sightsOf } from './sights.ts';

export interface Tried {
  readonly request: SparseRequest;
  readonly phases: Readonly<Record<Phase, Figures>>;
  readonly total: Figures;
  readonly sights: Sights;
  readonly end: Pick<RunEnd, 'verdict' | 'events' | 'stateHash' | 'reasons'>;
}

/** Yields the number of records so far, now and then; returns what was counted. */
export function* trySparse(request: SparseRequest): Generator<number, Tried, undefined> {
  const { scenario, phaseOf } = sparseScenario(request);
  const run = runScenario({ scenario, chooser: 'time', seed: '0x1' });
  const accesses: Access[] = [];
  let counted: Counted<Phase> = countOf(PHASES);
  let next = run.next();
  for (; next.done !== true; next = run.next()) {
    const record = next.value;
    counted = count(counted, record, CLIENT, phaseOf);
    for (const fact of record.facts) if (fact.type === 'access.done') accesses.push(fact);
    if (record.seq % 256 === 0) yield record.seq;
  }
  const { phases } = counted;
  const { verdict, events, stateHash, reasons } = next.value;
  return {
    request,
    phases,
    total: total(PHASES.map((phase) => phases[phase])),
    sights: sightsOf(accesses, WRITTEN),
    end: { verdict, events, stateHash, reasons },
  };
}
