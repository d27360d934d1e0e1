/** Every quirk, with all that may fail and all that hardware may do: a run may go wrong, and the model goes on. */
import { QUIRKS } from '../../../domain/quirks/quirks.ts';
import { strategyOf } from '../../../streams/explore/explore.ts';
import { remembering } from '../../../streams/explore/remembered/remembering.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';
import { sampledSystem } from '../../rig/remembered.ts';

const EVERYTHING = ['fault', 'hardware'] as const;

test.each(QUIRKS.map((row) => [row.id, row] as const))('%s', (_id, row) => {
  const memory = remembering(sampledSystem(scenarioOfQuirk(row, true), EVERYTHING));
  const limits = { executions: 25, isExhaustive: true };
  const options = { seed: '0x1' } as const;
  // a step that is not possible throws
  const sampled = strategyOf('random').sample?.(memory, limits, options);
  expect(sampled?.counts.executions).toBe(25);
});
