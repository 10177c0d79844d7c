import { expect, test } from 'vitest';
import { AccountId, Region, SectionName } from '../../../src/contract/names.ts';
import { inputWord } from '../../../src/domain/input-word.ts';

test.each([
  [AccountId, 'accountId', 'agent:inputAccount'],
  [Region, 'region', 'agent:inputRegion'],
  [SectionName, 'name', 'agent:inputForm'],
])('a refused input has words of ours (%#)', (schema, field, key) => {
  const issue = schema.safeParse('').error?.issues[0];
  expect(issue).toBeDefined();
  expect(inputWord({ code: issue?.code, path: [field] }).key).toBe(key);
});

test('a choice names what can be chosen, a field that nobody knows says so', () => {
  expect(inputWord({ code: 'invalid_value', path: ['mode'], values: ['a', 'b'] })).toEqual({
    key: 'agent:inputOneOf',
    params: { values: 'a, b' },
  });
  expect(inputWord({ code: 'unrecognized_keys', path: [] }).key).toBe('agent:inputUnknown');
});
