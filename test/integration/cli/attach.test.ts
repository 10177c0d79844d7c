import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/index.ts';
import { findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** `bedrock-tray claude` in a person's own terminal: a shell in a pty, in which they type. */

const claude = findClaude();
const missing = claude ? '' : ': Claude Code is not installed for tests';

/** Processes that carry this text in their environment (as Linux tells). */
function carrying(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The process whose arguments these are, below `parent`. */
function childOf(parent: number, argument: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const ppid = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      if (ppid === String(parent) && argv.includes(argument)) return Number(name);
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error(`no child of ${parent} with the argument ${argument}`);
}

/** What was asked and answered. The rows around it are hints, which Claude Code changes as time passes, whoever looks. */
const conversation = (text: string): string => {
  const from = text.indexOf('run: echo');
  const end = text.indexOf('─────', from);
  return text
    .slice(from, end < 0 ? undefined : end)
    .replace(/^\s*[✻✶✳✢·*] .*$/gm, '')
    .trimEnd();
};

describe.skipIf(!claude || process.platform !== 'linux')(`claude in a person's terminal${missing}`, () => {
  const mark = randomUUID();
  /** As virtual environments, ssh-agent and direnv leave them in a shell. */
  const personal = {
    VIRTUAL_ENV: `/venv/${mark}`,
    SSH_AUTH_SOCK: `/run/ssh-${mark}.sock`,
    FROM_DIRENV: `direnv-${mark}`,
  };
  let product: Installation;
  let project: string;
  const terminals: PersonTerminal[] = [];

  /** A shell whose line editing is the terminal's own: its echo shows whether the modes are right. */
  const shell = (): PersonTerminal => {
    const terminal = new PersonTerminal('/bin/sh', ['-i'], {
      cwd: project,
      env: {
        ...product.env,
        ...personal,
        PS1: 'prompt> ',
        BT: `${pinnedNode} ${command}`,
      },
    });
    terminals.push(terminal);
    return terminal;
  };
  const session = async (): Promise<Snapshot['sessions'][number]> => {
    const { sessions } = JSON.parse((await product.run(['status', '--json'])).stdout) as Snapshot;
    const newest = sessions.toSorted((a, b) => b.startedAt - a.startedAt)[0];
    if (!newest) throw new Error('no session');
    return newest;
  };
  const enter = async (terminal: PersonTerminal, text: string): Promise<void> => {
    terminal.type(text);
    // Claude Code takes a return that comes together with a text for a part of it, as in what is pasted.
    await terminal.until((shown) => shown.includes(text), `${text} typed`);
    await terminal.settles(300);
    terminal.type('\r');
  };
  let asked = 20;
  const expectOrdinary = async (terminal: PersonTerminal): Promise<void> => {
    const { screen } = terminal;
    // Another answer each time: the one before may still be shown.
    const still = `still ${++asked + 20}`;
    terminal.type(`clear; stty -a; echo "still $((20 + ${asked}))"\r`);
    await terminal.shows(new RegExp(still));
    expect(screen.buffer.active.type).toBe('normal');
    expect(screen.modes).toMatchObject({
      mouseTrackingMode: 'none',
      bracketedPasteMode: false,
      sendFocusMode: false,
      applicationCursorKeysMode: false,
      synchronizedOutputMode: false,
    });
    expect(terminal.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      terminal.output.lastIndexOf('\x1b[?25l'),
    );
    // The echo of what was typed, and the answer in rows that begin at the left edge.
    expect(terminal.text).toMatch(new RegExp(`^${still}$`, 'm'));
    expect(terminal.text).toMatch(/(^|\s)icanon/);
    expect(terminal.text).toMatch(/(^|\s)echo\s/);
    expect(terminal.text).toMatch(/(^|\s)opost/);
    expect(terminal.text).toMatch(/(^|\s)isig/);
  };

  beforeAll(async () => {
    product = await install({ env: { PATH: `${join(claude as string, '..')}:${process.env.PATH}` } });
    project = join(product.sandbox.home, 'project');
    mkdirSync(project);
    await prepareClaudeHome(product.sandbox.home, [project]);
    expect((await product.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
    const made = await product.run([
      'env',
      'create',
      'sandbox',
      '--profile',
      'sandbox',
      '--region',
      'us-east-1',
      '--use',
    ]);
    expect(made.status).toBe(0);
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) await terminal.close();
    await product.run(['sessions', 'kill', '--all', '--yes']);
  });
  afterAll(() => product?.stop());

  it('detaches with the modes restored, shows the same screen again, outlives its terminals, and is ended', async () => {
    const first = shell();
    await first.shows(/prompt>$/);
    await enter(first, '$BT claude -- --allowedTools Bash');
    await first.shows(/❯/);

    // The caller's environment is there in what claude runs. What is typed differs from what is answered.
    await enter(first, 'run: echo "v=$VIRTUAL_ENV s=$SSH_AUTH_SOCK d=$FROM_DIRENV"');
    await first.shows(new RegExp(`Sandbox saw: v=${personal.VIRTUAL_ENV}\\s+s=${personal.SSH_AUTH_SOCK}`));
    await first.settles();
    expect(first.text.replaceAll(/\s+/g, '')).toContain(`d=${personal.FROM_DIRENV}`);
    const opened = await session();
    expect(opened).toMatchObject({ state: 'running', cwd: project });
    const inside = carrying(mark).filter((pid) => pid !== first.pid);
    expect(inside.length).toBeGreaterThan(1);

    const screen = conversation(first.text);
    expect(screen).toContain('Sandbox saw: v=');
    first.type('\x1c');
    await first.shows(/Detached; session [\da-f]{8} goes on/);
    await expectOrdinary(first);
    expect(await session()).toMatchObject({ id: opened.id, state: 'running' });

    const id = opened.id.slice(0, 8);
    await enter(first, `$BT sessions attach ${id}`);
    await first.becomes(screen, conversation);
    // A kitty-keyboard terminal sends Ctrl+\ as a sequence.
    first.type('\x1b[92;5u');
    await first.shows(/Detached; session/);
    await expectOrdinary(first);

    // Asked to end, the attached command restores the modes; killed, it cannot. The session goes on in both cases.
    await enter(first, `$BT sessions attach ${id}`);
    await first.shows(/Sandbox saw: v=/);
    process.kill(childOf(first.pid, 'attach'), 'SIGTERM');
    await first.shows(/Detached; session/);
    await expectOrdinary(first);
    await enter(first, `$BT sessions attach ${id}`);
    await first.shows(/Sandbox saw: v=/);
    process.kill(childOf(first.pid, 'attach'), 'SIGKILL');
    await first.close();
    const second = shell();
    await second.shows(/prompt>$/);
    await enter(second, `$BT sessions attach ${id}`);
    await second.shows(/Sandbox saw: v=/);
    await enter(second, 'after the kill');
    await second.shows(/Sandbox heard: "after the kill"/);

    // Ended from elsewhere: the attached command ends too, and so does the whole tree.
    expect((await product.run(['sessions', 'kill', id])).status).toBe(0);
    await second.shows(/prompt>$/);
    await expectOrdinary(second);
    await expect
      .poll(() => carrying(mark).filter((pid) => pid !== second.pid), { timeout: 30_000 })
      .toEqual([]);
    expect(await session()).toMatchObject({ id: opened.id, state: 'exited' });

    // What the caller's environment holds is in no log and in no state file.
    const files = readdirSync(product.home, { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    );
    const texts = files.map((f) => readFileSync(join(f.parentPath, f.name), 'latin1'));
    expect(texts.join('')).toContain(opened.id);
    expect(files.filter((_, i) => texts[i]?.includes(mark)).map((f) => f.name)).toEqual([]);
  }, 300_000);

  it('passes the exit code of claude on', async () => {
    const terminal = shell();
    await terminal.shows(/prompt>$/);
    await enter(terminal, '$BT claude -- -p "hi there"; echo "code=$(($? + 100))"');
    await terminal.shows(/code=100$/m);
    expect(terminal.text).toContain('Sandbox heard: "hi there"');
    await enter(terminal, 'clear; $BT claude -- --no-such-option; echo "code=$(($? + 200))"');
    await terminal.shows(/code=201$/m);
    expect(terminal.text).toContain('unknown option');
    await expect.poll(session, { timeout: 30_000 }).toMatchObject({ state: 'exited', exitCode: 1 });
  }, 180_000);
});
