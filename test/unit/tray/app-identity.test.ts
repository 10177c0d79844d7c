import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APP_ID, SCHEME } from '../../../src/tray/app-identity.ts';

test('the packages tell the system the same names', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const packages = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  expect(packages).toMatch(new RegExp(`^appId: ${APP_ID.replaceAll('.', '\\.')}$`, 'm'));
  expect(packages).toMatch(new RegExp(`schemes: \\[${SCHEME}\\]`));
});
