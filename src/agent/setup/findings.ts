import type { ClaudeView, SetupFindings } from '../../contract/state.ts';
import { INTEGRATION_PROFILE } from '../../domain/integration.ts';
import { decidingSettings, decidingVariables } from '../../domain/settings/settings-names.ts';
import type { AgentContext, Importer, ProfileCatalog } from '../ports.ts';
import { claudeSettingsFile, readClaudeSettings } from '../profiles/claude-settings.ts';
import { findAwsCli } from './aws-cli.ts';

export interface FindingsParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'log'>;
  profiles: Pick<ProfileCatalog, 'list' | 'ssoSessions' | 'reload'>;
  importer: Pick<Importer, 'list'>;
  loginEnv(): Promise<Record<string, string>>;
  /** Looks for Claude Code now. */
  claude(): Promise<ClaudeView | null>;
}

async function importsOf(importer: FindingsParts['importer']): Promise<SetupFindings['imports']> {
  const counts = new Map<SetupFindings['imports'][number]['tool'], number>();
  for (const { tool, problem } of await importer.list()) {
    if (problem === null) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  }
  return [...counts].map(([tool, count]) => ({ tool, count }));
}

async function claudeSettings({ env, userHome }: FindingsParts['context']) {
  const file = claudeSettingsFile(env, userHome);
  const text = await readClaudeSettings(file);
  if (text === '') return null;
  let settings: unknown;
  try {
    settings = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // Claude Code says so itself.
  }
  const isObject = typeof settings === 'object' && settings !== null;
  return { file, ...decidingSettings(isObject ? (settings as Record<string, unknown>) : {}) };
}

/** What is on this machine. A part that cannot be looked at counts as not there: a first run goes on without it. */
export async function findSetup(parts: FindingsParts): Promise<SetupFindings> {
  const { context, profiles, importer } = parts;
  const orElse = <T>(work: Promise<T>, instead: T): Promise<T> =>
    work.catch((e: unknown) => {
      const reason = (e as { code?: unknown } | null)?.code ?? 'unknown';
      context.log.info({ reason }, 'a part of the machine could not be looked at');
      return instead;
    });
  await orElse(profiles.reload(), undefined);
  const loginEnv = orElse(parts.loginEnv(), {});
  const [imports, claude, settings, awsCli, environment] = await Promise.all([
    orElse(importsOf(importer), []),
    orElse(parts.claude(), null),
    orElse(claudeSettings(context), null),
    orElse(
      loginEnv.then((env) => findAwsCli(env)),
      null,
    ),
    loginEnv.then(decidingVariables),
  ]);
  return {
    ssoSessions: profiles.ssoSessions().map(({ id, startUrl, region }) => ({ id, startUrl, region })),
    profiles: profiles
      .list()
      // Ours, by an integration, stands for one of the others.
      .filter((p) => p.problem === null && p.kind !== 'none' && p.name !== INTEGRATION_PROFILE)
      .map(({ name, kind, accountId, roleName }) => ({ name, kind, accountId, roleName })),
    imports,
    claude,
    awsCli,
    claudeSettings: settings,
    environment,
  };
}
