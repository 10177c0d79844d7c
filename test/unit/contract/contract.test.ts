import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import {
  BedrockTrayError,
  ErrorCode,
  ErrorView,
  errorParams,
  exitCodeOf,
  exitCodes,
  isBedrockTrayError,
  PRODUCT_VERSION,
  type ProcedureName,
  procedures,
  Role,
  Settings,
  SettingsPatch,
} from '../../../src/contract/index.ts';
import { resources } from '../../../src/locales/index.ts';

const names = Object.keys(procedures) as ProcedureName[];

test('the product has one version', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(PRODUCT_VERSION).toBe(manifest.version);
});

test.each(names)('%s is called by known roles and takes a strict object', (name) => {
  const { roles, input } = procedures[name];
  expect(roles.length).toBeGreaterThan(0);
  for (const role of roles) expect(Role.options).toContain(role);
  const refused = (input as z.ZodType).safeParse({ surpriseForTheAgent: 1 });
  expect(refused.success).toBe(false);
  expect(JSON.stringify(refused.error?.issues)).toContain('surpriseForTheAgent');
});

test.each(ErrorCode.options)(
  '%s has parameters that cross as plain data, words in each language, an exit code',
  (code) => {
    const shape = errorParams[code].shape as Record<string, z.ZodType>;
    const params = Object.fromEntries(
      Object.entries(shape).map(([key, type]) => [key, type instanceof z.ZodNumber ? 1 : 'x']),
    );
    const error = new BedrockTrayError(code, params as never);
    expect(ErrorView.parse(JSON.parse(JSON.stringify(error.view())))).toEqual({ code, params });
    expect(isBedrockTrayError(error)).toBe(true);
    expect(Object.values(exitCodes)).toContain(exitCodeOf(code));
    expect(exitCodeOf(code)).not.toBe(0);
    for (const language of ['en', 'zh-CN'] as const) {
      const words = (resources[language].errors as Record<string, string>)[code] ?? '';
      const named = [...words.matchAll(/{{(\w+)}}/g)].map((match) => match[1]);
      for (const param of named) expect(Object.keys(shape)).toContain(param);
      expect(words).not.toBe('');
    }
  },
);

test('settings have a default for everything, and each of them can be changed', () => {
  const defaults = Settings.parse({});
  expect(SettingsPatch.parse(defaults)).toEqual(defaults);
  expect(Object.keys(SettingsPatch.shape).sort()).toEqual(Object.keys(Settings.shape).sort());
});
