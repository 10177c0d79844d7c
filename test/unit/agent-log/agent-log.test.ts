import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../../../src/agent/log/agent-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bt-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('lines are JSON, closed to others and without secrets, errors and their causes included', () => {
  const file = join(folder, 'agent.log');
  const log = openLog(file, 'debug');
  const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
  const token = `IQoJ${'b3JpZ2luX2Vj'.repeat(5)}`;
  log.warn(
    {
      secretAccessKey: secret,
      nested: { refreshToken: 'abc', env: { PATH: '/bin' } },
      err: new Error(`refused for ${token}`, { cause: new Error(`sent x-amz-security-token: ${token}`) }),
    },
    `authorization: Bearer ${secret}`,
  );
  log.info({ profile: 'dev' }, 'fine');
  log.close();
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain(secret);
  expect(text).not.toContain(token);
  expect(text).not.toContain('/bin');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ level: 'warn', pid: process.pid, err: { name: 'Error' } });
  expect(lines[0].err.message).toContain('refused for');
  expect(lines[1]).toMatchObject({ profile: 'dev', msg: 'fine' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('files are rotated by size and their number is bounded', () => {
  const file = join(folder, 'agent.log');
  const log = openLog(file, 'info', { maxBytes: 2000, keep: 2 });
  for (let n = 0; n < 200; n++) log.info({ n }, 'a line of some length to fill the file');
  log.close();
  expect(readdirSync(folder).sort()).toEqual(['agent.log', 'agent.log.1', 'agent.log.2']);
  for (const name of readdirSync(folder)) {
    expect(statSync(join(folder, name)).size).toBeLessThan(2300);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  const last = readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(last).n).toBe(199);
});

test('a log that is opened again goes on where it was', () => {
  const file = join(folder, 'agent.log');
  for (const n of [1, 2]) {
    const log = openLog(file);
    log.info({ n }, 'x');
    log.close();
  }
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
});
