import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { ImportTool, SetupFindings } from '../../contract/index.ts';
import { promptOutput } from '../prompt-words.ts';
import { answered } from '../prompting.ts';
import { translator } from '../shell.ts';
import { plain } from '../table.ts';
import { chooseImports } from './configure-import.ts';
import { choosePortal, type Wish } from './configure-sso-portal.ts';
import type { SsoOptions, Step } from './configure-sso-questions.ts';

/** What the wizard goes on with. */
export type Beginning =
  | { kind: 'profile'; profile: string /** It has just been taken over. */; isNew: boolean }
  | { kind: 'portal'; wish: Wish };

const toolNames: Readonly<Record<ImportTool, string>> = {
  legacy: '~/.aws/config',
  leapp: 'Leapp',
  granted: 'Granted',
  'aws-vault': 'aws-vault',
  'aws-sso-cli': 'aws-sso-cli',
};

/** Names for one line: the rest is left out. */
function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 4).join(', ')}, …` : names.join(', ');
}

/** Claude Code, its settings, the AWS CLI and the shell: facts that nobody has to act on. */
function factsOf({ claude, awsCli, claudeSettings, environment }: SetupFindings): string[] {
  const { t } = translator();
  const names = some(claudeSettings?.names ?? []);
  return [
    claude
      ? t('firstRun:claudeFound', { version: claude.version ?? claude.path })
      : t('firstRun:claudeNotYet'),
    ...(awsCli ? [t('setup:awsCli', { version: awsCli.version ?? awsCli.path })] : []),
    ...(names === '' ? [] : [t('setup:settings', { names })]),
    ...(environment.length === 0 ? [] : [t('firstRun:shellVariables', { names: some(environment) })]),
  ].map(plain);
}

/** The profile that a person most likely wants: the one in their Claude Code settings. */
function inOrder({ profiles, claudeSettings }: SetupFindings): SetupFindings['profiles'] {
  return [...profiles].sort(
    (a, b) => Number(b.name === claudeSettings?.profile) - Number(a.name === claudeSettings?.profile),
  );
}

type Profile = SetupFindings['profiles'][number];
const roleOf = ({ accountId, roleName, kind }: Profile): string =>
  [accountId, roleName].filter((part) => part !== null).join(' / ') || kind;

async function takeOver(agent: AgentConnection): Promise<Beginning> {
  const { candidates } = await agent.call('import.list', {});
  const ids = await chooseImports(candidates);
  const { profiles } = await agent.call('import.apply', { ids });
  const [only, ...others] = profiles;
  if (only !== undefined && others.length === 0) return { kind: 'profile', profile: only, isNew: true };
  const profile = answered(
    await clack.autocomplete({
      output: promptOutput(),
      message: translator().t('setup:importWhich'),
      maxItems: 12,
      options: profiles.map((name) => ({ value: name, label: plain(name) })),
    }),
  );
  return { kind: 'profile', profile, isNew: true };
}

/** Shows what is on this machine and proposes it; where there is nothing, the portal's address is asked for. */
export async function chooseBeginning(
  agent: AgentConnection,
  options: SsoOptions,
  findings: SetupFindings,
  step: Step,
): Promise<Beginning> {
  const { t } = translator();
  clack.log.info([t('firstRun:found'), ...factsOf(findings).map((fact) => `  ${fact}`)].join('\n'));
  const { ssoSessions } = await agent.call('state.get', {});
  const portal = async (): Promise<Beginning> => ({
    kind: 'portal',
    wish: await choosePortal(agent, options, ssoSessions, step),
  });
  const count = findings.imports.reduce((sum, i) => sum + i.count, 0);
  const choices = [
    ...inOrder(findings).map((p) => ({
      value: `profile:${p.name}`,
      label: t('firstRun:foundProfile', { profile: plain(p.name) }),
      hint: plain(roleOf(p)),
    })),
    ...findings.ssoSessions
      .filter(({ id, startUrl }) => id !== startUrl)
      .map(({ id, startUrl }) => ({
        value: `session:${id}`,
        label: t('setup:moreRoles', { ssoSession: plain(id) }),
        hint: plain(startUrl),
      })),
    ...(count === 0
      ? []
      : [
          {
            value: 'import',
            label: t('firstRun:foundImport', { count }),
            hint: findings.imports.map(({ tool }) => toolNames[tool]).join(', '),
          },
        ]),
  ];
  if (choices.length === 0) return portal();
  const choice = answered(
    await clack.autocomplete({
      output: promptOutput(),
      message: t('setup:begin'),
      maxItems: 12,
      options: [
        ...choices,
        { value: 'portal', label: t('firstRun:otherPortal'), hint: t('firstRun:otherPortalDetail') },
      ],
    }),
  );
  const [, kind, name = ''] = /^(profile|session):(.*)$/s.exec(choice) ?? [];
  if (kind === 'profile') return { kind, profile: name, isNew: false };
  if (kind === 'session') return { kind: 'portal', wish: { name, create: null } };
  return choice === 'import' ? takeOver(agent) : portal();
}
