/**
 * Everything that can go wrong for a user, in one table: a stable code, the exit status and what to do about it.
 * `docs/errors.md` is generated from it. An error names what happened and where; the table adds the advice.
 */

/** What a process ends with. Stable: scripts depend on them. */
export const EXIT = {
  ok: 0,
  /** the simulation found something: an expectation failed, a replay differs, a conformance case mismatches */
  found: 1,
  usage: 2,
  /** a log is damaged */
  damaged: 3,
  /** input is not valid */
  invalid: 4,
  /** a format or version that this build cannot read */
  version: 5,
  /** the output could not be written */
  output: 6,
  internal: 70,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

interface Row {
  readonly exit: ExitStatus;
  readonly hint: string;
}

export const ERRORS = {
  // scenarios
  FL101: { exit: EXIT.invalid, hint: 'Write YAML or JSON; docs/scenarios.md shows the shape.' },
  FL102: {
    exit: EXIT.invalid,
    hint: 'Remove it, or use the name suggested; docs/scenarios.md lists every key.',
  },
  FL103: {
    exit: EXIT.invalid,
    hint: 'Give a value of the kind named; docs/scenarios.md lists every key.',
  },
  FL104: {
    exit: EXIT.invalid,
    hint: 'Declare it at the top of the scenario, or use the name suggested.',
  },
  FL105: {
    exit: EXIT.invalid,
    hint: 'Use a multiple of 0x1000, or add `expect: EINVAL` to test the refusal itself.',
  },
  FL106: {
    exit: EXIT.invalid,
    hint: 'Keep address + range inside the VM, or add `expect: EINVAL` to test the refusal itself.',
  },
  FL107: { exit: EXIT.invalid, hint: 'Give a range of at least 0x1000, or add `expect: EINVAL`.' },
  FL108: {
    exit: EXIT.invalid,
    hint: 'Move the `create` step before the first use, or drop it: declared objects exist from the start.',
  },
  FL109: { exit: EXIT.version, hint: 'This build reads scenarios of version 1: `fencelab: 1`.' },
  FL110: {
    exit: EXIT.invalid,
    hint: 'A scenario needs at least `fencelab: 1`, one VM and one client.',
  },
  FL111: { exit: EXIT.invalid, hint: 'Give each name once.' },
  FL112: {
    exit: EXIT.invalid,
    hint: 'A scenario inside a log header may take at most 1 MiB; split it.',
  },
  FL113: {
    exit: EXIT.invalid,
    hint: 'GTs are numbered from 0; `device: { gts: N }` says how many there are.',
  },
  FL114: {
    exit: EXIT.invalid,
    hint: 'Back it by `bo: NAME` (with an optional `offset`) or by `null: true`, not both; or add `expect: EINVAL`.',
  },
  FL115: {
    exit: EXIT.invalid,
    hint: 'A timeline is used as { syncobj: NAME, point: N }, a binary syncobj by its name alone.',
  },
  FL116: {
    exit: EXIT.invalid,
    hint: 'Correct the call, or add the errno as its `expect`; docs/vm-bind.md has the table of checks.',
  },
  FL117: {
    exit: EXIT.invalid,
    hint: 'Give each userptr area, user fence and error capture addresses of its own.',
  },
  FL118: {
    exit: EXIT.invalid,
    hint: 'Make the access in the batch of an `exec` step: its fence keeps the memory in place until it is done.',
  },
  FL119: {
    exit: EXIT.invalid,
    hint: 'Change its flags, or make it by a `create` step that expects the errno.',
  },
  FL120: {
    exit: EXIT.invalid,
    hint: 'Declare it without `vm` to map it in other VMs.',
  },
  FL121: {
    exit: EXIT.invalid,
    hint: 'Drop it, or choose the profile that has it; docs/scenarios.md says which words are whose.',
  },
  // command line
  FL201: { exit: EXIT.usage, hint: 'Run the command with --help to see its options.' },
  FL202: {
    exit: EXIT.usage,
    hint: 'A seed is a whole number from 0 to 2^64-1, decimal or 0x hex.',
  },
  FL203: { exit: EXIT.usage, hint: 'Check the path and the permissions.' },
  FL204: { exit: EXIT.usage, hint: 'Use --chooser time, random, choices:FILE or schedule:TEXT.' },
  FL206: { exit: EXIT.usage, hint: 'fencelab quirks lists them, with a scenario for each.' },
  FL210: { exit: EXIT.usage, hint: '`fencelab explore --help` says what each strategy does.' },
  FL211: {
    exit: EXIT.usage,
    hint: 'docs/invariants.md lists them; none: only what the scenario expects.',
  },
  FL212: { exit: EXIT.usage, hint: '`fencelab explore --help` says what each witness is.' },
  FL213: {
    exit: EXIT.usage,
    hint: 'A budget is a time such as 500ms, 60s or 10m, or a number: runs of a strategy that draws them, steps of one that searches.',
  },
  FL214: {
    exit: EXIT.usage,
    hint: 'Declare clients that are alike, each with what only it uses: --interchangeable a+a-bo,b+b-bo.',
  },
  FL215: {
    exit: EXIT.usage,
    hint: 'Copy the whole text, and give the scenario and the --quirk that it was printed with.',
  },
  // logs
  FL301: {
    exit: EXIT.damaged,
    hint: '`fencelab run SCENARIO --out LOG` writes one.',
  },
  FL302: {
    exit: EXIT.damaged,
    hint: 'The last line was cut off. The whole records before it can still be read: `fencelab show LOG`.',
  },
  FL303: {
    exit: EXIT.damaged,
    hint: 'The log was changed after it was written. `fencelab show LOG --at SEQ` reads the records before the damage.',
  },
  FL304: { exit: EXIT.version, hint: 'Use a newer fencelab.' },
  FL305: {
    exit: EXIT.invalid,
    hint: 'Give the scenario that the log was recorded from, or leave --scenario out: the log holds its own.',
  },
  FL306: {
    exit: EXIT.damaged,
    hint: 'The run that wrote it did not finish. Its records can be read; only a sealed log is known to be complete.',
  },
  FL307: { exit: EXIT.usage, hint: 'Give a sequence number that the log holds.' },
  FL308: {
    exit: EXIT.found,
    hint: 'Each choice must be possible where it stands, and may answer only what its step decides; record the run again with --out.',
  },
  FL309: {
    exit: EXIT.damaged,
    hint: 'Check the disk or the pipe that the log comes from.',
  },
  FL310: {
    exit: EXIT.version,
    hint: 'The machines have changed since it was written: record its scenario again to replay it. `fencelab show LOG` and `fencelab validate LOG` read this one.',
  },
  FL311: {
    exit: EXIT.version,
    hint: 'Record its scenario again with this build: `fencelab replay LOG` shows where it differs.',
  },
  FL312: {
    exit: EXIT.invalid,
    hint: 'Give a log of a run that broke something; `fencelab show LOG --what story` tells what happened in this one.',
  },
  FL313: {
    exit: EXIT.usage,
    hint: 'Choose something that is possible there; without --do the command lists it with what it means.',
  },
  // output
  FL401: {
    exit: EXIT.output,
    hint: 'Free some space; the records written so far can be read with `fencelab show`.',
  },
  FL402: { exit: EXIT.output, hint: 'The reader of the output closed it early.' },
  FL403: { exit: EXIT.output, hint: 'Check the path, the permissions and the disk.' },
  FL404: {
    exit: EXIT.output,
    hint: 'A log line holds at most 1 MiB; split the call that makes so many facts in one step.',
  },
  FL405: {
    exit: EXIT.output,
    hint: 'Write to a file, or wait for each append; an Observable cannot be slowed down.',
  },
  // conformance vectors
  FL501: {
    exit: EXIT.invalid,
    hint: 'One JSON object a line, in the format of docs/conformance.md.',
  },
  // ours
  FL901: {
    exit: EXIT.internal,
    hint: 'This is a bug in fencelab. Please report it with the command and its input.',
  },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERRORS;

/** The one error class that reaches a user. */
export class FencelabError extends Error {
  readonly code: ErrorCode;
  /** what happened, one sentence without the code */
  readonly what: string;
  /** file, line, byte offset or record, as text */
  readonly where: string | undefined;

  constructor(code: ErrorCode, what: string, where?: string) {
    super(where === undefined ? `${code}: ${what}` : `${code}: ${what} (${where})`);
    this.name = 'FencelabError';
    this.code = code;
    this.what = what;
    this.where = where;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }

  get exit(): ExitStatus {
    return ERRORS[this.code].exit;
  }
}
