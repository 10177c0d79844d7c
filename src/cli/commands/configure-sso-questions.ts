import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  AccountId,
  type AccountView,
  BedrockTrayError,
  exitCodes,
  ModelId,
  Region,
  RoleName,
  type RoleView,
  SectionName,
  StartUrl,
} from '../../contract/index.ts';
import {
  defaultTemplate,
  profileNames,
  takenBy,
  templateProblem,
} from '../../domain/profiles/profile-name-template.ts';
import { typedStartUrl } from '../../domain/profiles/sso-session-name.ts';
import { promptOutput, yesOrNo } from '../prompt-words.ts';
import { answered, ask, canAsk, Left } from '../prompting.ts';
import { badInput, Said, translator } from '../shell.ts';
import { plain } from '../table.ts';
import { chooseBedrockRegion } from './configure-sso-bedrock.ts';
import type { Wish } from './configure-sso-portal.ts';

/** What was given on the command line. */
export interface SsoOptions {
  ssoSession?: string;
  startUrl?: string;
  region?: string;
  account?: string[];
  role?: string[];
  all?: boolean;
  profile?: string;
  template?: string;
  bedrockRegion?: string;
  use?: string;
  model?: string;
  /** Undefined: where a terminal shows it. */
  check?: boolean;
  browser: boolean;
  useDeviceCode?: boolean;
  json?: boolean;
}

/** Waits for something, and gives up when the person leaves. */
export type Step = <U>(work: Promise<U>) => Promise<U>;
/** A role and its account's name. */
export type Role = RoleView & { accountName: string };
/** Refuses what was typed wrongly on the command line before anything is done. */
export function checkOptions({
  startUrl,
  region,
  bedrockRegion,
  account,
  role,
  profile,
  template,
  model,
}: SsoOptions): void {
  const { t } = translator();
  if (startUrl !== undefined && !StartUrl.safeParse(typedStartUrl(startUrl)).success)
    throw new BedrockTrayError('StartUrlInvalid', { startUrl });
  if (model !== undefined && !ModelId.safeParse(model).success)
    throw badInput('--model', t('setup:modelNone', { model }));
  for (const given of [region, bedrockRegion]) {
    if (given !== undefined && !Region.safeParse(given).success)
      throw new BedrockTrayError('RegionInvalid', { region: given });
  }
  if (account?.some((id) => !AccountId.safeParse(id).success))
    throw badInput('--account', t('cli:configure.badAccount'));
  if (role?.some((name) => !RoleName.safeParse(name).success))
    throw badInput('--role', t('cli:configure.badRole'));
  if (profile !== undefined && !SectionName.safeParse(profile).success)
    throw badInput('--profile', t('cli:configure.badName'));
  const reason = template === undefined ? null : templateProblem(template);
  if (template !== undefined && reason !== null)
    throw new BedrockTrayError('TemplateInvalid', { template, reason });
}

/** Searchable, many at once; one that is alone is taken without asking. */
async function chooseMany<T>(
  message: string,
  all: readonly T[],
  show: (one: T) => { label: string; hint?: string },
  option: string,
): Promise<T[]> {
  if (all.length <= 1) return [...all];
  if (!canAsk()) throw new Said(translator().t('cli:configure.needed', { option }));
  const chosen = answered(
    await clack.autocompleteMultiselect({
      output: promptOutput(),
      message,
      maxItems: 12,
      required: true,
      placeholder: '',
      options: all.map((one, value) => ({ value, ...show(one) })),
    }),
  );
  return all.filter((_, n) => chosen.includes(n));
}

async function chooseRoles(
  agent: AgentConnection,
  ssoSession: string,
  options: SsoOptions,
  step: Step,
): Promise<Role[]> {
  const { t } = translator();
  const { accounts } = await step(agent.call('accounts.list', { ssoSession }));
  if (accounts.length === 0) throw new Said(t('firstRun:noAccountsAdvice'), exitCodes.failed);
  const given = options.account;
  const known = given?.map((accountId): AccountView => {
    const account = accounts.find((a) => a.accountId === accountId);
    return account ?? { accountId, name: accountId, email: '' };
  });
  const wanted =
    known ??
    (options.all
      ? accounts
      : await chooseMany(
          t('cli:configure.accounts'),
          accounts,
          (a) => ({ label: plain(a.name), hint: a.accountId }),
          '--account',
        ));
  const roles: Role[] = [];
  // One after the other: the agent keeps to what the portal can bear, and Ctrl+C ends it.
  for (const { accountId, name } of wanted) {
    const listed = await step(agent.call('roles.list', { ssoSession, accountId }));
    for (const role of listed.roles) roles.push({ ...role, accountName: name });
  }
  if (roles.length === 0) throw new Said(t('firstRun:noRolesAdvice'), exitCodes.failed);
  const names = options.role;
  if (names !== undefined) {
    for (const roleName of names) {
      if (roles.some((r) => r.roleName === roleName)) continue;
      throw new BedrockTrayError('AccessDenied', { accountId: wanted[0]?.accountId ?? '', roleName });
    }
    return roles.filter((r) => names.includes(r.roleName));
  }
  if (options.all) return roles;
  const isOne = new Set(roles.map((r) => r.accountId)).size <= 1;
  return chooseMany(
    t('cli:configure.roles'),
    roles,
    (r) =>
      isOne ? { label: r.roleName } : { label: `${plain(r.accountName)} / ${r.roleName}`, hint: r.accountId },
    '--role',
  );
}

