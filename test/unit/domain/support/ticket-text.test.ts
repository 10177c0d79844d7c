import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { downloadFolderOf, ticketRedactor } from '../../../../src/domain/support/ticket-text.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

const masked = ticketRedactor({ userHome: '/home/ada', maskAccounts: true });

describe('what never leaves with a ticket', () => {
  test.each([
    ['a bare secret access key', 'failed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['a session token', 'IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ', 'b3JpZ2lu'],
    ['an SSO token', 'aoaAAAAAGTk2Ywsb7gY1234567890abcdefgh', 'GTk2Yws'],
    ['a bearer token of ours', 'Bearer fT3kQ9z1Xc0aVb8nM2sL5pR7uY4wE6hJ9dGkAqWe', 'Q9z1Xc0a'],
    ['an unlabelled random token', 'x fT3kQ9z1Xc0aVb8nM2sL5pR7uY4wE6hJ9dGkAqWe y', 'Q9z1Xc0a'],
    ['a proxy’s password', 'https://ada:hunter22@proxy.corp:3128', 'hunter22'],
    ['an e-mail address', 'assumed-role/Dev/ada.lovelace@corp.example.com', 'lovelace'],
    ['most of an access key id', 'ASIAIOSFODNN7EXAMPLE', 'FODNN7EXAMPLE'],
    ['the person’s own folder', '/home/ada/work', '/home/ada'],
  ])('%s', (_, text, secret) => {
    expect(masked(text)).not.toContain(secret);
  });

  test('whatever chance makes: keys of AWS, tokens of ours', () => {
    for (let n = 0; n < 3000; n++) {
      const bytes = createHash('sha384').update(String(n)).digest();
      const key = bytes.subarray(0, 30).toString('base64');
      expect(masked(`secret is ${key}.`)).toBe('secret is [redacted].');
      const token = bytes.subarray(0, 32).toString('base64url');
      expect(masked(`token ${token}`)).toBe('token [redacted]');
      expect(masked(bytes.toString('hex'))).toBe('[redacted]');
    }
  });
});

test('what a ticket needs stays: ids of sessions, models, ARNs’ names, paths, times', () => {
  for (const text of [
    'session 7f0c3f0e-58a5-4a58-9f0a-0d3e5c1a2b3c at 1763876543210',
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'role AWSReservedSSO_BedrockDeveloper_0123456789abcdef',
    '/usr/lib/node_modules/bedrock-tray/out/agent/main.mjs:1234:56',
    'https://d-1234567890.awsapps.com/start',
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
  ])
    expect(masked(text)).toBe(text);
});

test('accounts: the same number the same way throughout; as they are on request', () => {
  const both = ticketRedactor({ userHome: '/home/ada', maskAccounts: true });
  expect(both('arn:aws:iam::123456789012:role/a and 210987654321')).toBe(
    'arn:aws:iam::[account 1]:role/a and [account 2]',
  );
  expect(both('"123456789012" 1234-5678-9012')).toBe('"[account 1]" [account 1]');
  // In an address, in names that people give.
  expect(both('arn%3Aaws%3Aiam%3A%3A123456789012%3Arole prod123456789012 acme.210987654321')).toBe(
    'arn%3Aaws%3Aiam%3A%3A[account 1]%3Arole prod[account 1] acme.[account 2]',
  );
  expect(both('{"usd":0.123456789012,"at":1763876543210}')).toBe('{"usd":0.123456789012,"at":1763876543210}');
  const plain = ticketRedactor({ userHome: '/home/ada', maskAccounts: false });
  expect(plain('arn:aws:iam::123456789012:role/a')).toBe('arn:aws:iam::123456789012:role/a');
});

test('a home folder as Windows and JSON write it', () => {
  const windows = ticketRedactor({ userHome: 'C:\\Users\\Ada', maskAccounts: true });
  expect(windows('C:\\Users\\Ada\\x')).toBe('~\\x');
  expect(windows(JSON.stringify({ home: 'C:\\Users\\Ada\\x' }))).toBe('{"home":"~\\\\x"}');
});

test('the person’s downloads, as user-dirs.dirs names them', () => {
  expect(downloadFolderOf('XDG_DOWNLOAD_DIR="$HOME/Herunter\\$geladen/"\n', '/home/ada')).toBe(
    '/home/ada/Herunter$geladen',
  );
  expect(downloadFolderOf('# XDG_DOWNLOAD_DIR="$HOME/x"\n', '/home/ada')).toBeNull();
  expect(downloadFolderOf('XDG_DOWNLOAD_DIR="/data/in"', '/home/ada')).toBe('/data/in');
  // How xdg-user-dirs says that there is none.
  expect(downloadFolderOf('XDG_DOWNLOAD_DIR="$HOME/"', '/home/ada')).toBeNull();
});

test('a long line of what might begin an address is looked through at once', () => {
  const line = 'a.'.repeat(50_000);
  const begun = cpuMs();
  expect(ticketRedactor({ userHome: '/home/ada', maskAccounts: true })(line)).toBe(line);
  expect(cpuMs() - begun).toBeLessThan(3_000);
});
