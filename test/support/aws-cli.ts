import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The AWS CLI v2, a referee. Other programs of that name (v1 of PyPI) may stand before it on the PATH. */

const candidates = ['/usr/bin/aws', '/usr/local/bin/aws', '/opt/homebrew/bin/aws', 'aws'];

export interface AwsCli {
  readonly path: string;
  readonly version: string;
  /** Knows AWS_ENDPOINT_URL_<SERVICE> (from 2.13 on); older ones need AWS_DATA_PATH. */
  readonly knowsEndpointUrls: boolean;
}

/** `aws --version` takes a second; what it said is kept for as long as the program is the same file. */
function versionText(path: string): string {
  const kept = join(import.meta.dirname, '..', '..', '.cache', 'aws-cli-version.json');
  const file = path === 'aws' ? undefined : statSync(path);
  const key = file && `${path} ${file.ino} ${file.size} ${file.mtimeMs}`;
  try {
    const known = JSON.parse(readFileSync(kept, 'utf8')) as { key: string; text: string };
    if (known.key === key) return known.text;
  } catch {
    // Not asked yet.
  }
  const text = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
  if (key !== undefined) {
    mkdirSync(join(kept, '..'), { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify({ key, text }));
    renameSync(`${kept}.${process.pid}`, kept);
  }
  return text;
}

/** The first AWS CLI v2 of this machine; undefined when there is none. */
export function findAwsCli(): AwsCli | undefined {
  for (const path of candidates) {
    try {
      const text = versionText(path);
      const [, version, minor] = /^aws-cli\/(2\.(\d+)\.\d+)/.exec(text) ?? [];
      if (version !== undefined) return { path, version, knowsEndpointUrls: Number(minor) >= 13 };
    } catch {
      // Not there, or not runnable: the next one.
    }
  }
  return undefined;
}
