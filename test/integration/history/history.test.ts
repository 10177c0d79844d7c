import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryRoom } from '../../../src/agent/history/history-room.ts';
import { openTranscript } from '../../../src/agent/open-transcript.ts';
import { HistoryHome } from '../../support/history.ts';
import { pinnedNode } from '../../support/sandbox.ts';
import { generateTranscripts } from '../../support/transcripts.ts';

let home: HistoryHome;
let room: HistoryRoom;
beforeEach(async () => {
  home = new HistoryHome();
  room = await home.room();
});
afterEach(async () => {
  await room.stop();
  home[Symbol.dispose]();
});

type Wish = Partial<Parameters<HistoryRoom['list']>[0]>;
/** What a list or a search finds now; the room looks by itself when it is asked. */
async function listed(wish: Wish = {}) {
  await room.lookNow();
  return (await room.list({ limit: 50, ...wish })).conversations;
}
const ids = async (query: string, wish: Wish = {}) => (await listed({ query, ...wish })).map((c) => c.id);

describe('the list', () => {
  it('has each conversation with its title, folder, times and count, the one spoken in last first', async () => {
    const old = home.conversation(['first words', 'more'], { daysAgo: 3 });
    const renamed = home.conversation(['first words'], { cwd: '/home/someone/other', daysAgo: 2 });
    renamed.append(
      `${JSON.stringify({ type: 'custom-title', customTitle: '我的会话', sessionId: renamed.id })}\n`,
    );
    const open = home.conversation(['now']);
    room = await home.room(new Map([[open.id, '11111111-1111-4111-8111-111111111111']]));
    const [first, second, third, ...rest] = await listed();
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      id: open.id,
      title: 'now',
      session: '11111111-1111-4111-8111-111111111111',
      snippet: null,
    });
    expect(second).toMatchObject({
      id: renamed.id,
      title: '我的会话',
      cwd: '/home/someone/other',
      session: null,
    });
    expect(third).toMatchObject({ id: old.id, title: 'first words', messages: 2 });
    expect((third?.lastAt ?? 0) - (third?.startedAt ?? 0)).toBeGreaterThan(0);
    expect((await listed({ cwd: '/home/someone/other' })).map((c) => c.id)).toEqual([renamed.id]);
    expect((await listed({ before: first?.lastAt ?? 0 })).map((c) => c.id)).toEqual([renamed.id, old.id]);
    const page = await room.list({ limit: 2 });
    expect([page.conversations.length, page.more]).toEqual([2, true]);
  });

  it('has a conversation by its id; an id that none has is searched for', async () => {
    const named = home.conversation(['first words']);
    const mentioned = '0b7e6c1a-1111-4222-8333-444455556666';
    const other = home.conversation([`see ${mentioned}`, `and ${named.id}`]);
    room = await home.room();
    expect((await listed({ query: ` ${named.id.toUpperCase()} ` })).map((c) => c.id)).toEqual([named.id]);
    expect((await listed({ query: mentioned })).map((c) => c.id)).toEqual([other.id]);
    expect(await listed({ query: crypto.randomUUID() })).toEqual([]);
  });

  it('leaves out what is no conversation', async () => {
    const folder = join(home.projects, '-home-someone-work');
    const real = home.conversation(['hello']);
    home.conversation([]);
    writeFileSync(join(folder, 'agent-a1b2.jsonl'), real.line('of a sub-agent'));
    mkdirSync(join(folder, real.id, 'subagents'), { recursive: true });
    writeFileSync(join(folder, real.id, 'subagents', 'agent-a1.jsonl'), real.line('of a sub-agent'));
    mkdirSync(join(folder, `${crypto.randomUUID()}.jsonl`));
    execFileSync('mkfifo', [join(folder, `${crypto.randomUUID()}.jsonl`)]);
    home
      .conversation([])
      .append(
        `${JSON.stringify({ type: 'user', uuid: 'x', message: { role: 'user', content: '<command-name>/clear</command-name>' } })}\n`,
      );
    expect((await listed()).map((c) => c.id)).toEqual([real.id]);
    expect(await ids('sub-agent')).toEqual([]);
  });

  it('says when Claude Code deletes one, by the person’s own settings', async () => {
    const soon = home.conversation(['soon'], { daysAgo: 26 });
    const later = home.conversation(['later'], { daysAgo: 8 });
    const day = 86_400_000;
    const [first] = await listed();
    expect(first?.id).toBe(later.id);
    expect(Math.round(((first?.deletedAt ?? 0) - Date.now()) / day)).toBe(22);
    expect((await listed({ endingSoon: true })).map((c) => c.id)).toEqual([soon.id]);
    writeFileSync(home.settings, '{"cleanupPeriodDays": 12}');
    expect((await listed({ endingSoon: true })).map((c) => c.id)).toEqual([later.id, soon.id]);
    writeFileSync(home.settings, '{"cleanupPeriodDays": 100000}');
    expect((await listed({ endingSoon: true })).map((c) => c.id)).toEqual([]);
    expect((await listed())[0]?.deletedAt).toBeNull();
  });
});

