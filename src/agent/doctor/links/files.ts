import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { awsFiles } from '../../../aws/config-file.ts';
import { readToken, ssoCacheDir, tokenFileName } from '../../../aws/sso-cache.ts';
import { failed, ofError, type Told, warning } from '../../../domain/doctor/findings.ts';
import { diskFindings } from '../../../domain/doctor/verdicts.ts';
import { systemReason } from '../../aws-errors.ts';
import { findLeftovers } from '../../leftovers.ts';
import type { Held, Link } from '../check-runner.ts';
import type { Chain, DoctorParts } from '../doctor-parts.ts';
import { openFiles } from '../open-files.ts';

/** Our state folder and AWS's files: there, readable, well-formed, closed to others; and room to write. */
export function filesLink(chain: Chain): Link {
  return {
    link: 'files',
    needs: [],
    after: ['config'],
    timeoutMs: 15_000,
    service: 'disk',
    check: () => files(chain),
  };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Writes a little, as every sign-in does. */
async function writable(folder: string): Promise<Told[]> {
  const probe = join(folder, `.bedrock-tray-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(probe, Buffer.alloc(4096), { flag: 'wx', mode: 0o600 });
    return [];
  } catch (e) {
    return [failed('stateNotWritable', { folder, reason: systemReason(e) })];
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

async function readable(file: string): Promise<Told[]> {
  try {
    const handle = await open(file, 'r');
    try {
      await handle.read(Buffer.alloc(1), 0, 1, 0);
    } finally {
      await handle.close();
    }
    return [];
  } catch (e) {
    const reason = systemReason(e);
    return reason === 'ENOENT' ? [] : [failed('fileUnreadable', { file, reason })];
  }
}

async function tokens({ context, profiles }: DoctorParts): Promise<Told[]> {
  const dir = ssoCacheDir(context.userHome);
  const found = await Promise.all(
    profiles.ssoSessions().map(async ({ id }) => ({ id, problem: (await readToken(dir, id)).problem })),
  );
  return found.flatMap(({ id, problem }) =>
    problem === undefined || problem === 'missing'
      ? []
      : [warning('fileMalformed', { file: join(dir, tokenFileName(id)), reason: problem })],
  );
}

async function files(chain: Chain): Promise<Held> {
  const { parts } = chain;
  const { context, profiles } = parts;
  const { config, credentials } = awsFiles(context.env, context.userHome);
  const { home } = context;
  const unread = [...(await readable(config)), ...(await readable(credentials))];
  const problem = profiles.problem();
  const leftovers = await findLeftovers(context);
  const free = await (parts.freeBytes ?? freeBytes)(home).catch(() => null);
  const findings: Told[] = [
    ...unread,
    // The AWS CLI reads nothing of it at all.
    ...(problem !== null && unread.length === 0 ? [ofError(problem)] : []),
    ...(await writable(home)),
    ...(free === null ? [] : diskFindings(home, free)),
    ...(await tokens(parts)),
    ...(await openFiles(parts)).map(({ file, mode }) =>
      warning('fileOpen', { file, mode: mode.toString(8).padStart(4, '0') }, { fix: true }),
    ),
    ...(leftovers.length > 0 ? [warning('leftovers', { count: leftovers.length }, { fix: true })] : []),
  ];
  const there = await stat(dirname(config)).then(
    () => dirname(config),
    () => null,
  );
  return { evidence: [home, ...(there === null ? [] : [there])].join(' · '), findings };
}
