import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './payload.ts';
import { partFolders } from './sbom.ts';

/** The licences of all that was bundled or packed along, as one text. Electron's and Chromium's lie beside Electron. */
export function thirdPartyNotices(target: Target): string {
  const parts = partFolders(target)
    .filter((folder) => existsSync(folder))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        license?: string;
      };
      const texts = readdirSync(folder)
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return `${name} ${version} (${license ?? 'licence in its text'})\n\n${texts.join('\n\n')}`.trim();
    });
  return `${[...new Set(parts)].sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
