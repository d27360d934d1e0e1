/** Text in a picture: fixed-width fonts, so that a width is a count, and characters that XML has other uses for. */

export const FONT = { size: 12, width: 7.23, line: 16 } as const;
export const SMALL = { size: 10.5, width: 6.33, line: 14 } as const;

export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0) ?? 63};`);
}
