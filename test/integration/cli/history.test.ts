import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WrittenConversation } from '../../support/history.ts';
import { type Installation, install } from '../../support/installation.ts';

let own: Installation;
let chinese: WrittenConversation;
let hostile: WrittenConversation;
beforeAll(async () => {
  own = await install();
  const projects = join(own.env.HOME ?? '', '.claude', 'projects');
  mkdirSync(projects, { recursive: true });
  const now = Date.now();
  const write = (cwd: string, daysAgo: number) =>
    new WrittenConversation(projects, crypto.randomUUID(), cwd, now - daysAgo * 86_400_000);
  chinese = write('/home/someone/work', 1);
  chinese.say('帮我看看登录会话的续期逻辑');
  chinese.say('and getUserById');
  hostile = write('/home/someone/other', 27);
  hostile.say('\u001b]0;owned\u0007\u001b[2Jclear \u202eturned\nsecond line');
}, 120_000);
afterAll(() => own.stop());

it('lists, searches, warns, and prints conversations as plain text', async () => {
  // Nobody waits for all that is new: how much is still to be read is told.
  const found = async () => {
    const { status, stdout, stderr } = await own.run(['history', '--json', '登录', 'userBy']);
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  await expect.poll(found, { timeout: 60_000 }).toMatchObject({
    conversations: [{ id: chinese.id, title: '帮我看看登录会话的续期逻辑', messages: 2, cwd: chinese.cwd }],
    more: false,
    pending: 0,
  });

  const all = await own.run(['history']);
  expect(all.stdout).toContain(chinese.id.slice(0, 8));
  expect(all.stdout).toContain('/home/someone/other  (deleted from');
  expect(all.stderr).toContain('deletes one of your conversations within a week');
  expect(all.stdout).not.toMatch(/[\u001b\u0007\u202e]/);

  const here = await own.run(['history', '--cwd', '/home/someone/work']);
  expect(here.stdout).not.toContain(hostile.id.slice(0, 8));
  expect(here.stderr).toBe('');
  const soon = await own.run(['history', '--ending-soon', '--json']);
  expect(JSON.parse(soon.stdout).conversations.map((c: { id: string }) => c.id)).toEqual([hostile.id]);

  const shown = await own.run(['history', 'show', hostile.id.slice(0, 8)]);
  expect(shown.status, shown.stderr).toBe(0);
  expect(shown.stdout).toMatch(/^## You, .+\nclear \ufffdturned\nsecond line\n/);
  expect(shown.stdout).not.toMatch(/[\u001b\u0007\u202e]/);
});

it('refuses what it does not know', async () => {
  for (const args of [
    ['history', 'show', 'ffff'],
    ['history', 'show', crypto.randomUUID()],
    ['history', 'resume', crypto.randomUUID()],
    ['history', '--limit', '0'],
  ]) {
    const { status, stdout } = await own.run(args);
    expect([status, stdout], args.join(' ')).toEqual([2, '']);
  }
  const none = await own.run(['history', 'nowhere'], { env: { LANG: 'zh_CN.UTF-8' } });
  expect([none.status, none.stdout]).toEqual([0, '没有匹配的对话。\n']);
});
