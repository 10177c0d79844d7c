import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editConfig, type SectionEdit } from '../../../src/aws/config-edit.ts';
import { anyConfig, anyEdits } from '../../support/config-files.ts';
import { askBotocore, python, referee } from './referee.ts';

/** What botocore reads after our edits: what it read before, and what was asked. */

type Options = Record<string, string>;
interface Read {
  error?: string;
  profiles: Record<string, Options>;
  ssoSessions: Record<string, Options>;
}

/** What botocore read, with the edits made on it. A new section has what Python's [DEFAULT] says, too. */
function withEdits(read: Read, edits: readonly SectionEdit[], after: Read): Read {
  const { profiles, ssoSessions } = structuredClone(read);
  for (const { how, type, name, options, remove } of edits) {
    const of = type === 'profile' ? profiles : ssoSessions;
    const now = (type === 'profile' ? after.profiles : after.ssoSessions)[name] ?? {};
    const there = of[name] ?? {};
    for (const key of remove ?? []) delete there[key];
    const inherited = how === 'create' ? Object.entries(now).filter(([key]) => !(key in options)) : [];
    of[name] = { ...there, ...Object.fromEntries(inherited), ...options };
  }
  return { profiles, ssoSessions };
}

test.skipIf(python === undefined)(
  `whatever the file and the edits: ${referee} reads the old values unchanged, and ours`,
  async () => {
    const cases = fc
      .sample(fc.tuple(anyConfig, anyEdits), process.env.CI ? 30_000 : 3_000)
      .flatMap(([before, edits]) => {
        try {
          const edited = editConfig('config', before, edits);
          return 'refused' in edited ? [] : [{ before, edits, after: edited.bytes }];
        } catch {
          return [];
        }
      });
    expect(cases.length).toBeGreaterThan(process.env.CI ? 3_000 : 300);
    const question = (bytes: Uint8Array) => ({
      ask: 'config',
      config: Buffer.from(bytes).toString('base64'),
      credentials: '',
    });
    const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' };
    const read = await askBotocore<Read>(
      cases.flatMap(({ before, after }) => [question(before), question(after)]),
      env,
    );
    for (const [n, { before, edits, after }] of cases.entries()) {
      const [was, is] = [read[2 * n], read[2 * n + 1]] as [Read, Read];
      const what = JSON.stringify([before.toString(), edits, Buffer.from(after).toString()]);
      expect(was.error, what).toBeUndefined();
      expect(is, what).toEqual(withEdits(was, edits, is));
    }
  },
  600_000,
);
