import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  type BedrockTrayError,
  isBedrockTrayError,
  Region,
  type Snapshot,
  StartUrl,
} from '../../contract/index.ts';
import { partitionFacts, partitionOfStartUrl } from '../../domain/profiles/partition.ts';
import {
  freeName,
  plainStartUrl,
  proposedSsoSessionName,
  typedStartUrl,
} from '../../domain/profiles/sso-session-name.ts';
import { answered, ask, canAsk, fits } from '../prompting.ts';
import { translator } from '../shell.ts';
import { plain } from '../table.ts';
import type { SsoOptions, Step } from './configure-sso-questions.ts';

/** The SSO session that is wanted. */
export interface Wish {
  name: string;
  /** Where it is not configured yet. */
  create: { startUrl: string; region: string } | null;
}

type Told = { startUrl: string; region: string } | 'otherUrl';

function askStartUrl(given: string | undefined): Promise<string> {
  const { t, error } = translator();
  return ask(given, '--start-url', () =>
    clack.text({
      message: t('cli:configure.startUrl'),
      placeholder: 'https://d-1234567890.awsapps.com/start',
      validate: (v) =>
        fits(
          StartUrl,
          error({ code: 'StartUrlInvalid', params: { startUrl: v ?? '' } }),
        )(typedStartUrl(v ?? '')),
    }),
  ).then(typedStartUrl);
}

function askRegion(startUrl: string): Promise<string> {
  const { t, error } = translator();
  const { homeRegion } = partitionFacts(partitionOfStartUrl(startUrl) ?? 'aws');
  return ask(undefined, '--region', () =>
    clack.text({
      message: t('cli:configure.ssoRegion'),
      initialValue: homeRegion,
      validate: (v) => fits(Region, error({ code: 'RegionInvalid', params: { region: v ?? '' } }))(v),
    }),
  );
}

/** AWS could not be asked: why, and what the person wants to do about it. */
async function afterFailure(problem: BedrockTrayError): Promise<'tryAgain' | 'otherUrl' | 'regionMyself'> {
  const { t, error } = translator();
  clack.log.error(plain(error(problem.view())));
  // Nothing else helps against an address that nobody has.
  if (problem.code === 'StartUrlUnknown' || problem.code === 'StartUrlInvalid') return 'otherUrl';
  return answered(
    await clack.select({
      message: t('setup:portalNext'),
      options: [
        { value: 'tryAgain' as const, label: t('setup:tryAgain') },
        { value: 'otherUrl' as const, label: t('setup:otherUrl') },
        { value: 'regionMyself' as const, label: t('setup:regionMyself') },
      ],
    }),
  );
}

/** The region that AWS tells; the person is asked only where it does not. */
async function tellRegion(agent: AgentConnection, startUrl: string, step: Step): Promise<Told> {
  const { t } = translator();
  const isAsked = canAsk();
  for (;;) {
    try {
      const told = await step(agent.call('setup.region', { startUrl }));
      const own = told.startUrl ?? startUrl;
      if (isAsked && told.startUrl !== undefined) {
        clack.log.info(t('setup:portalInstead', { startUrl: plain(told.startUrl) }));
      }
      if (told.region !== null) {
        if (isAsked) clack.log.info(t('setup:regionTold', { region: told.region }));
        return { startUrl: own, region: told.region };
      }
      if (isAsked) clack.log.info(t('firstRun:regionUntold'));
      return { startUrl: own, region: await askRegion(own) };
    } catch (e) {
      if (!isBedrockTrayError(e) || !isAsked) throw e;
      const next = await afterFailure(e);
      if (next === 'otherUrl') return next;
      if (next === 'regionMyself') return { startUrl, region: await askRegion(startUrl) };
    }
  }
}

/** An access portal by its address: the SSO session that has it already, or a new one. */
export async function choosePortal(
  agent: AgentConnection,
  options: SsoOptions,
  ssoSessions: Snapshot['ssoSessions'],
  step: Step,
): Promise<Wish> {
  let given = options.startUrl === undefined ? undefined : typedStartUrl(options.startUrl);
  for (;;) {
    const startUrl = await askStartUrl(given);
    given = undefined;
    const told: Told =
      options.region === undefined
        ? await tellRegion(agent, startUrl, step)
        : { startUrl, region: options.region };
    if (told === 'otherUrl') continue;
    const there = ssoSessions.find(
      (s) => s.kind === 'sso-session' && plainStartUrl(s.startUrl) === plainStartUrl(told.startUrl),
    );
    if (options.ssoSession === undefined && there && there.region === told.region) {
      return { name: there.id, create: null };
    }
    const taken = (name: string) => ssoSessions.some((s) => s.id === name);
    const name = options.ssoSession ?? freeName(proposedSsoSessionName(told.startUrl), taken);
    return { name, create: told };
  }
}

/** The SSO session that the options name: configured, or new. */
export async function givenSsoSession(
  agent: AgentConnection,
  options: SsoOptions,
  step: Step,
): Promise<Wish> {
  const { ssoSessions } = await agent.call('state.get', {});
  const named = ssoSessions.find((s) => s.id === options.ssoSession);
  if (named && options.startUrl === undefined && options.region === undefined) {
    return { name: named.id, create: null };
  }
  return choosePortal(agent, options, ssoSessions, step);
}
