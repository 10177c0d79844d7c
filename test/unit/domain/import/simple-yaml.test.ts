import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapAt, simpleYaml, textAt } from '../../../../src/domain/import/simple-yaml.ts';

test('maps and scalars; what is more than that is left out, not misread', () => {
  const yaml = simpleYaml(`%YAML 1.2
---
# comment
a: 1   # more
"b c": "x: y # z"
'd': 'it''s'
url: https://x.awsapps.com/start#/
m:
  n:
    o: deep
  list:
    - p: no
      q: no
  flow: { r: no }
  block: |
    s: no
  after: yes
  empty:
z: last
`);
  expect(JSON.parse(JSON.stringify(yaml))).toEqual({
    a: '1',
    'b c': 'x: y # z',
    d: "it's",
    url: 'https://x.awsapps.com/start#/',
    m: { n: { o: 'deep' }, list: {}, after: 'yes', empty: {} },
    z: 'last',
  });
  expect(textAt(mapAt(mapAt(yaml, 'm'), 'n'), 'o')).toBe('deep');
  expect([textAt(yaml, 'm'), textAt(undefined, 'x'), mapAt(yaml, 'a')]).toEqual([null, null, undefined]);
});

test('names that JavaScript has of its own are names like any other', () => {
  const yaml = simpleYaml('__proto__:\n  x: 1\nconstructor: 2\n');
  expect(mapAt(yaml, '__proto__')?.x).toBe('1');
  expect(Object.hasOwn({}, 'x')).toBe(false);
  expect(textAt(yaml, 'constructor')).toBe('2');
});

test('never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void simpleYaml(text)));
});
