/** What five independent checkers count of the peer model (bench/peer), by how many workers there are. */
export interface PeerRow {
  readonly n: number;
  readonly states: number;
  readonly transitions: number;
  readonly classes: number;
  readonly orbits?: number;
}

export const TABLE: readonly PeerRow[] = [
  { n: 2, states: 175, transitions: 368, classes: 2 },
  { n: 3, states: 1_034, transitions: 2_651, classes: 6, orbits: 545 },
  { n: 4, states: 6_244, transitions: 18_876, classes: 24, orbits: 1_729 },
  { n: 5, states: 36_686, transitions: 126_429, classes: 120, orbits: 4_053 },
  { n: 6, states: 217_207, transitions: 841_052, classes: 720, orbits: 9_569 },
];

/** Too large for every test run. */
export const LARGE: readonly Required<PeerRow>[] = [
  { n: 7, states: 1_303_686, transitions: 5_524_211, classes: 5_040, orbits: 18_968 },
  { n: 8, states: 7_842_852, transitions: 36_109_188, classes: 40_320, orbits: 37_696 },
];
