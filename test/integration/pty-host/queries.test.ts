import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { TestPtyHost } from '../../support/pty-host.ts';
import { pinnedNode } from '../../support/sandbox.ts';
import { AttachedScreen } from '../../support/terminal/attached-screen.ts';

/** Queries of a program (DA, DSR, colours, XTVERSION, kitty, DECRQM, DECRQSS) with several terminals on it. */

const program = join(import.meta.dirname, '../../support/terminal/asking-program.mjs');
const attachProgram = join(import.meta.dirname, '../../support/terminal/attach-program.ts');
const ASK = '\x11';
const TELL = '\x1a';

/** What @xterm/headless answers to each of the program's queries, once. Headless has no colours: the page has. */
const kinds: readonly [string, RegExp][] = [
  ['DA1', /\x1b\[\?[\d;]+c/g],
  ['DA2', /\x1b\[>[\d;]+c/g],
  ['DSR', /\x1b\[0n/g],
  ['CPR', /\x1b\[\d+;\d+R/g],
  ['DECXCPR', /\x1b\[\?\d+;\d+R/g],
  ['XTVERSION', /\x1bP>\|[^\x1b]*\x1b\\/g],
  ['kitty', /\x1b\[\?\d+u/g],
  ['DECRQM', /\x1b\[\?2026;\d\$y/g],
  ['RQM', /\x1b\[4;\d\$y/g],
  ['DECRQSS', /\x1bP1\$r[^\x1b]*\x1b\\/g],
];
const counted = (heard: string) =>
  Object.fromEntries(kinds.map(([k, r]) => [k, heard.match(r)?.length ?? 0]));
const each = (n: number) => Object.fromEntries(kinds.map(([k]) => [k, n]));

let host: TestPtyHost;
const screens: AttachedScreen[] = [];
const people: PersonTerminal[] = [];

beforeAll(async () => {
  host = await TestPtyHost.start();
});
afterEach(async () => {
  for (const screen of screens.splice(0)) screen.dispose();
  for (const person of people.splice(0)) await person.close();
});
afterAll(() => host?.[Symbol.asyncDispose]());

async function attach(id: string): Promise<AttachedScreen> {
  const screen = await AttachedScreen.on(host, id);
  screens.push(screen);
  await screen.live();
  return screen;
}

/** A person's own terminal on the session, by the command line's own attach. */
async function attachPerson(id: string): Promise<PersonTerminal> {
  const { ticket = '' } = await host.client.request({ type: 'ticket', id });
  const person = new PersonTerminal(pinnedNode, [attachProgram, host.terminals, ticket], {
    cwd: host.folder,
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TERM: 'xterm-256color', HOME: host.folder },
    cols: 80,
    rows: 24,
  });
  people.push(person);
  await person.shows(/asked|ready/);
  return person;
}

/** What the program has been sent since the last time, by way of what it shows. */
async function heard(screen: AttachedScreen): Promise<string> {
  const before = [...flat(screen).matchAll(/heard<([^>]*)>/g)].length;
  screen.connection.input(TELL);
  const told = () => [...flat(screen).matchAll(/heard<([^>]*)>/g)];
  await screen.until(() => told().length > before, 'what the program heard');
  return Buffer.from(told().at(-1)?.[1] ?? '', 'base64').toString('latin1');
}
const flat = (screen: AttachedScreen): string => screen.text.replaceAll('\n', '');

/**
 * Answers come from processes of their own: until so many of each kind have come, and then nothing new was heard in
 * three rounds.
 */
async function allHeard(screen: AttachedScreen, answers = 0): Promise<string> {
  let all = '';
  const missing = () => Object.values(counted(all)).some((n) => n < answers);
  const deadline = Date.now() + 20_000;
  for (let quiet = 0; quiet < 3; ) {
    const more = await heard(screen);
    all += more;
    quiet = more !== '' || (missing() && Date.now() < deadline) ? 0 : quiet + 1;
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  return all;
}

describe('queries of a program', () => {
  it('get one answer each from three terminals, one of them a person’s own, whoever is worked in', async () => {
    const id = await host.run(pinnedNode, [program]);
    const [one, two] = [await attach(id), await attach(id)];
    await one.shows(/ready/);
    const person = await attachPerson(id);
    one.connection.input(ASK);
    expect(counted(await allHeard(one, 1))).toEqual(each(1));
    two.connection.input(ASK);
    expect(counted(await allHeard(two, 1))).toEqual(each(1));
    person.type(ASK);
    expect(counted(await allHeard(one, 1))).toEqual(each(1));
    // Between a query and its answers another terminal is worked in.
    for (let n = 0; n < 5; n++) {
      one.connection.input(ASK);
      two.connection.resize(80, 24);
      two.connection.input('a');
      person.type('b');
    }
    let many = await allHeard(two, 5);
    const typed = async () => {
      many += await heard(two);
      return many.replace(/[^ab]/g, '').length;
    };
    await expect.poll(typed).toBeGreaterThanOrEqual(10);
    expect(counted(many)).toEqual(each(5));
    // The one that answers goes away.
    one.dispose();
    two.connection.input(ASK);
    expect(counted(await allHeard(two, 1))).toEqual(each(1));
    two.connection.input('\x18');
    await two.ended();
    // No answer is left over in anybody's shell.
    await person.shows(/left: exited/);
  });

  it('in a replay get none, from no kind of terminal', async () => {
    const id = await host.run(pinnedNode, [program, 'at-once']);
    const first = await attach(id);
    await first.shows(/asked/);
    expect(counted(await allHeard(first, 1))).toEqual(each(1));
    const second = await attach(id);
    await attachPerson(id);
    expect(await allHeard(second)).toBe('');
    first.dispose();
    const third = await attach(id);
    expect(await allHeard(third)).toBe('');
    second.dispose();
    third.connection.input(ASK);
    expect(counted(await allHeard(third, 1))).toEqual(each(1));
    third.dispose();
    // Alone, and only the replay has queries.
    for (const person of people.splice(0)) await person.close();
    const person = await attachPerson(id);
    await person.settles(200);
    const last = await attach(id);
    expect(await allHeard(last)).toBe('');
    last.connection.input('\x18');
    await last.ended();
  });

  it('before the first terminal get one answer, by the first of two that come at once', async () => {
    const id = await host.run(pinnedNode, [program, 'at-once']);
    const [a, b] = await Promise.all([attach(id), attach(id)]);
    await a.shows(/asked/);
    expect(counted(await allHeard(b, 1))).toEqual(each(1));
    b.connection.input('\x18');
    await a.ended();
  });
});
