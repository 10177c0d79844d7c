import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PtyHostRefusal } from '../../../src/agent/sessions/pty-host-client.ts';
import { encodeJson } from '../../../src/contract/pty-frames.ts';
import { flowControl, PTY_PROTOCOL_VERSION, terminalSocketOf } from '../../../src/contract/pty-protocol.ts';
import { TestPtyHost, TestTerminal } from '../../support/pty-host.ts';
import { pinnedNode } from '../../support/sandbox.ts';

const ci = Boolean(process.env.CI);
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

let host: TestPtyHost;
beforeEach(async () => {
  host = await TestPtyHost.start();
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

describe('a session in the pty-host', () => {
  it('echoes what is typed, and ends with its exit code after its last byte', async () => {
    const id = await host.shell('read line; echo "got $line"; exit 7');
    const terminal = await host.attach(id);
    await terminal.live();
    terminal.connection.input('héllo\r');
    await terminal.ended();
    expect(terminal.text).toContain('got héllo');
    expect(terminal.end).toEqual({ exitCode: 7, signal: null });
    expect(terminal.closed).toBe('exit');
    expect(host.ptys.get(id)).toMatchObject({ exitCode: 7, signal: null });
  });

  it('runs in exactly the environment, folder and size that it was given', async () => {
    const folder = join(host.folder, 'a folder 目录');
    await mkdir(folder);
    const id = await host.shell('pwd; stty size; env -0 | tr "\\0" "\\n" | sort', {
      cwd: folder,
      cols: 101,
      rows: 33,
      env: { ONLY: 'this\tone', PATH: '/usr/bin:/bin', TERM: 'xterm-direct' },
    });
    await host.exited(id);
    const terminal = await host.attach(id);
    await terminal.ended();
    expect(terminal.text.replaceAll('\r', '').trim().split('\n')).toEqual([
      folder,
      '33 101',
      'ONLY=this\tone',
      'PATH=/usr/bin:/bin',
      `PWD=${folder}`,
      'TERM=xterm-direct',
    ]);
  });

  it('refuses a folder or a program that is not there, and a bad request, and goes on', async () => {
    const wish = { type: 'spawn' as const, args: [], env: {}, cols: 80, rows: 24, meta: '' };
    const refusal = (file: string, cwd: string) =>
      host.client.request({ ...wish, id: crypto.randomUUID(), file, cwd }).then(
        () => 'accepted',
        (e: PtyHostRefusal) => `${e.code} ${e.reason}`,
      );
    await writeFile(join(host.folder, 'plain'), 'not executable');
    expect(await refusal('/bin/sh', join(host.folder, 'gone'))).toBe('spawn-failed cwd');
    expect(await refusal(join(host.folder, 'gone'), host.folder)).toBe('spawn-failed file');
    expect(await refusal(host.folder, host.folder)).toBe('spawn-failed file');
    expect(await refusal('relative', host.folder)).toBe('bad-request file');
    await expect(host.client.request({ type: 'ticket', id: crypto.randomUUID() })).rejects.toBeInstanceOf(
      PtyHostRefusal,
    );
    const id = await host.shell('echo still here');
    await host.exited(id);
  });

  it('tells its title, cleaned', async () => {
    const id = await host.shell(
      "printf '\\033]0;one\\007'; sleep 0.2; printf '\\033]2;two \\302\\205 lines\\033\\\\'; read x",
    );
    await host.happenings.until(() => host.ptys.get(id)?.title === 'two lines', 'title');
  });

  it('delivers the last line before the exit, every time', async () => {
    const runs = ci ? 1000 : 60;
    const width = 8;
    let lost = 0;
    for (let at = 0; at < runs; at += width) {
      await Promise.all(
        Array.from({ length: Math.min(width, runs - at) }, async (_, k) => {
          const lines = ((at + k) % 5) * 400;
          const id = await host.shell(
            `i=0; while [ $i -lt ${lines} ]; do echo "line $i of a short run"; i=$((i+1)); done; printf 'the last line'`,
          );
          const terminal = await host.attach(id);
          await terminal.ended(60_000);
          if (!terminal.text.endsWith('the last line')) lost++;
          await host.client.request({ type: 'forget', id });
        }),
      );
    }
    expect(lost).toBe(0);
  }, 300_000);

  it.each([
    ['ended', 'exit 3', { exitCode: 3, signal: null }],
    ['was killed', 'kill -9 $$', { exitCode: null, signal: 'SIGKILL' }],
  ])('delivers what was held back by flow control when the program %s', async (_, last, end) => {
    // A little more than pauses the pty, and less than the kernel keeps for it (4 KiB for sure), so that the program can
    // end while its last bytes are held back.
    const bytes = flowControl.highBytes + 3_000;
    const id = await host.shell(
      `stty -opost; head -c ${bytes} /dev/zero | tr '\\0' x; printf 'the last line'; ${last}`,
    );
    const terminal = await host.attach(id);
    terminal.consuming = false;
    await terminal.ended();
    expect(terminal.bytes).toBe(bytes + 'the last line'.length);
    expect(terminal.text.endsWith('the last line')).toBe(true);
    expect(terminal.end).toEqual(end);
  });
});

describe('terminals', () => {
  it('get the same screen again, at the sizes it had', async () => {
    const id = await host.shell('echo first; read a; echo second; read b');
    const one = await host.attach(id, { cols: 100, rows: 30 });
    await one.shows('first');
    one.connection.resize(90, 20);
    one.connection.input('x\r');
    await one.shows('second');
    const seen = one.text;
    one.connection.close();
    const two = await host.attach(id, { cols: 70, rows: 10 });
    await two.live();
    expect(two.text).toBe(seen);
    await two.happenings.until(() => two.sizes.length === 3, 'its own size at last');
    expect(two.sizes).toEqual([
      [80, 24],
      [90, 20],
      [70, 10],
    ]);
    await host.happenings.until(
      () => host.ptys.get(id)?.cols === 70,
      'the size of the one that attached last',
    );
  });

  it('type nothing while the old screen is being rebuilt, except the first one early on', async () => {
    const id = await host.shell(
      'printf \'\\033[6n\'; read -r answer; echo "answer $answer"; read again; echo "again $again"; read x',
    );
    const first = await host.attach(id);
    await first.shows('\x1b[6n');
    expect(first.connection.live).toBe(true);
    first.connection.input('\x1b[1;1R\r');
    await first.shows('answer ');
    const second = await host.attach(id);
    second.consuming = false;
    await second.shows('answer ');
    second.connection.input('swallowed');
    second.connection.consumed(second.bytes);
    await second.live();
    second.consuming = true;
    second.connection.input('typed\r');
    await second.shows('again typed');
    expect(second.text).not.toContain('swallowed');
  });

  it('share a session: the one that typed last has its size, reports of the other are not typed', async () => {
    const id = await host.shell('while read -r line; do echo "<$line>"; done');
    const one = await host.attach(id, { cols: 100, rows: 30 });
    const two = await host.attach(id, { cols: 60, rows: 20 });
    await Promise.all([one.live(), two.live()]);
    await one.happenings.until(() => one.sizes.at(-1)?.[0] === 60, 'size of the last to attach');
    // The first to come answers what the program asks.
    two.connection.input('\x1b[?62;22c');
    two.connection.input('typed\r');
    await two.shows('<typed>');
    one.connection.input('more\r');
    await two.shows('<more>');
    await two.happenings.until(() => two.sizes.at(-1)?.[0] === 100, 'size of the one that typed');
    await host.happenings.until(() => host.ptys.get(id)?.attached === 2, 'both counted');
  });

  it('hold the pty up when they are behind, and only while they are', async () => {
    // Begun when it is attached: what came before would be replayed at once.
    const id = await host.shell('read go; yes 0123456789012345678901234567890123456789');
    const slow = await host.attach(id);
    await slow.live();
    slow.consuming = false;
    slow.connection.input('\r');
    await slow.happenings.until(() => slow.bytes >= flowControl.highBytes, 'a full window');
    // What arrives after the pause is bounded by the buffers in between, and may take its time through them.
    let stopped = 0;
    await expect
      .poll(
        async () => {
          stopped = slow.bytes;
          await new Promise((resolve) => setTimeout(resolve, 300));
          return slow.bytes - stopped;
        },
        { timeout: flowControl.patienceMs / 2 },
      )
      .toBe(0);
    expect(stopped).toBeLessThan(flowControl.highBytes + 512 * 1024);
    slow.connection.close();
    const fast = await host.attach(id);
    await fast.happenings.until(() => fast.bytes > stopped + 5_000_000, 'the flood to go on');
  });

  it('are dropped when they hold it up and acknowledge nothing', async () => {
    const id = await host.shell('yes 0123456789012345678901234567890123456789');
    const dead = await host.attach(id);
    dead.consuming = false;
    const started = performance.now();
    const other = await host.attach(id);
    await dead.ended(flowControl.patienceMs + 20_000);
    expect(dead.closed).toBe('lost');
    expect(performance.now() - started).toBeGreaterThan(flowControl.patienceMs - 1_000);
    const before = other.bytes;
    await other.happenings.until(() => other.bytes > before + 1_000_000, 'the flood to go on');
  });

  it('that nobody attaches hold nothing up', async () => {
    const id = await host.shell('head -c 20000000 /dev/zero | tr "\\0" a; echo end');
    await host.exited(id);
    const terminal = await host.attach(id);
    await terminal.ended();
    expect(terminal.bytes).toBeLessThan(4_500_000);
    expect(terminal.text.trimEnd().endsWith('end')).toBe(true);
  });

  it('take a big paste into a program that reads slowly, without spinning', async () => {
    const id = await host.shell('stty raw -echo; echo ready; sleep 1; head -c 3000000 | wc -c');
    const terminal = await host.attach(id);
    await terminal.shows('ready');
    const before = await cpuSeconds(host.pid);
    terminal.connection.input('x'.repeat(3_000_000));
    await terminal.ended();
    expect(terminal.text).toContain('3000000');
    expect((await cpuSeconds(host.pid)) - before).toBeLessThan(0.9);
  });

  it('need a ticket, which is good once', async () => {
    const id = await host.shell('read x');
    const { ticket = '' } = await host.client.request({ type: 'ticket', id });
    const path = terminalSocketOf(host.socket);
    const first = new TestTerminal(path, { ticket, cols: 80, rows: 24 });
    await first.live();
    const second = new TestTerminal(path, { ticket, cols: 80, rows: 24 });
    const guess = new TestTerminal(path, { ticket: 'guess', cols: 80, rows: 24 });
    await Promise.all([second.ended(), guess.ended()]);
    expect([second.closed, guess.closed]).toEqual(['refused', 'refused']);
    first.connection.close();
  });

  it('cannot be controllers on their socket, nor send rubbish', async () => {
    const spoken = async (path: string, bytes: Uint8Array) => {
      const socket = connect(path);
      const answer: Buffer[] = [];
      socket.on('data', (d) => answer.push(d));
      socket.on('error', () => undefined);
      socket.write(bytes);
      await new Promise((resolve) => socket.on('close', resolve));
      return Buffer.concat(answer).length;
    };
    const controller = encodeJson({ type: 'hello', protocol: PTY_PROTOCOL_VERSION, role: 'controller' });
    expect(await spoken(terminalSocketOf(host.socket), controller)).toBe(0);
    const terminal = {
      type: 'hello',
      protocol: PTY_PROTOCOL_VERSION,
      role: 'terminal',
      ticket: '',
      cols: 1,
      rows: 1,
    };
    expect(await spoken(host.socket, encodeJson(terminal))).toBe(0);
    expect(await spoken(host.socket, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe(0);
    expect(await spoken(host.socket, Buffer.from([0, 0, 0, 2, 0, 0x7b]))).toBe(0);
  });
});

describe('the end', () => {
  it('of a kill takes the whole tree: deaf, stopped and in sessions of their own', async () => {
    const id = await host.shell(
      `trap "" HUP; echo pid $$; (trap "" HUP; echo pid $(sh -c 'echo $PPID'); sleep 1000) & ` +
        `setsid sh -c 'echo pid $$; sleep 1000' & sh -c 'echo pid $$; kill -STOP $$' & wait; sleep 1000`,
    );
    const terminal = await host.attach(id);
    const pids = () => [...terminal.text.matchAll(/pid (\d+)/g)].map((m) => Number(m[1]));
    await terminal.happenings.until(() => pids().length === 4, 'four processes');
    expect(pids().every(alive)).toBe(true);
    await host.client.request({ type: 'kill', id, graceMs: 300 });
    expect(pids().filter(running)).toEqual([]);
    expect(host.ptys.get(id)?.signal).toBe('SIGKILL');
  });

  it('of a kill is gentle first', async () => {
    const id = await host.shell(`trap 'echo saved; exit 3' HUP; echo ready; while :; do sleep 0.05; done`);
    const terminal = await host.attach(id);
    await terminal.shows('ready');
    await host.client.request({ type: 'kill', id, graceMs: 10_000 });
    await terminal.ended();
    expect(terminal.text).toContain('saved');
    expect(terminal.end).toEqual({ exitCode: 3, signal: null });
  });

  it('leaves no descriptor, no zombie and no memory of forgotten sessions', async () => {
    const spawns = ci ? 200 : 60;
    const warm = await host.shell('exit');
    await host.exited(warm);
    const before = await descriptors(host.pid);
    for (let at = 0; at < spawns; at += 10) {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const id = await host.shell('echo x');
          const terminal = await host.attach(id);
          await terminal.ended();
          await host.client.request({ type: 'forget', id });
        }),
      );
    }
    await expect.poll(() => descriptors(host.pid)).toBeLessThanOrEqual(before);
    await expect.poll(() => zombiesOf(host.pid)).toBe(0);
    const { ptys } = await host.client.request({ type: 'list' });
    expect(ptys?.map((p) => p.id)).toEqual([warm]);
  });

  it('children inherit no descriptor but their terminal', async () => {
    const other = await host.attach(await host.shell('read x'));
    await other.live();
    const id = await host.shell('for f in /proc/$$/fd/*; do readlink "$f"; done');
    await host.exited(id);
    const terminal = await host.attach(id);
    await terminal.ended();
    const targets = new Set(terminal.text.replaceAll('\r', '').trim().split('\n'));
    expect([...targets]).toEqual([expect.stringMatching(/^\/dev\/pts\/\d+$/)]);
  });

  it('of the agent ends nothing: the next one finds all as it was', async () => {
    const id = await host.shell('echo before; read x; echo "after $x"; read y');
    await host.client.request({ type: 'meta', id, meta: '{"note":1}' });
    const terminal = await host.attach(id);
    await terminal.shows('before');
    host.client.close();
    terminal.connection.input('typed\r');
    await terminal.shows('after typed');
    host.ptys.clear();
    await host.connect();
    expect(host.ptys.get(id)).toMatchObject({ id, exitedAt: null, meta: '{"note":1}', attached: 1 });
  });

  it('of the host comes by itself when nobody needs it, and not before', async () => {
    // Long enough to be connected to after its start.
    const idleMs = 2_000;
    const own = await TestPtyHost.start({ idleMs });
    await own.shell('until [ -e enough ]; do sleep 0.05; done');
    own.client.close();
    await new Promise((resolve) => setTimeout(resolve, idleMs + 500));
    expect(alive(own.pid)).toBe(true);
    await writeFile(join(own.folder, 'enough'), '');
    await expect.poll(() => alive(own.pid), { timeout: 20_000 }).toBe(false);
    await expect(stat(own.socket)).rejects.toThrow();
    await own[Symbol.asyncDispose]();
  });

  it('of a shutdown is the end of every session', async () => {
    const own = await TestPtyHost.start();
    const id = await own.shell('echo pid $$; sleep 1000');
    const terminal = await own.attach(id);
    await terminal.shows(/pid \d+/);
    const pid = Number(/pid (\d+)/.exec(terminal.text)?.[1]);
    await own[Symbol.asyncDispose]();
    expect(running(pid)).toBe(false);
    await expect.poll(() => alive(own.pid)).toBe(false);
  });
});

describe('its sockets', () => {
  it('are for the user alone', async () => {
    for (const path of [host.socket, terminalSocketOf(host.socket)]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  it('in use end a second host, which takes nothing away', async () => {
    const main = join(import.meta.dirname, '../../../src/pty-host/main.ts');
    const second = promisify(execFile)(pinnedNode, [main, '--socket', host.socket], { timeout: 60_000 });
    await expect(second).rejects.toMatchObject({ code: 1 });
    const id = await host.shell('echo x');
    await host.exited(id);
  });
});

function running(pid: number): boolean {
  return alive(pid) && !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

async function descriptors(pid: number): Promise<number> {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map((n) => readlink(`/proc/${pid}/fd/${n}`).catch(() => '')));
  return targets.filter((t) => t !== '').length;
}

async function zombiesOf(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((n) => /^\d+$/.test(n));
  const stats = await Promise.all(pids.map((n) => readFile(`/proc/${n}/stat`, 'latin1').catch(() => '')));
  return stats.filter((line) => new RegExp(`\\) Z ${pid} `).test(line)).length;
}

/** User and system time of a process, seconds (Linux's 100 ticks a second). */
async function cpuSeconds(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
