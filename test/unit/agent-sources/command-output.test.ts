import { expect, test } from 'vitest';
import { shownCommand } from '../../../src/agent/sources/command-output.ts';

test.each([
  ['tool', 'tool'],
  ['/opt/tools/tool --token hunter2', '/opt/tools/tool …'],
  ['VAULT_TOKEN=hunter2 tool export', 'VAULT_TOKEN=…'],
  ['TOKEN="hunter2 and more" tool', 'TOKEN=…'],
  ['', ''],
])('of “%s” is shown: %s', (line, shown) => {
  expect(shownCommand(line.split(/\s+/))).toBe(shown);
});
