import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SessionRoom } from '../../support/session-room.ts';

/** No session is opened that would be answered outside of its environment's geography; with a stand-in for Claude Code. */

let own: SessionRoom;
beforeAll(async () => {
  own = await SessionRoom.start({ environment: { region: 'eu-west-1', geography: 'eu' } });
  const claude = join(own.folder, 'claude');
  await writeFile(claude, '#!/bin/sh\n[ "$1" = --version ] && echo "2.1.330 (Claude Code)" && exit\ncat\n');
  await chmod(claude, 0o755);
  own.settings.claudePath = claude;
});
afterAll(() => own[Symbol.asyncDispose]());

const open = (more: object = {}) => own.room.open({ cwd: own.project, cols: 80, rows: 24, ...more });
const elsewhere = 'global.anthropic.claude-opus-5';
const refusal = {
  code: 'ModelLeavesGeography',
  params: { model: elsewhere, geography: 'eu', environment: expect.any(String) },
};

it.each([
  ['the wish', { model: elsewhere }],
  ['arguments for claude', { args: ['--model', elsewhere] }],
  ['what it goes on with', { args: ['--fallback-model', `eu.anthropic.claude-opus-5,${elsewhere}`] }],
])('a model that leaves it is refused before anybody signs in: by %s', async (_, more) => {
  own.signedIn = false;
  await expect(open(more)).rejects.toMatchObject(refusal);
  own.signedIn = true;
  expect(own.room.views()).toEqual([]);
});

it('what only Bedrock tells refuses the launch', async () => {
  own.verdict = { leaves: elsewhere };
  await expect(open()).rejects.toMatchObject(refusal);
  expect(own.room.views()).toEqual([]);
  own.verdict = { kept: { model: null, env: {}, modelOverrides: {} } };
});

it('one that was opened before is resumed only where its environment allows it today', async () => {
  own.environment.geography = null;
  const { id } = await open({ model: elsewhere });
  await own.room.kill(id);
  await own.until(id, 'exited');
  own.environment.geography = 'eu';
  await expect(own.room.resume(id, 80, 24)).rejects.toMatchObject(refusal);
  own.environment.geography = null;
  expect(await own.room.resume(id, 80, 24)).toMatchObject({ model: elsewhere });
});
