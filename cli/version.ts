/** What `fencelab --version` prints: the versions that a bug report needs. */
import { readFileSync } from 'node:fs';
import { LOG_VERSION } from '../streams/log/format.ts';

/** The package's version; the file is two folders up in dist/ and one in the sources. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found)
        return String(found.version);
    } catch {
      // not here
    }
  }
  return 'unknown';
}

export function versionText(): string {
  return `fencelab ${packageVersion()}\nnode ${process.versions.node}\nlog format ${LOG_VERSION}\n`;
}
