import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  plainName,
  profileNames,
  templateProblem,
} from '../../../../src/domain/profiles/profile-name-template.ts';

const role = (accountName: string | undefined, accountId: string, roleName: string) => ({
  accountName,
  accountId,
  roleName,
});
const free = () => 'free' as const;

describe('names from a template', () => {
  test.each([
    ['{account}-{role}', 'Data Lake (Prod)', 'Data-Lake-Prod-AdministratorAccess'],
    ['{accountId}_{role}', 'x', '111122223333_AdministratorAccess'],
    ['corp/{account}:{role}', 'Büro & Co.', 'corp/Buro-Co:AdministratorAccess'],
    ['{account}.{role}', '生产', '111122223333.AdministratorAccess'],
    ['{account}-{role}', undefined, '111122223333-AdministratorAccess'],
    ['-{role}-', 'x', 'AdministratorAccess'],
  ])('%s of %s', (template, account, name) => {
    expect(profileNames(template, [role(account, '111122223333', 'AdministratorAccess')], free)).toEqual([
      name,
    ]);
  });

  test('two that would be the same are told apart by their account, whatever the order', () => {
    const a = role('dev', '111111111111', 'Admin');
    const b = role('dev', '222222222222', 'Admin');
    const names = ['dev-Admin-111111111111', 'dev-Admin-222222222222'];
    expect(profileNames('{account}-{role}', [a, b], free)).toEqual(names);
    expect(profileNames('{account}-{role}', [b, a], free)).toEqual([...names].reverse());
    expect(profileNames('{account}', [a, { ...a, roleName: 'Dev' }], free)).toEqual([
      'dev-111111111111',
      'dev-111111111111-Dev',
    ]);
  });

  test('a name that is taken by something else is passed over; the same profile keeps its name', () => {
    const a = role('dev', '111111111111', 'Admin');
    const taken = (names: Record<string, 'same' | 'other'>) => (name: string) => names[name] ?? 'free';
    const one = (names: Record<string, 'same' | 'other'>) => profileNames('{role}', [a], taken(names));
    expect(one({ Admin: 'other' })).toEqual(['Admin-111111111111']);
    expect(one({ Admin: 'same' })).toEqual(['Admin']);
    expect(one({ Admin: 'other', 'Admin-111111111111': 'other' })).toEqual(['Admin-111111111111-2']);
  });

  test('counted names: each role finds its own again, whatever the order', () => {
    const long = 'n'.repeat(128);
    const roles = ['A', 'B', 'C', 'D'].map((name) => role('dev', '111111111111', name));
    const names = profileNames(long, roles, free);
    const owners = new Map(names.map((name, n) => [name, roles[n]?.roleName]));
    const taken = (name: string, { roleName }: { roleName: string }) =>
      owners.has(name) ? (owners.get(name) === roleName ? 'same' : 'other') : 'free';
    for (const some of [roles, [...roles].reverse(), roles.slice(2), [roles[3], roles[1]]]) {
      const wanted = some.flatMap((r) => r ?? []);
      expect(profileNames(long, wanted, taken).map((name) => owners.get(name))).toEqual(
        wanted.map((r) => r.roleName),
      );
    }
  });

  test.each([
    ['{user}', '{user}'],
    ['{role', '{ }'],
    ['role}', '{ }'],
    ['{}', '{}'],
  ])('%s is refused', (template, reason) => {
    expect(templateProblem(template)).toBe(reason);
    expect(() => profileNames(template, [role('a', '111122223333', 'R')], free)).toThrow('TemplateInvalid');
  });

  test('a template that leaves nothing is refused', () => {
    expect(() => profileNames('--', [role('a', '111122223333', 'R')], free)).toThrow('TemplateInvalid');
  });
});

test('whatever the names: each can be read by every SDK, and no two are the same', () => {
  const anyRole = fc.record({
    accountId: fc.stringMatching(/^\d{12}$/),
    accountName: fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }), { nil: undefined }),
    roleName: fc.stringMatching(/^[\w+=,.@-]{1,64}$/),
  });
  const template = fc
    .array(fc.constantFrom('{account}', '{accountId}', '{role}', '-', ' ', '/', 'x'), { maxLength: 5 })
    .map((parts) => `${parts.join('')}n`);
  fc.assert(
    fc.property(
      template,
      fc.uniqueArray(anyRole, {
        minLength: 1,
        maxLength: 12,
        selector: (r) => `${r.accountId} ${r.roleName}`,
      }),
      fc.array(fc.string({ maxLength: 10 }), { maxLength: 5 }),
      (t, roles, others) => {
        const names = profileNames(t, roles, (name) => (others.includes(name) ? 'other' : 'free'));
        expect(new Set(names).size).toBe(roles.length);
        for (const name of names) expect(name).toMatch(/^[\w@+.%:/-]{1,128}$/);
      },
    ),
    { numRuns: process.env.CI ? 5_000 : 500 },
  );
});

test('plain names', () => {
  expect(plainName('  Ünïcode — name!! ')).toBe('Unicode-name');
  expect(plainName('a@b+c.d%e:f/g-h_i')).toBe('a@b+c.d%e:f/g-h_i');
});
