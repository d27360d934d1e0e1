/**
 * How a reading ends: the decision as a table over named observations. Every combination of the
 * observations matches exactly one row; a spec enumerates all of them, so nobody has to believe it.
 * (After TigerBeetle's journal recovery table.) The idea behind the rows: a crash can only lose the
 * end of a file, so damage at the end with nothing valid behind it is a torn tail; anything else
 * was done to the log after it was written.
 */

export const OBSERVATIONS = [
  /** there is no byte at all */
  'empty',
  /** line 1 is a header that this build understands, or would understand but for its version */
  'header',
  /** that header asks for a newer reader */
  'newer',
  /** the first bytes are those of a header, as far as they go */
  'marked',
  /** a seal was read that agrees with everything before it */
  'seal',
  /** bytes follow the last line that could be accepted */
  'rest',
  /** the first line of the rest is whole, so no crash made it: it contradicts what came before */
  'whole',
  /** somewhere in the rest, after its first damage, a whole line begins */
  'validAfter',
] as const;

export type Observation = (typeof OBSERVATIONS)[number];
export type Observed = Readonly<Record<Observation, boolean>>;

/** The four results of a reading, and the three ways of not being a readable log at all. */
export type Result = 'sealed' | 'open' | 'torn' | 'corrupt' | 'empty' | 'foreign' | 'newer';

export interface RecoveryRow {
  readonly id: string;
  readonly result: Result;
  /** observations not named may be either */
  readonly when: Partial<Observed>;
  readonly why: string;
}

const HEADED = { empty: false, header: true, newer: false } as const;
const HEADLESS = { empty: false, header: false } as const;

export const RECOVERY: readonly RecoveryRow[] = [
  { id: 'A', result: 'empty', when: { empty: true }, why: 'no bytes, no log' },
  {
    id: 'B',
    result: 'newer',
    when: { empty: false, header: true, newer: true },
    why: 'the header says that we would misread it',
  },
  {
    id: 'C',
    result: 'corrupt',
    when: { ...HEADLESS, whole: true },
    why: 'a whole line stands where the header belongs',
  },
  {
    id: 'D',
    result: 'corrupt',
    when: { ...HEADLESS, whole: false, validAfter: true },
    why: 'whole lines follow a damaged header',
  },
  {
    id: 'E',
    result: 'torn',
    when: { ...HEADLESS, whole: false, validAfter: false, marked: true },
    why: 'the header itself was cut off',
  },
  {
    id: 'F',
    result: 'foreign',
    when: { ...HEADLESS, whole: false, validAfter: false, marked: false },
    why: 'nothing in it is ours',
  },
  {
    id: 'G',
    result: 'sealed',
    when: { ...HEADED, rest: false, seal: true },
    why: 'complete, and every hash agrees',
  },
  {
    id: 'H',
    result: 'open',
    when: { ...HEADED, rest: false, seal: false },
    why: 'it ends at a line end but the writer did not finish',
  },
  {
    id: 'I',
    result: 'corrupt',
    when: { ...HEADED, rest: true, seal: true },
    why: 'nobody of ours writes after a seal',
  },
  {
    id: 'J',
    result: 'corrupt',
    when: { ...HEADED, rest: true, seal: false, whole: true },
    why: 'a line that was written whole contradicts what is before it',
  },
  {
    id: 'K',
    result: 'corrupt',
    when: { ...HEADED, rest: true, seal: false, whole: false, validAfter: true },
    why: 'damage with whole lines behind it',
  },
  {
    id: 'L',
    result: 'torn',
    when: { ...HEADED, rest: true, seal: false, whole: false, validAfter: false },
    why: 'the tail was cut off or half written',
  },
];

export function rowMatches(row: RecoveryRow, observed: Observed): boolean {
  return OBSERVATIONS.every((name) => {
    const wanted = row.when[name];
    return wanted === undefined || wanted === observed[name];
  });
}

/** The one row for what was observed. */
export function decide(observed: Observed): RecoveryRow {
  const row = RECOVERY.find((candidate) => rowMatches(candidate, observed));
  if (row === undefined) throw new RangeError('the recovery table has a hole');
  return row;
}
