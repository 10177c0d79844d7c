import { resolve } from 'node:path';
import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  AccountId,
  BedrockTrayError,
  exitCodes,
  Region,
  RoleName,
  SectionName,
  StartUrl,
} from '../../contract/index.ts';
import { badInput, print, translator, withAgent } from '../shell.ts';
import { signIn } from './login.ts';

interface Options {
  ssoSession?: string;
  startUrl?: string;
  region?: string;
  account?: string;
  role?: string;
  profile?: string;
  bedrockRegion?: string;
  browser: boolean;
  useDeviceCode?: boolean;
}

/** Thrown when the person leaves the wizard: what was done stays, nothing more is written. */
class Left extends Error {}

function answered<T>(value: T | symbol): T {
  if (clack.isCancel(value)) throw new Left();
  return value as T;
}

/** Asks for what was not given as an option; without a terminal that is a usage error naming the option. */
async function ask(
  given: string | undefined,
  option: string,
  question: () => Promise<string | symbol>,
): Promise<string> {
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) throw badInput(option, translator().t('cli:configure.needed'));
  return answered(await question());
}

/** A validator for clack from a schema: undefined when good. */
function fits(schema: { safeParse(v: unknown): { success: boolean } }, sentence: string) {
  return (value: string | undefined): string | undefined =>
    schema.safeParse(value ?? '').success ? undefined : sentence;
}

/** A short name for an SSO session from its start URL: the organisation's alias. */
export function proposedName(startUrl: string): string {
  const host = new URL(startUrl).hostname;
  const alias = host.split('.')[0] ?? '';
  return /^[a-z][\w-]*$/i.test(alias) && !/^d-\w+$/.test(alias) ? alias : 'my-sso';
}

async function chooseSsoSession(agent: AgentConnection, options: Options): Promise<string> {
  const { t, error } = translator();
  const { ssoSessions } = await agent.call('state.get', {});
  const named = ssoSessions.find((s) => s.id === options.ssoSession);
  if (named && options.startUrl === undefined && options.region === undefined) return named.id;
  if (
    options.startUrl === undefined &&
    options.ssoSession === undefined &&
    ssoSessions.length > 0 &&
    process.stdin.isTTY
  ) {
    const choice = answered(
      await clack.select({
        message: t('cli:configure.which'),
        options: [
          ...ssoSessions.map((s) => ({ value: s.id, label: s.id, hint: s.startUrl })),
          { value: '', label: t('cli:configure.another') },
        ],
      }),
    );
    if (choice !== '') return choice as string;
  }
  const startUrl = await ask(options.startUrl, '--start-url', () =>
    clack.text({
      message: t('cli:configure.startUrl'),
      placeholder: 'https://d-1234567890.awsapps.com/start',
      validate: (v) => fits(StartUrl, error({ code: 'StartUrlInvalid', params: { startUrl: v ?? '' } }))(v),
    }),
  );
  if (!StartUrl.safeParse(startUrl).success) throw new BedrockTrayError('StartUrlInvalid', { startUrl });
  const region = await ask(options.region, '--region', () =>
    clack.text({
      message: t('cli:configure.ssoRegion'),
      initialValue: 'us-east-1',
      validate: (v) => fits(Region, error({ code: 'RegionInvalid', params: { region: v ?? '' } }))(v),
    }),
  );
  if (!Region.safeParse(region).success) throw new BedrockTrayError('RegionInvalid', { region });
  const name = await ask(options.ssoSession, '--sso-session', () =>
    clack.text({
      message: t('cli:configure.name'),
      initialValue: proposedName(startUrl),
      validate: fits(SectionName, t('cli:configure.badName')),
    }),
  );
  await agent.call('ssoSessions.create', { name, startUrl, region });
  return name;
}

