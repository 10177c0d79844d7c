import { execFileSync } from 'node:child_process';

/** The AWS CLI v2, a referee. Other programs of that name (v1 of PyPI) may stand before it on the PATH. */

const candidates = ['/usr/bin/aws', '/usr/local/bin/aws', '/opt/homebrew/bin/aws', 'aws'];

export interface AwsCli {
  readonly path: string;
  readonly version: string;
  /** Knows AWS_ENDPOINT_URL_<SERVICE> (from 2.13 on); older ones need AWS_DATA_PATH. */
  readonly knowsEndpointUrls: boolean;
}

/** The first AWS CLI v2 of this machine; undefined when there is none. */
export function findAwsCli(): AwsCli | undefined {
  for (const path of candidates) {
    try {
      const text = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
      const [, version, minor] = /^aws-cli\/(2\.(\d+)\.\d+)/.exec(text) ?? [];
      if (version !== undefined) return { path, version, knowsEndpointUrls: Number(minor) >= 13 };
    } catch {
      // Not there, or not runnable: the next one.
    }
  }
  return undefined;
}
