/** The searches as a file: one line each, so that a change shows which it moved. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Searches } from './search.ts';

export interface Proofs {
  /** by the name of the scenario, below scenarios/ */
  readonly scenarios: Readonly<Record<string, Searches>>;
  /** by the quirk that is on */
  readonly quirks: Readonly<Record<string, Searches>>;
  /** quirks that need a failure, off: by the quirk, on its scenario with failures */
  readonly failures: Readonly<Record<string, Searches>>;
  /** two clients that do the same: by what they do, or the quirk that is on while they map and wait */
  readonly twins: Readonly<Record<string, Searches>>;
}

export type Part = keyof Proofs;

const NOTHING: Proofs = { scenarios: {}, quirks: {}, failures: {}, twins: {} };

export function readProofs(path: string): Proofs {
  if (!existsSync(path)) return NOTHING;
  return { ...NOTHING, ...(JSON.parse(readFileSync(path, 'utf8')) as Proofs) };
}

export function writeProofs(path: string, proofs: Proofs): void {
  const parts = Object.entries(proofs).map(([part, rows]) => {
    const lines = Object.entries(rows as Proofs[Part]).map(([id, searches]) => {
      const each = Object.entries(searches).map(
        ([strategy, found]) => `      ${JSON.stringify(strategy)}: ${JSON.stringify(found)}`,
      );
      return `    ${JSON.stringify(id)}: {\n${each.join(',\n')}\n    }`;
    });
    return `  ${JSON.stringify(part)}: {\n${lines.join(',\n')}\n  }`;
  });
  writeFileSync(path, `{\n${parts.join(',\n')}\n}\n`);
}

/** Scenarios whose search over states was given up. */
export const largeIn = ({ scenarios }: Proofs): readonly string[] =>
  Object.entries(scenarios).flatMap(([name, { exhaustive }]) =>
    exhaustive?.verdict === 'spent' ? [name] : [],
  );
