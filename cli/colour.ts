/**
 * Colour, decided once: NO_COLOR (any non-empty value) wins, then FORCE_COLOR (non-empty, not 0), then whether the
 * stream is a terminal that can.
 */

export type Paint = (style: keyof typeof CODES, text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTty: boolean,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return isTty && env['TERM'] !== 'dumb';
}

/** A function that paints, or one that leaves text alone. */
export function paintFor(env: Readonly<Record<string, string | undefined>>, isTty: boolean): Paint {
  if (!wantsColour(env, isTty)) return (_style, text) => text;
  return (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;
}