describe('the search', () => {
  /** A search reads for 150 ms and believes the index then: one that did not get to run is asked again. */
  const finds = (query: string, found: string[]) =>
    expect.poll(() => ids(query), { message: query }).toEqual(found);

  it('finds two Chinese characters, one, and parts of identifiers; all words must occur', async () => {
    const chinese = home.conversation(['帮我看看登录会话的续期逻辑', '还有 getUserById']);
    const english = home.conversation(['where does getUserById live? Größe', 'in src/agent/ports.ts'], {
      daysAgo: 1,
    });
    await finds('登录', [chinese.id]);
    await finds('期', [chinese.id]);
    await finds('续期逻辑', [chinese.id]);
    await finds('期续', []);
    await finds('userby', [chinese.id, english.id]);
    await finds('userby 会话', [chinese.id]);
    await finds('agent/ports GROSSE', [english.id]);
    await finds('userby 会话 grosse', []);
    const shown = async () => {
      const [{ snippet } = { snippet: null }] = await listed({ query: '会话' });
      return snippet?.matches.map(([from, to]) => snippet.text.slice(from, to));
    };
    await expect.poll(shown).toEqual(['会话']);
  });

  it('looks again where the parts of a word stand apart', async () => {
    home.conversation(['the agent of src', 'ports and ts']);
    const exact = home.conversation(['see src/agent/ports.ts'], { daysAgo: 1 });
    await finds('src/agent/ports.ts', [exact.id]);
  });

  it('takes every question as text', async () => {
    const hostile = home.conversation([
      'a "quoted" AND NOT NEAR(x) * column: text {brace} \u0000 nul \u001b[31m escape \u202e turned \ud83d half',
      '__proto__ constructor <script>alert(1)</script> %_',
    ]);
    const questions = [
      '"quoted" AND',
      'NEAR(x)',
      'column: text',
      '* text',
      '__proto__',
      '<script>alert',
      "'; DROP",
    ];
    for (const query of questions.slice(0, -1)) await finds(query, [hostile.id]);
    await finds(questions.at(-1) as string, []);
    await finds('"', []);
    await finds('   ', [hostile.id]);
    const [found] = await listed({ query: 'escape turned' });
    expect(found?.snippet?.text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(found?.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('finds places within one conversation, in its order, and reads it', async () => {
    const conversation = home.conversation(['the needle is here', 'nothing', 'two: Needle, nEEdle']);
    const { matches, more } = await room.find({ conversation: conversation.id, text: 'needle' });
    expect(matches.map((m) => m.matches.map(([from, to]) => m.text.slice(from, to)))).toEqual([
      ['needle'],
      ['Needle', 'nEEdle'],
    ]);
    expect(more).toBe(false);
    expect(
      (await room.find({ conversation: conversation.id, text: 'needle is  HERE' })).matches,
    ).toHaveLength(1);
    for (let i = 0; i < 300; i++) conversation.say(`needle ${i}`);
    const many = await room.find({ conversation: conversation.id, text: 'needle' });
    expect([many.matches.length, many.more]).toEqual([200, true]);
    const read = await room.read({ conversation: conversation.id, from: 0 });
    expect(read.messages).toHaveLength(303);
    expect(read.messages[1]).toMatchObject({ role: 'user', text: 'nothing' });
    expect(await room.folder(conversation.id)).toBe('/home/someone/work');
    const unknown = { conversation: crypto.randomUUID(), text: 'x', from: 0 };
    await expect(room.find(unknown)).rejects.toMatchObject({ code: 'ConversationUnknown' });
    await expect(room.read(unknown)).rejects.toMatchObject({ code: 'ConversationUnknown' });
    await expect(room.folder(unknown.conversation)).rejects.toMatchObject({ code: 'ConversationUnknown' });
  });

  it('reads a long conversation in pieces', async () => {
    const conversation = home.conversation([]);
    for (let i = 0; i < 40; i++) conversation.say(`${i} ${'x'.repeat(20_000)}`);
    const texts: string[] = [];
    let pieces = 0;
    for (let from: number | null = 0; from !== null; pieces++) {
      const page: Awaited<ReturnType<HistoryRoom['read']>> = await room.read({
        conversation: conversation.id,
        from,
      });
      texts.push(...page.messages.map((m) => m.text));
      from = page.next;
    }
    expect(texts.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(pieces).toBeGreaterThan(2);
  });

  it('takes the folder that the transcript is filed under, wherever Claude Code went since', async () => {
    const conversation = home.conversation([], { cwd: '/home/someone/my project' });
    conversation.append(conversation.line('elsewhere').replace('/home/someone/my project', '/tmp'));
    conversation.append(conversation.line('here'));
    expect(await room.folder(conversation.id)).toBe('/home/someone/my project');
    expect((await listed())[0]?.cwd).toBe('/home/someone/my project');
  });
});

describe('transcripts that change', () => {
  it('are read on from where they ended', async () => {
    const conversation = home.conversation(['one']);
    expect(await ids('one')).toEqual([conversation.id]);
    for (let i = 0; i < 30; i++) {
      conversation.say(`addition${i}`);
      expect(await ids(`addition${i}`)).toEqual([conversation.id]);
    }
    expect((await listed())[0]).toMatchObject({ title: 'one', messages: 31 });
    // A line that is still being written counts when it is whole.
    const line = conversation.line('halves');
    conversation.append(line.slice(0, 50));
    expect(await ids('halves')).toEqual([]);
    conversation.append(line.slice(50));
    expect(await ids('halves')).toEqual([conversation.id]);
    // The last line may lack its end for good.
    conversation.append(conversation.line('unended').trimEnd());
    expect(await ids('unended')).toEqual([conversation.id]);
    conversation.append(`\n${conversation.line('after')}`);
    expect(await ids('unended after')).toEqual([conversation.id]);
    expect((await listed())[0]).toMatchObject({ messages: 34 });
  });

  it('are known when they are cut off, rewritten or replaced', async () => {
    const conversation = home.conversation(['alpha', 'beta']);
    expect(await ids('beta')).toEqual([conversation.id]);
    truncateSync(conversation.path, conversation.line('alpha').length);
    expect(await ids('beta')).toEqual([]);
    expect(await ids('alpha')).toEqual([conversation.id]);
    // The same length, other words.
    conversation.write(conversation.line('gamma'));
    expect(await ids('alpha')).toEqual([]);
    expect(await ids('gamma')).toEqual([conversation.id]);
    writeFileSync(`${conversation.path}.new`, conversation.line('gamma') + conversation.line('delta'));
    renameSync(`${conversation.path}.new`, conversation.path);
    expect((await listed({ query: 'gamma delta' }))[0]).toMatchObject({ id: conversation.id, messages: 2 });
  });

  it('are forgotten when they are deleted', async () => {
    const gone = home.conversation(['ephemeral']);
    const stays = home.conversation(['lasting']);
    expect(await ids('ephemeral')).toEqual([gone.id]);
    rmSync(gone.path);
    expect(await ids('ephemeral')).toEqual([]);
    rmSync(join(home.projects, '-home-someone-work'), { recursive: true });
    expect(await listed()).toEqual([]);
    await expect(room.folder(stays.id)).rejects.toMatchObject({ code: 'ConversationUnknown' });
  });

  it('are told to shells as a new revision', async () => {
    const conversation = home.conversation(['one']);
    await room.lookNow();
    const before = room.status().revision;
    expect(before).toBeGreaterThan(0);
    await room.lookNow();
    expect(room.status()).toEqual({ revision: before, pending: 0 });
    const changed = new Promise<void>((resolve) => room.onChange(resolve));
    conversation.say('two');
    await room.lookNow();
    await changed;
    expect(room.status()).toEqual({ revision: before + 1, pending: 0 });
  });
});

describe('transcripts that are no good', () => {
  it('broken lines, bytes that are no text and lines of 50 MB take nothing with them', async () => {
    const conversation = home.conversation(['before']);
    conversation.append('{"type":"user","message":\n\n\n{}\n[]\nnull\n\0\0\0\n');
    conversation.append(Buffer.from([0xff, 0xfe, 0x80, 10]));
    conversation.append(conversation.line('x'.repeat(50_000_000)));
    conversation.say('between');
    conversation.append(
      conversation.line('pictures').replace('pictures', `pictures ${'A'.repeat(6_000_000)}`),
    );
    conversation.say('behind');
    expect(await ids('before between pictures behind')).toEqual([conversation.id]);
    // What is read in two seconds: 56 MB are much of that on a busy machine.
    const places = async () =>
      (await room.find({ conversation: conversation.id, text: 'behind' })).matches.length;
    await expect.poll(places, { timeout: 30_000 }).toBe(1);
    expect((await listed())[0]).toMatchObject({ messages: 4 });
  });

  it('a line of nothing but brackets is passed over: parsed, it would end the whole process', async () => {
    const conversation = home.conversation(['before']);
    const deep = 3_900_000;
    conversation.append(`{"type":"user","deep":${'['.repeat(deep)}${']'.repeat(deep)}}\n`);
    conversation.append(`{"type":"user","wide":[${'{},'.repeat(2_000_000)}1]}\n`);
    conversation.say('behind');
    expect(await ids('before behind')).toEqual([conversation.id]);
  });

  it.skipIf(process.platform === 'win32')('a pipe in the place of one holds nobody up', async () => {
    const conversation = home.conversation(['before']);
    const descriptor = () => openTranscript(conversation.path);
    closeSync(descriptor());
    rmSync(conversation.path);
    execFileSync('mkfifo', [conversation.path]);
    expect(descriptor).toThrow('not a file');
    expect(await listed()).toEqual([]);
  });

  it('a folder that is none is not worked in', async () => {
    const conversation = home.conversation(['first'], { cwd: '.' });
    const unknown = room.folder(conversation.id);
    await expect(unknown).rejects.toMatchObject({ code: 'ConversationUnknown' });
    expect((await listed())[0]).toMatchObject({ id: conversation.id, cwd: '' });
  });

  it('one that cannot be read keeps what is known of it', async () => {
    const conversation = home.conversation(['known']);
    const other = home.conversation(['another']);
    expect(await ids('known')).toEqual([conversation.id]);
    // A link in a circle can be read by nobody, not even by root.
    for (const path of [conversation.path, home.projects]) {
      renameSync(path, `${path}.aside`);
      symlinkSync(path, path);
      expect(await ids('known')).toEqual([conversation.id]);
      expect(await ids('another')).toEqual([other.id]);
      unlinkSync(path);
      renameSync(`${path}.aside`, path);
    }
    conversation.say('unread');
    expect(await ids('unread')).toEqual([conversation.id]);
  });

  it('no projects folder is no trouble', async () => {
    rmSync(home.projects, { recursive: true });
    expect(await listed()).toEqual([]);
    writeFileSync(home.projects, 'a file');
    expect(await listed()).toEqual([]);
    expect(home.warnings).toEqual([]);
  });
});

describe('the index', () => {
  const file = () => join(home.state, 'history.db');

  it('is for its owner alone, and no text of a conversation is in it', async () => {
    home.conversation(['title', 'the secret sentence of a person']);
    await room.lookNow();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(`${file()}-wal`).mode & 0o777).toBe(0o600);
    await room.stop();
    expect(execFileSync('strings', ['-n', '6', file()], { encoding: 'utf8' })).not.toContain(
      'secret sentence',
    );
  });

  it.each([
    ['damaged', () => writeFileSync(file(), 'no database at all'.repeat(1_000))],
    ['cut off', () => truncateSync(file(), 5_000)],
    ['overwritten in the middle', () => writeFileSync(file(), Buffer.alloc(8_192, 0x55), { flag: 'r+' })],
    [
      'of another version',
      () => {
        const database = new DatabaseSync(file());
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
    ],
  ])('is made anew when it is %s', async (_, spoil) => {
    const conversation = home.conversation(['persistent']);
    expect(await ids('persistent')).toEqual([conversation.id]);
    await room.stop();
    spoil();
    room = await home.room();
    expect(await ids('persistent')).toEqual([conversation.id]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('is not opened twice: the second asker is told, the first goes on', async () => {
    const conversation = home.conversation(['only one']);
    expect(await ids('only')).toEqual([conversation.id]);
    const second = await home.room();
    await expect(second.list({ limit: 5 })).rejects.toMatchObject({ code: 'ServiceFailed' });
    conversation.say('undisturbed');
    expect(await ids('undisturbed')).toEqual([conversation.id]);
    await room.stop();
    expect((await second.list({ query: 'undisturbed', limit: 5 })).conversations).toHaveLength(1);
    await second.stop();
  });

  it('is whole after kill -9 in the middle of indexing', async () => {
    const made = generateTranscripts(home.projects, { bytes: 8_000_000, conversations: 8, seed: 7 });
    // In the middle of the first piece, and again later on.
    for (const words of [1, 3]) {
      const child = spawn(
        pinnedNode,
        [fileURLToPath(new URL('./index-until-killed.ts', import.meta.url)), home.folder],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = once(child, 'exit');
      let said = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        if (++said < words && line.startsWith('indexing')) continue;
        child.kill('SIGKILL');
        break;
      }
      expect(await ended).toEqual([null, 'SIGKILL']);
    }
    await room.lookNow();
    const after = await listed({ limit: 200 });
    expect(await ids(made.rare.chinese)).toEqual([made.rare.id]);
    await room.stop();
    rmSync(file());
    rmSync(`${file()}-wal`, { force: true });
    room = await home.room();
    await room.lookNow();
    expect(await listed({ limit: 200 })).toEqual(after);
    expect(after).toHaveLength(8);
  });
});