async function chooseRole(
  agent: AgentConnection,
  ssoSession: string,
  options: Options,
): Promise<{ accountId: string; roleName: string; accountName: string }> {
  const { t } = translator();
  const { accounts } = await agent.call('accounts.list', { ssoSession });
  const only = accounts.length === 1 ? accounts[0]?.accountId : undefined;
  const accountId = await ask(options.account ?? only, '--account', () =>
    clack.select({
      message: t('cli:configure.account'),
      options: accounts.map((a) => ({ value: a.accountId, label: a.name, hint: a.accountId })),
    }),
  );
  if (!AccountId.safeParse(accountId).success) throw badInput('--account', t('cli:configure.badAccount'));
  const { roles } = await agent.call('roles.list', { ssoSession, accountId });
  const onlyRole = roles.length === 1 ? roles[0]?.roleName : undefined;
  const roleName = await ask(options.role ?? onlyRole, '--role', () =>
    clack.select({
      message: t('cli:configure.role'),
      options: roles.map((r) => ({ value: r.roleName, label: r.roleName })),
    }),
  );
  if (!RoleName.safeParse(roleName).success || !roles.some((r) => r.roleName === roleName))
    throw new BedrockTrayError('AccessDenied', { accountId, roleName });
  return {
    accountId,
    roleName,
    accountName: accounts.find((a) => a.accountId === accountId)?.name ?? accountId,
  };
}

/** `configure sso`: SSO session, sign-in, account and role, profile and environment; asks only for what is not given. */
async function configureSso(agent: AgentConnection, options: Options): Promise<void> {
  const { t, error } = translator();
  const ssoSession = await chooseSsoSession(agent, options);
  const { ssoSessions } = await agent.call('state.get', {});
  const state = ssoSessions.find((s) => s.id === ssoSession)?.state;
  if (state !== 'valid' && state !== 'refreshing' && state !== 'degraded')
    await signIn(agent, {
      ssoSession,
      browser: options.browser,
      ...(options.useDeviceCode ? { useDeviceCode: true } : {}),
    });
  const { accountId, roleName, accountName } = await chooseRole(agent, ssoSession, options);
  const region = await ask(options.bedrockRegion, '--bedrock-region', () =>
    clack.text({
      message: t('cli:configure.bedrockRegion'),
      initialValue: 'us-east-1',
      validate: (v) => fits(Region, error({ code: 'RegionInvalid', params: { region: v ?? '' } }))(v),
    }),
  );
  if (!Region.safeParse(region).success) throw new BedrockTrayError('RegionInvalid', { region });
  const proposal = `${accountName}-${roleName}`.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-');
  const name = await ask(options.profile, '--profile', () =>
    clack.text({
      message: t('cli:configure.profile'),
      initialValue: proposal,
      validate: fits(SectionName, t('cli:configure.badName')),
    }),
  );
  await agent.call('profiles.create', { name, ssoSession, accountId, roleName, region });
  const after = await agent.call('state.get', {});
  if (!after.environments.some((e) => e.name === name))
    await agent.call('environments.create', {
      name,
      profile: name,
      region,
      model: null,
      smallFastModel: null,
      identityMode: after.settings.identityMode,
      endpointUrl: null,
    });
  await agent.call('environments.use', { name });
  print(t('cli:configure.done', { profile: name, accountId, roleName, region }));
}

export function addConfigure(program: Command): void {
  const { t } = translator();
  const configure = program.command('configure').description(t('cli:configure.description'));
  configure
    .command('claude')
    .description(t('cli:configure.claude'))
    .argument('[path]')
    .action((path: string | undefined) =>
      withAgent(async (agent) => {
        const claudePath = path === undefined ? null : resolve(path);
        await agent.call('settings.set', { claudePath });
        if (claudePath === null) print(translator().t('cli:configure.claudeDefault'));
        else print(translator().t('cli:configure.claudeSet', { path: claudePath }));
      }),
    );
  configure
    .command('sso')
    .description(t('cli:configure.sso'))
    .option('--sso-session <name>', t('cli:option.ssoSession'))
    .option('--start-url <url>', t('cli:option.startUrl'))
    .option('--region <region>', t('cli:option.ssoRegion'))
    .option('--account <id>', t('cli:option.account'))
    .option('--role <name>', t('cli:option.role'))
    .option('--profile <name>', t('cli:option.profile'))
    .option('--bedrock-region <region>', t('cli:option.bedrockRegion'))
    .option('--use-device-code', t('cli:login.deviceCode'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .action(async (options: Options) => {
      try {
        await withAgent((agent) => configureSso(agent, options));
      } catch (error) {
        if (!(error instanceof Left)) throw error;
        clack.cancel(t('cli:configure.left'));
        process.exitCode = exitCodes.failed;
      }
    });
}
