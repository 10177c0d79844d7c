import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  folderProblem,
  nameProblem,
  startUrlProblem,
  suggestProfileName,
  suggestSsoSessionName,
} from '../../../renderer/src/model/names.ts';
import { folderName, plainText } from '../../../renderer/src/model/plain-text.ts';
import { parseRoute, routeHref } from '../../../renderer/src/model/route.ts';
import { endedWords } from '../../../renderer/src/model/session-words.ts';
import { isFollowable, isWebAddress } from '../../../renderer/src/model/web-address.ts';
import { SectionName, StartUrl } from '../../../src/contract/names.ts';
import { endedWell } from '../../../src/domain/sessions/session-state.ts';
import { createTranslator } from '../../../src/locales/index.ts';

describe('text from outside', () => {
  test.for([
    ['plain 文字 é', 'plain 文字 é'],
    ['a\u202Egnp.exe', 'a\ufffdgnp.exe'],
    ['a\u0000\u001b[31mb\r\nc', 'a\ufffd[31mb\ufffdc'],
    ['\u200bzero\u2066width', '\ufffdzero\ufffdwidth'],
    ['tag\u{e0041}s', 'tag\ufffds'],
  ] as const)('%j', ([text, shown]) => expect(plainText(text)).toBe(shown));

  test('is one line of bounded length without deceiving characters, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 1, max: 50 }),
        (text, limit) => {
          const shown = plainText(text, limit);
          expect([...shown].length).toBeLessThanOrEqual(limit);
          expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        },
      ),
    );
  });

  test('a folder is called by its last part', () => {
    expect(folderName('/home/dana/src/shop/')).toBe('shop');
    expect(folderName('C:\\Users\\Dana\\shop')).toBe('shop');
    expect(folderName('/')).toBe('/');
  });
});

describe('addresses', () => {
  test.for([
    ['https://example.com/a', true, true],
    ['http://127.0.0.1:4000/authorize', true, false],
    ['http://example.com', false, false],
    ['https://user:pw@example.com', true, false],
    ['javascript:alert(1)', false, false],
    ['file:///etc/passwd', false, false],
    ['not an address', false, false],
  ] as const)('%s', ([address, link, follow]) => {
    expect(isWebAddress(address)).toBe(link);
    expect(isFollowable(address)).toBe(follow);
  });
});

describe('what is typed', () => {
  test.for([
    ['', 'startUrlMissing'],
    ['http://corp.awsapps.com/start', 'startUrlNotHttps'],
    ['corp.awsapps.com', 'startUrlMalformed'],
    [' https://corp.awsapps.com/start ', null],
    ['http://127.0.0.1:9000/start', null],
  ] as const)('start URL %j', ([typed, problem]) => expect(startUrlProblem(typed)).toBe(problem));

  test('start URLs that pass are those of the contract', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) => {
        expect(startUrlProblem(text) === null).toBe(
          StartUrl.safeParse(text.trim()).success && text.trim() !== '',
        );
      }),
    );
  });

  test('names', () => {
    expect(nameProblem(' ', [])).toBe('nameMissing');
    expect(nameProblem('dev', ['dev'])).toBe('nameTaken');
    expect(nameProblem('a]b', [])).toBe('nameWrong');
    expect(nameProblem('开发', [])).toBeNull();
  });

  test('suggested names can be used and are free', () => {
    expect(suggestSsoSessionName('https://d-1234567890.awsapps.com/start', [])).toBe('d-1234567890');
    expect(suggestSsoSessionName('http://127.0.0.1:80/start', ['sso'])).toBe('sso-2');
    expect(suggestProfileName('Payments / Prod', 'ReadOnly', [])).toBe('payments-prod-ReadOnly');
    fc.assert(
      fc.property(fc.string(), fc.string(), (account, role) => {
        const first = suggestProfileName(account, role, []);
        expect(SectionName.safeParse(first).success).toBe(true);
        expect(suggestProfileName(account, role, [first])).not.toBe(first);
      }),
    );
  });

  test('folders', () => {
    expect(folderProblem('')).toBe('folderMissing');
    expect(folderProblem('src/app')).toBe('folderRelative');
    expect(folderProblem('C:\\src')).toBeNull();
    expect(folderProblem(' /srv ')).toBeNull();
  });
});

test('routes come back from the addresses they make; unknown ones lead to Overview', () => {
  expect(parseRoute(routeHref('sessions', 'abc'))).toEqual({ name: 'sessions', item: 'abc' });
  expect(parseRoute('#/access')).toEqual({ name: 'access', item: null });
  expect(parseRoute('#/nowhere/x')).toEqual({ name: 'overview', item: null });
  expect(parseRoute('')).toEqual({ name: 'overview', item: null });
});

test('a session that a person ended is no accident; one that failed is', () => {
  const words = createTranslator('en');
  const ended = { exitCode: null, signal: 'SIGHUP' };
  const failed = { exitCode: 3, signal: null };
  const killed = { exitCode: null, signal: 'SIGKILL' };
  expect([endedWell(ended), endedWords(ended, words)]).toEqual([true, 'Ended']);
  expect([endedWell(failed), endedWords(failed, words)]).toEqual([false, 'Ended with code 3']);
  expect([endedWell(killed), endedWords(killed, words)]).toEqual([false, 'Ended by SIGKILL']);
});