/** The names that a template gives; one that gives none is a mistake in what was typed. */
function namesOf(template: string, roles: readonly Role[], taken: ReturnType<typeof takenBy>): string[] {
  try {
    return profileNames(template, roles, taken);
  } catch (e) {
    const isEmpty =
      e instanceof BedrockTrayError && e.code === 'TemplateInvalid' && e.view().params.reason === '';
    throw isEmpty ? badInput('--template', translator().t('cli:configure.templateEmpty')) : e;
  }
}

async function chooseTemplate(
  options: SsoOptions,
  roles: readonly Role[],
  taken: ReturnType<typeof takenBy>,
): Promise<string> {
  const { t, error } = translator();
  const asText = (template: string): string | undefined => {
    try {
      namesOf(template, roles, taken);
      return undefined;
    } catch (e) {
      return e instanceof BedrockTrayError ? error(e.view()) : String(e);
    }
  };
  const template = options.template ?? (canAsk() ? undefined : defaultTemplate);
  return ask(template, '--template', () =>
    clack.text({
      message: t('cli:configure.template'),
      initialValue: defaultTemplate,
      validate: (v) => asText(v ?? ''),
    }),
  );
}

/** What is written at the end, all at once. */
export interface Plan {
  roles: Role[];
  region: string;
  /** One profile under its own name, or many under a template's. */
  names: { profile: string } | { template: string };
  /** The profile that Claude Code is to use from now on, if any. */
  use: string | null;
}

/** Accounts, roles, region and names; whoever leaves throws Left. `settingsRegion`: Bedrock's in the person's own settings. */
export async function choosePlan(
  agent: AgentConnection,
  wish: Wish,
  options: SsoOptions,
  settingsRegion: string | null,
  step: Step,
): Promise<Plan> {
  const { t } = translator();
  const ssoSession = wish.name;
  const roles = await chooseRoles(agent, ssoSession, options, step);
  const [first] = roles;
  if (!first)
    throw new BedrockTrayError('AccessDenied', { accountId: options.account?.[0] ?? '', roleName: '' });
  const { ssoSessions } = await step(agent.call('state.get', {}));
  const region = await chooseBedrockRegion(agent, options.bedrockRegion, [
    settingsRegion,
    ssoSessions.find((s) => s.id === ssoSession)?.region ?? wish.create?.region,
  ]);
  const { profiles: there } = await step(agent.call('profiles.list', {}));
  const taken = takenBy(there, { ssoSession, region });
  if (roles.length === 1 && options.template === undefined) {
    const [proposal = ''] = profileNames(defaultTemplate, roles, taken);
    const profile = options.profile ?? proposal;
    return { roles, region, names: { profile }, use: profile };
  }
  if (options.profile !== undefined) throw badInput('--profile', t('cli:configure.oneOnly'));
  const template = await chooseTemplate(options, roles, taken);
  const names = namesOf(template, roles, taken);
  if (options.use !== undefined && !names.includes(options.use))
    throw badInput('--use', t('cli:configure.notOne', { names: names.join(', ') }));
  if (!canAsk() || (options.all && options.template !== undefined))
    return { roles, region, names: { template }, use: options.use ?? null };
  clack.note(names.map(plain).join('\n'), t('cli:configure.preview', { count: names.length }));
  const use =
    options.use ??
    answered(
      await clack.autocomplete({
        output: promptOutput(),
        message: t('cli:configure.use'),
        maxItems: 12,
        options: [
          ...names.map((name, n) => ({ value: name, label: name, hint: roles[n]?.accountId ?? '' })),
          { value: '', label: t('cli:configure.useNone') },
        ],
      }),
    );
  const sure = answered(
    await clack.confirm({ ...yesOrNo(), message: t('cli:configure.write', { count: names.length }) }),
  );
  if (!sure) throw new Left();
  return { roles, region, names: { template }, use: use === '' ? null : use };
}
