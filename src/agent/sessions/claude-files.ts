import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { claudeFolder, projectOf } from '../claude-folder.ts';
import type { AgentContext } from '../ports.ts';
import type { Environment } from './login-shell.ts';

/**
 * What Claude Code keeps about conversations in its folder: a transcript for each, and a file for each process that
 * runs (the same that `claude agents --json` prints, without a process of 200 ms to ask it). Both are its own affair:
 * they are read as evidence, and whatever is not understood counts as nothing.
 */
const LiveFile = z.object({
  pid: z.number().int().positive(),
  sessionId: z.uuid(),
  /** Linux: start time as in /proc/PID/stat. */
  procStart: z.string().optional(),
  /** Linux: the machine and the namespace that the pid is of, which a shared HOME does not tell. */
  pidDomain: z.string().optional(),
});

/** A conversation that a running Claude Code has open. */
export interface LiveConversation {
  pid: number;
  conversation: string;
}

/** Every conversation that some Claude Code has open now, ours and others'. */
export async function liveConversations(configFolder: string): Promise<LiveConversation[]> {
  const folder = join(configFolder, 'sessions');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+\.json$/.test(name));
  const found = await Promise.all(names.map((name) => readLive(join(folder, name))));
  return found.filter((live) => live !== undefined);
}

/** The conversation that the Claude Code with this pid shows; undefined where it does not say. */
export async function conversationOf(configFolder: string, pid: number): Promise<string | undefined> {
  const live = await readLive(join(configFolder, 'sessions', `${pid}.json`));
  return live?.pid === pid ? live.conversation : undefined;
}

async function readLive(file: string): Promise<LiveConversation | undefined> {
  const live = LiveFile.safeParse(parsed(await readFile(file, 'utf8').catch(() => '')));
  if (!live.success || !(await runs(live.data))) return undefined;
  return { pid: live.data.pid, conversation: live.data.sessionId };
}

/** Whether it runs still: the file stays behind when its process is killed, and a pid is given again. */
async function runs({ pid, procStart, pidDomain }: z.infer<typeof LiveFile>): Promise<boolean> {
  if (process.platform === 'linux') {
    const ours = await readlink('/proc/self/ns/pid').catch(() => '');
    if (pidDomain?.startsWith('linux:') && ours !== '' && !pidDomain.endsWith(ours)) return false;
    const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
    if (line === '' || rest[0] === 'Z' || rest[0] === 'X') return false;
    return procStart === undefined || rest[19] === procStart;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Claude Code's folder as a session with this environment has it. */
export function configFolderOf(env: Environment, { userHome }: Pick<AgentContext, 'userHome'>): string {
  return claudeFolder(env, env.HOME || userHome);
}

/** Whether Claude Code has a transcript of this conversation: one is written at the first prompt, and cannot be resumed without. */
export async function hasTranscript(
  configFolder: string,
  conversation: string,
  cwd: string,
): Promise<boolean> {
  const projects = join(configFolder, 'projects');
  const isThere = (project: string) =>
    stat(join(projects, project, `${conversation}.jsonl`)).then(
      (transcript) => transcript.size > 0,
      () => false,
    );
  const likely = projectOf(cwd);
  if (await isThere(likely)) return true;
  for (const project of await readdir(projects).catch(() => [])) {
    if (project !== likely && (await isThere(project))) return true;
  }
  return false;
}

/** The conversation that `claude --continue` goes on with in a folder: the one that was last written to. */
export async function newestConversation(configFolder: string, cwd: string): Promise<string | undefined> {
  const folder = join(configFolder, 'projects', projectOf(cwd));
  let newest: { at: number; id: string } | undefined;
  for (const name of await readdir(folder).catch(() => [])) {
    const id = name.replace(/\.jsonl$/, '');
    if (id === name || !z.uuid().safeParse(id).success) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: 0 }));
    if (!newest || mtimeMs > newest.at) newest = { at: mtimeMs, id };
  }
  return newest?.id;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
