import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOTOCORE_FOLDER, BOTOCORE as botocoreVersion } from '../../scripts/install-test-parts.ts';
import { pinnedNode } from './sandbox.ts';

export { botocoreVersion };

/** Python with botocore, a referee, in a virtual environment under .cache/. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const pythonPath = join(BOTOCORE_FOLDER, 'bin', 'python');

function installedVersion(): string | undefined {
  try {
    const script = 'import botocore; print(botocore.__version__)';
    return execFileSync(pythonPath, ['-c', script], {
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 30_000,
    }).trim();
  } catch {
    return undefined;
  }
}

/** Path of a Python that has the pinned botocore, if it is here; undefined tells a test to be skipped by name. */
export function findBotocore(): string | undefined {
  return installedVersion() === botocoreVersion ? pythonPath : undefined;
}

/** Path of a Python that has the pinned botocore, installed on first use. Throws with pip's own words when it cannot be. */
export function pythonWithBotocore(): string {
  if (installedVersion() !== botocoreVersion) {
    const script = join(root, 'scripts', 'install-test-parts.ts');
    execFileSync(pinnedNode, [script, '--only', 'botocore'], { cwd: root, stdio: 'pipe', timeout: 300_000 });
  }
  return pythonPath;
}
