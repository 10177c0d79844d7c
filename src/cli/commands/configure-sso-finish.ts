import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { Environment } from '../../contract/index.ts';
import { claudeInstall } from '../../domain/sessions/claude-install.ts';
import { answered } from '../prompting.ts';
import { translator } from '../shell.ts';
import { chooseBedrockRegion, chooseModel, takeProfile } from './configure-sso-bedrock.ts';
import type { SsoOptions, Step } from './configure-sso-questions.ts';
import { signedIn } from './configure-sso-sign-in.ts';
import { type Checks, errorOfCheck } from './doctor-checks.ts';
import { answers, linkOf, runCheck, sentencesOf } from './setup-check.ts';

interface Subject {
  profile: string;
  region: string;
  ssoSession: string | null;
}

type Next = 'again' | 'model' | 'region' | 'signIn' | 'leave';

function show(checks: Checks): void {
  for (const { state, text } of sentencesOf(checks)) {
    if (state === 'failed') clack.log.error(text);
    else clack.log.warn(text);
  }
}

/** What a person can do about a chain that does not hold. */
async function chooseNext(checks: Checks, ssoSession: string | null): Promise<Next> {
  const { t } = translator();
  const failed = (link: 'signIn' | 'models' | 'answer' | 'streaming') =>
    linkOf(checks, link)?.state === 'failed';
  const isModel = failed('models') || failed('answer') || failed('streaming');
  return answered(
    await clack.select<Next>({
      message: t('setup:next'),
      options: [
        ...(failed('signIn') && ssoSession !== null
          ? [{ value: 'signIn' as const, label: t('firstRun:remedySignIn') }]
          : []),
        ...(isModel
          ? [
              { value: 'model' as const, label: t('setup:otherModel') },
              { value: 'region' as const, label: t('setup:otherRegion') },
            ]
          : []),
        { value: 'again', label: t('firstRun:checkAgain') },
        { value: 'leave', label: t('setup:leaveNow') },
      ],
    }),
  );
}

/** How it stands, and how Claude Code is opened or comes onto this machine first. */
function end(checks: Checks): void {
  const { t } = translator();
  const lines: string[] = [];
  const claude = linkOf(checks, 'claude');
  const missing = errorOfCheck(claude)?.code;
  if (missing === 'ClaudeTooOld') {
    lines.push(t('setup:update', { command: claudeInstall.update }));
  } else if (missing === 'ClaudeNotInstalled') {
    const own = process.platform === 'win32' ? claudeInstall.windows : claudeInstall.unix;
    lines.push(t('setup:install', { command: own }), t('setup:orNpm', { command: claudeInstall.npm }));
  }
  const holds = answers(checks);
  if (!holds) clack.log.warn(t('setup:notReady'));
  else if (claude?.state === 'failed') clack.log.warn(t('setup:onlyClaude'));
  else clack.log.success(t('setup:ready'));
  lines.push(t('setup:open', { command: 'bedrock-tray claude' }));
  if (!holds) lines.push(t('setup:later', { command: 'bedrock-tray configure check' }));
  clack.outro(lines.join('\n   '));
}

/** The chain, until it holds or the person leaves it as it is. */
async function checked(
  agent: AgentConnection,
  subject: Subject,
  first: Environment,
  options: SsoOptions,
  step: Step,
): Promise<Checks> {
  const { t } = translator();
  let environment = first;
  for (;;) {
    clack.log.step(t('setup:checking'));
    const checks = await runCheck(agent, environment.name, { lines: true, step });
    show(checks);
    if (answers(checks)) return checks;
    switch (await chooseNext(checks, subject.ssoSession)) {
      case 'signIn':
        if (subject.ssoSession !== null) {
          await signedIn(agent, { name: subject.ssoSession, create: null }, options, step);
        }
        break;
      case 'region': {
        const region = await chooseBedrockRegion(agent, undefined, [environment.region]);
        environment = await takeProfile(agent, subject.profile, region);
        environment = await chooseModel(agent, environment, undefined, step);
        break;
      }
      case 'model':
        environment = await chooseModel(agent, environment, undefined, step);
        break;
      case 'leave':
        return checks;
      case 'again':
    }
  }
}

/** The second half: environment, model, check. What the first half wrote stays, whoever leaves here. */
export async function finishSetup(
  agent: AgentConnection,
  subject: Subject,
  options: SsoOptions,
  step: Step,
): Promise<void> {
  const { t } = translator();
  const made = await takeProfile(agent, subject.profile, subject.region);
  const environment = await chooseModel(agent, made, options.model, step);
  const checks = options.check === false ? null : await checked(agent, subject, environment, options, step);
  await agent.call('settings.set', { setupDone: true });
  if (checks) end(checks);
  else clack.outro(t('setup:open', { command: 'bedrock-tray claude' }));
}
