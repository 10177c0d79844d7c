import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctorLinks } from '../../../src/contract/doctor.ts';
import { doctor } from '../../../src/locales/en/doctor.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** `bedrock-tray doctor` as a person and a script use it. */

let there: Installation;
beforeAll(async () => {
  there = await install();
  const { home, startUrl } = there.sandbox;
  const claude = join(home, '.local', 'bin', 'claude');
  await mkdir(join(home, '.local', 'bin'), { recursive: true });
  await writeFile(claude, '#!/bin/sh\necho "2.1.330 (Claude Code)"\n', { mode: 0o755 });
  await writeFile(
    join(home, '.aws', 'config'),
    `[sso-session my-sso]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n[profile dev]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = BedrockDeveloper\nregion = us-west-2\n`,
  );
  await chmod(join(home, '.aws', 'config'), 0o600);
  // The first environment is made by itself, of the one profile.
  expect((await there.run(['env', 'show', 'dev'])).stderr).toBe('');
});
afterAll(() => there?.stop());

const asJson = (text: string) => JSON.parse(text) as { checks: { link: string; state: string }[] };

/** A run in which the hooks were not slow: how long a program takes to start is the machine's, which may be busy. */
async function undisturbed(...args: string[]) {
  for (let tries = 1; ; tries++) {
    const said = await there.run(args);
    if (tries === 5 || !said.stdout.includes('The relay of our hooks takes')) return said;
  }
}

test('says what is missing, with an exit code of its own; after the sign-in all is well', async () => {
  const out = await there.run(['doctor', '--json']);
  expect(out.status).toBe(3);
  expect(asJson(out.stdout).checks.map((c) => c.link)).toEqual(doctorLinks);
  await there.login();
  const well = await undisturbed('doctor', '--ask');
  expect([well.status, well.stdout]).toEqual([0, expect.stringContaining('Everything works.')]);
  // A line for each, when it has settled.
  const lines = [...well.stdout.matchAll(/^[✓!✗–] ([^:]+):/gm)].map(([, name]) => name);
  expect(lines).toEqual(doctorLinks.map((link) => doctor[`link.${link}`]));
  expect((await undisturbed('doctor', '--no-ask')).stdout).toContain(
    'All that was checked works; 2 links were not checked.',
  );
  const unknown = await there.run(['doctor', '--env', 'nobody']);
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('nobody')]);
});

test('repairs: shown, not done without a yes, done, taken back', async () => {
  const file = join(there.sandbox.home, '.aws', 'credentials');
  const text = '[old]\naws_access_key_id = ASIAX\naws_secret_access_key = opensesame\n';
  await writeFile(file, text);
  await chmod(file, 0o644);
  const mode = async () => ((await stat(file)).mode & 0o777).toString(8);
  const shown = await there.run(['doctor', '--fix']);
  expect([shown.status, shown.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect(shown.stdout).toContain('0644 → 0600');
  const preview = JSON.parse((await there.run(['doctor', '--fix', '--json'])).stdout);
  expect(preview.changes).toEqual([{ fix: 'permissions', file, diff: '0644 → 0600' }]);
  expect(await mode()).toBe('644');
  expect((await there.run(['doctor', '--fix', '--yes'])).status).toBe(0);
  expect(await mode()).toBe('600');
  const undone = await there.run(['doctor', '--undo', '--json']);
  expect(JSON.parse(undone.stdout)).toEqual({ undone: ['permissions'] });
  expect([await mode(), await readFile(file, 'utf8')]).toEqual(['644', text]);
  const report = await there.run(['doctor', '--report']);
  expect(report.stdout).toContain('[WARN] Files with secrets');
  expect(report.stdout).toContain('Claude Code: 2.1.330 · ~/.local/bin/claude');
  expect(report.stdout).not.toMatch(/111122223333|opensesame/);
  expect((await there.run(['doctor', '--report', '--no-mask'])).stdout).toContain('111122223333');
});

test('in a terminal it asks before it costs, and shows what runs while it runs', async () => {
  const terminal = new PersonTerminal(pinnedNode, [command, 'doctor'], { env: there.env, cwd: there.home });
  await terminal.shows(/It costs well under a cent/);
  terminal.type('n');
  await terminal.shows(/0 failed|2 links were not checked/);
  expect(terminal.output).toContain('…');
  expect(terminal.text).toContain('The model was not asked');
  expect((await terminal.exited).exitCode).toBe(0);
  await terminal.close();
});
