/**
 * Looks for whole lines in damaged bytes. After damage one question decides between a torn tail and
 * corruption: does valid data follow? A line counts when its frame is right; what it says no longer
 * matters. A lost line feed glues two lines together, so a whole line may also begin inside a
 * damaged one.
 */
import { isFramed } from './frame.ts';
import { MAX_LINE_BYTES } from './format.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** What lines begin with. */
const OPENINGS = ['{"seq":', '{"seal":', '{"block":', '{"log":'];
/** Tries per opening: bounds the work when a hostile line is made of nothing but openings. */
const MAX_TRIES = 8;

/** Whether a whole line begins after `from` and ends at `to`, the place of its line feed. */
export function endsInWholeLine(bytes: Buffer, from: number, to: number): boolean {
  return OPENINGS.some((opening) => {
    let at = to;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      at = at <= from ? -1 : bytes.lastIndexOf(opening, at - 1);
      if (at <= from) return false;
      if (isFramed(bytes, at, to)) return true;
    }
    return false;
  });
}

/** Whether any line of `bytes[from, to)` is whole. */
export function holdsWholeLine(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to;) {
    const feed = bytes.indexOf(LINE_FEED, at);
    if (feed < 0 || feed >= to) return false;
    if (feed - at < MAX_LINE_BYTES && isFramed(bytes, at, feed)) return true;
    at = feed + 1;
  }
  return false;
}

/**
 * Whether `bytes[from, to)` is a whole line but for a carriage return that a conversion put before
 * its line feed.
 */
export function isWholeWithCarriageReturn(bytes: Buffer, from: number, to: number): boolean {
  return bytes[to - 1] === CARRIAGE_RETURN && isFramed(bytes, from, to - 1);
}
