import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { awsFiles } from '../../../aws/config-file.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../../contract/errors.ts';
import type { Environment } from '../../../contract/state.ts';
import { quoteForSh } from '../../../domain/desktop/shell-quoting.ts';
import { ofError, type Told, warning } from '../../../domain/doctor/findings.ts';
import { hooksSwitch, type SettingsFile, settingsFindings } from '../../../domain/doctor/settings-rivals.ts';
import { type SetAt, settersIn, variableFindings } from '../../../domain/doctor/shell-variables.ts';
import { hookFindings } from '../../../domain/doctor/verdicts.ts';
import { OLDEST_CLAUDE } from '../../../domain/sessions/claude-version.ts';
import { decidingVariables } from '../../../domain/settings/settings-names.ts';
import { systemReason } from '../../aws-errors.ts';
import type { Link } from '../check-runner.ts';
import type { Chain, ReadSettings } from '../doctor-parts.ts';

/** What Claude Code gives the relay, ms. */
const HOOK_MS = 5_000;
/** A first run loads the programs; the middle one of these counts. */
const HOOK_RUNS = 3;

/** Start-up files in which people set variables. */
const startUpFiles = [
  '.profile',
  '.bash_profile',
  '.bash_login',
  '.bashrc',
  '.zshenv',
  '.zprofile',
  '.zshrc',
  '.config/fish/config.fish',
] as const;

const isRead = (file: ReadSettings): file is ReadSettings & SettingsFile => file.settings !== null;

/** Claude Code, what else on this machine decides about it, and our hooks in it. */
export function claudeLinks(chain: Chain): Link[] {
  const { parts } = chain;
  const { context, profiles } = parts;
  return [
    {
      link: 'claude',
      needs: [],
      timeoutMs: 30_000,
      service: 'Claude Code',
      async check() {
        const claude = await parts.claude();
        if (!claude) throw new BedrockTrayError('ClaudeNotInstalled', { searched: 'PATH' });
        const { path, version, support } = claude;
        if (support === 'older') {
          throw new BedrockTrayError('ClaudeTooOld', { path, version: version ?? '', needed: OLDEST_CLAUDE });
        }
        if (version === null) return { evidence: path, findings: [warning('claudeSilent', { path })] };
        return { evidence: `${version} · ${path}` };
      },
    },
    {
      link: 'claudeSettings',
      needs: ['config'],
      timeoutMs: 15_000,
      service: 'Claude Code',
      async check() {
        const files = await chain.settings();
        const malformed = files
          .filter((f) => f.settings === null)
          .map(({ file }) =>
            ofError({ code: 'SettingsMalformed', params: { file, reason: 'JSON' } }, 'warning'),
          );
        const findings = settingsFindings(files.filter(isRead), chain.environment as Environment);
        return {
          evidence: files.map((f) => f.file).join(', ') || null,
          findings: [...malformed, ...findings],
        };
      },
    },
    {
      link: 'variables',
      needs: [],
      after: ['config'],
      timeoutMs: 15_000,
      service: 'login shell',
      async check() {
        const env = await chain.loginEnv();
        const names = decidingVariables(env);
        const findings = variableFindings({
          env,
          setAt: await settersOf(context.userHome, new Set(names)),
          profiles: new Set(profiles.list().map((p) => p.name)),
          region: chain.subject().region,
        });
        return { evidence: names.join(', ') || '–', findings };
      },
    },
    {
      link: 'hooks',
      needs: [],
      timeoutMs: 25_000,
      service: 'Bedrock Tray',
      command: () => `echo '{}' | ${relayOf(chain).map(quoteForSh).join(' ')}`,
      async check(signal) {
        const off = (await chain.settings()).filter(isRead).flatMap((file): Told[] => {
          const key = hooksSwitch(file);
          return key === null ? [] : [warning('hooksDisabled', { file: file.file, key })];
        });
        const runs: { ms: number; problem: string | null }[] = [];
        for (let n = 0; n < HOOK_RUNS && !runs.at(-1)?.problem; n++)
          runs.push(await runHook(relayOf(chain), signal));
        const middle =
          runs.find((r) => r.problem) ?? runs.sort((a, b) => a.ms - b.ms)[Math.floor(runs.length / 2)];
        const findings = middle ? hookFindings(middle) : [];
        return {
          evidence: middle?.problem === null ? `${Math.round(middle.ms)} ms` : null,
          findings: [...off, ...findings],
        };
      },
    },
    {
      link: 'defaultProfile',
      needs: ['config'],
      timeoutMs: 10_000,
      service: 'Bedrock Tray',
      async check() {
        const found = profiles.list().find((p) => p.name === 'default');
        if (!found || found.kind === 'none') return { evidence: '–' };
        const evidence = found.kind;
        if (chain.subject().profile === 'default') return { evidence };
        const files = awsFiles(context.env, context.userHome);
        const file = found.kind === 'static' ? files.credentials : files.config;
        return { evidence, findings: [warning('defaultShadows', { kind: found.kind, file })] };
      },
    },
    {
      link: 'integration',
      needs: ['config'],
      timeoutMs: 15_000,
      service: 'Bedrock Tray',
      async check() {
        try {
          const { files } = await parts.integration.preview(chain.environment?.name);
          const ours = files.filter((f) => f.state !== 'absent');
          const findings = ours.flatMap((f): Told[] => [
            ...(f.state === 'outdated'
              ? [warning('integrationOutdated', { file: f.file }, { fix: true })]
              : []),
            ...(f.problem ? [ofError(f.problem, 'warning')] : []),
          ]);
          return { evidence: ours.map((f) => f.file).join(', ') || '–', findings };
        } catch (e) {
          // Its credentials come from Claude Code's own settings: nothing of ours can stand there.
          if (isBedrockTrayError(e) && e.code === 'ProfileUnsupported') return { evidence: '–' };
          throw e;
        }
      },
    },
  ];
}

async function settersOf(userHome: string, names: ReadonlySet<string>): Promise<SetAt[]> {
  if (names.size === 0) return [];
  const texts = await Promise.all(
    startUpFiles.map((file) => readFile(join(userHome, file), 'utf8').catch(() => '')),
  );
  return startUpFiles.flatMap((file, n) => settersIn(texts[n] ?? '', `~/${file}`, names));
}

/** As a session calls it, for one that nobody knows: the agent refuses it at once. */
const relayOf = ({ parts }: Chain): string[] => [...parts.hookRelay, parts.agentSocket, randomUUID()];

function runHook(
  [program = '', ...args]: readonly string[],
  signal: AbortSignal,
): Promise<{ ms: number; problem: string | null }> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
    const end = (problem: string | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      resolve({ ms: performance.now() - begun, problem });
    };
    const kill = () => {
      child.kill('SIGKILL');
      end('TimeoutError');
    };
    const timer = setTimeout(kill, HOOK_MS);
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', (e) => end(systemReason(e)));
    child.once('exit', (code) => end(code === 0 ? null : `exit ${code}`));
    // It may end before it has read.
    child.stdin.on('error', () => undefined);
    child.stdin.end('{"hook_event_name":"Stop"}');
  });
}
