import { describe, expect, test } from 'vitest';
import { doctorLinks } from '../../../../src/contract/doctor.ts';
import { commandOf } from '../../../../src/domain/doctor/commands.ts';
import { failed, findingOf, oneLine } from '../../../../src/domain/doctor/findings.ts';
import type { DoctorSubject } from '../../../../src/domain/doctor/subject.ts';

const subjectOf = (more: Partial<DoctorSubject> = {}): DoctorSubject => ({
  platform: 'linux',
  environment: 'dev',
  profile: 'dev',
  region: 'us-east-1',
  ssoSession: 'corp',
  model: 'us.anthropic.claude-opus-5-5',
  endpointUrl: null,
  ...more,
});
const factsOf = (more: Partial<DoctorSubject> = {}, runtimeUrl = 'https://bedrock-runtime.example') => ({
  subject: subjectOf(more),
  awsFolder: '/home/a b/.aws',
  stateFolder: '/home/a b/.bedrock-tray',
  runtimeUrl,
  settingsFiles: ['/etc/claude-code/managed-settings.json'],
});
const commandsOf = (...facts: Parameters<typeof factsOf>) =>
  doctorLinks.map((link) => commandOf(link, factsOf(...facts)) ?? '');
const hostile = `x'; touch "$(id)" & echo`;
/** What is left of a command for `sh` when its quoted words are taken out. */
const bare = (command: string) => command.replace(/'[^']*'|\\'/g, '');

describe('commands that people paste', () => {
  test('no name of a profile, an environment or an address becomes a command', () => {
    const evil = { profile: hostile, environment: hostile, endpointUrl: 'https://gw.example/;id' };
    const commands = commandsOf(evil, 'https://a;touch$IFS.example');
    expect(commands.some((c) => c.includes('touch'))).toBe(true);
    for (const command of commands) expect(bare(command)).not.toMatch(/touch|;id/);
  });

  test('a host is quoted in what mends a finding', () => {
    const { remedies } = findingOf(failed('NotAws' as never, { host: 'a$(id).example' }), subjectOf());
    expect(remedies.map((r) => r.text)).toEqual([`curl -sv -o /dev/null 'https://a$(id).example/'`]);
  });

  test('on Windows words are quoted as both shells take them, and no command is offered where none can be', () => {
    const windows = { platform: 'win32' as const };
    expect(commandOf('identity', factsOf({ ...windows, profile: 'R&D Admin' }))).toContain(
      '--profile "R&D Admin"',
    );
    for (const profile of ['a$(calc)', 'a"&calc&"', 'a%PATH%']) {
      expect(commandOf('identity', factsOf({ ...windows, profile }))).toBeNull();
      const { remedies } = findingOf(
        failed('MfaNeeded' as never, { profile }),
        subjectOf({ ...windows, profile }),
      );
      expect(remedies).toEqual([]);
    }
  });

  test('users and passwords of addresses are in no command, finding or evidence', () => {
    for (const user of ['person:hunter2hunter2', 'hunter2hunter2', 'person:a@hunter2hunter2']) {
      const url = `https://${user}@gw.example/v1`;
      const finding = findingOf(failed('endpointUnreachable', { url, reason: 'ETIMEDOUT' }), subjectOf());
      const told = [...commandsOf({ endpointUrl: url }, url), JSON.stringify(finding), oneLine(`at ${url}`)];
      expect(told.join()).toContain('gw.example');
      expect(told.join()).not.toContain('hunter2');
    }
  });

  test('none is longer than the contract lets it be, or more than plain text on a line', () => {
    for (const profile of ['a\x1b[2J', 'a\u202eb', 'a\nb'])
      expect(commandOf('identity', factsOf({ profile }))).toBeNull();
    expect(commandOf('answer', factsOf({ model: `arn:aws:bedrock:${'a'.repeat(2000)}` }))).toBeNull();
  });
});
