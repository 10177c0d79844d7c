import { expect, test } from 'vitest';
import { resolveSource, type Sections } from '../../../../src/domain/credentials/resolve-source.ts';

/** `hops` roles, one behind the other, and the keys that sign for the last. */
function chainOf(hops: number): Sections {
  const profiles = new Map<string, Map<string, string>>();
  for (let n = 0; n < hops; n++) {
    const options = { role_arn: `arn:aws:iam::111122223333:role/R${n}`, source_profile: `p${n + 1}` };
    profiles.set(`p${n}`, new Map(Object.entries(options)));
  }
  const keys = new Map([
    ['aws_access_key_id', 'AKIAX'],
    ['aws_secret_access_key', 's'],
  ]);
  profiles.set(`p${hops}`, keys);
  return { profiles, ssoSessions: new Map(), inConfig: profiles, inCredentials: new Map() };
}

test('fifty profiles behind one another are gone through; one more is refused with the reason', () => {
  const fifty = resolveSource('p0', chainOf(50));
  expect(fifty).toMatchObject({ refused: null });
  expect(fifty?.chain).toHaveLength(50);
  expect(resolveSource('p0', chainOf(51))).toMatchObject({
    kind: 'assume-role',
    source: null,
    refused: 'source_profile goes through more than 50 profiles',
    at: 'p50',
  });
});

test('the work for a file of profiles that all go through each other grows with their number only', () => {
  const looks = (hops: number): number => {
    const sections = chainOf(hops);
    let count = 0;
    const profiles = new Proxy(sections.profiles, {
      get: (map, key) => {
        if (key === 'get') count++;
        const value = Reflect.get(map, key);
        return typeof value === 'function' ? value.bind(map) : value;
      },
    });
    for (const name of sections.profiles.keys()) resolveSource(name, { ...sections, profiles });
    return count;
  };
  expect(looks(2_000)).toBeLessThan(2_000 * 52);
});
