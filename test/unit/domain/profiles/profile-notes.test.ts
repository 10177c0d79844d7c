import { expect, test } from 'vitest';
import type { CredentialSource } from '../../../../src/domain/credentials/credential-source.ts';
import { mfaSerialsOf, rootOf, runtimeNotesOf } from '../../../../src/domain/profiles/profile-notes.ts';

/** Notes on what stands in the files: test/integration/aws/profile-rows.ts. */

test('a command whose credentials have no end is told once they are there', () => {
  const codes = (
    kind: 'process' | 'claude-settings' | 'static',
    expiresAt: number | null,
    state: 'valid' | 'absent' = 'valid',
  ) => runtimeNotesOf({ kind, state, expiresAt }).map((n) => n.code);
  expect(codes('process', null)).toEqual(['ProcessWithoutExpiry']);
  expect(codes('claude-settings', null)).toEqual(['ProcessWithoutExpiry']);
  expect(codes('process', 1)).toEqual([]);
  expect(codes('process', null, 'absent')).toEqual([]);
  // Keys of a file have a note of their own.
  expect(codes('static', null)).toEqual([]);
});

test('the root of a chain, and whose codes are asked along it', () => {
  const role = (source: CredentialSource, mfaSerial: string | null): CredentialSource => ({
    kind: 'assume-role',
    roleArn: 'arn:aws:iam::111122223333:role/R',
    source,
    sourceProfile: null,
    externalId: null,
    mfaSerial,
    sessionName: null,
    durationSeconds: null,
    region: null,
  });
  const chain = role(role(role({ kind: 'environment' }, 'one'), 'two'), 'one');
  expect(rootOf(chain)).toEqual({ kind: 'environment' });
  expect(mfaSerialsOf(chain)).toEqual(['one', 'two']);
  expect(mfaSerialsOf({ kind: 'environment' })).toEqual([]);
});
