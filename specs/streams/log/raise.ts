/** What to do when a spec says that the shape of the log is another. */
export const RAISE = `Logs that exist would be misread, or refused by readers that claim to know them.
If this LOG_VERSION has been in a landing: raise LOG_VERSION and MIN_READER (streams/log/format.ts), give the old version
a row in streams/log/upcast.ts, keep golden logs of it, write golden logs of the new one, say so in docs/log-format.md,
and pin the new shape under the new version. Otherwise (it was raised on this branch): write its golden logs again and
change the pin.`;

/** What to do when a spec says that the state key is another. */
export const RAISE_ENGINE = `Replaying a log of this engine would call it different, though only the key has changed.
If this version of package.json has been released: raise it there. Otherwise write the golden runs again, each with the
seed and the chooser of its header: fencelab run SCENARIO --out specs/streams/log/golden/NAME.jsonl (SCENARIO is what
\`head -1 NAME.jsonl | jq .scenario.source\` gives).`;
