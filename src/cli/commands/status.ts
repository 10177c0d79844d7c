import type { Command } from 'commander';
import { type CredentialsView, type Snapshot, sessionIsOpen } from '../../contract/index.ts';
import { usdText } from '../../domain/cost/session-cost.ts';
import { durationMessage } from '../../domain/duration.ts';
import { sessionRows } from '../session-rows.ts';
import { followLanguageOf, print, printJson, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';
import { clockTime } from '../words.ts';

function left(expiresAt: number | null, now: number): string {
  const { t } = translator();
  if (expiresAt === null) return '-';
  const duration = durationMessage(expiresAt - now);
  return t('cli:status.until', {
    left: t(`page:${duration.key}`, duration.params),
    time: clockTime(expiresAt, now),
  });
}

/** The state of credentials in a word; those that are not there for a reason have failed, or wait for the person. */
function credentialsWord({ state, problem }: CredentialsView): string {
  const { t } = translator();
  if (state !== 'absent' || problem === null) return t(`cli:credentialsState.${state}`);
  if (problem.code === 'SignInNeeded') return t('cli:credentialsState.signInNeeded');
  if (problem.code === 'MfaNeeded') return t('cli:credentialsState.mfaNeeded');
  return t('cli:credentialsState.failed');
}

/** Budgets that are nearly or wholly spent: one line each. */
function budgets({ usage }: Snapshot): string[] {
  const { t, language } = translator();
  return usage.budgets.flatMap(({ environment, budget, spentUsd, stage, to }) => {
    if (stage === null || stage < 80) return [];
    const spent = usdText(spentUsd, language);
    const key = stage === 100 && budget.refuse ? 'cli:status.budgetRefuses' : 'cli:status.budget';
    return [t(key, { environment, spent, limit: usdText(budget.usd, language), to })];
  });
}

/** What a person should know or do: one line each. */
function circumstances(s: Snapshot, now: number): string[] {
  const { t, error } = translator();
  const { prompt, mfa, ending, network, clockSkewMs, configProblem } = s;
  const said = (ms: number): string => {
    const duration = durationMessage(ms);
    return t(`page:${duration.key}`, duration.params);
  };
  return [
    prompt && t('cli:status.prompt', { name: prompt.ssoSession }),
    mfa && t('cli:status.mfa', { profile: mfa.profile, mfaSerial: mfa.mfaSerial }),
    ending &&
      t('cli:status.ending', { name: ending.ssoSession, left: said(Math.max(0, ending.endsAt - now)) }),
    network.state === 'offline' && t('cli:status.offline', { time: clockTime(network.sinceAt, now) }),
    network.state === 'captive' && t('cli:status.captive'),
    clockSkewMs !== null && t('cli:status.clock', { by: said(Math.abs(clockSkewMs)) }),
    configProblem && error(configProblem),
    ...budgets(s),
  ].filter((line) => typeof line === 'string');
}

/** The snapshot in words; `now` is this machine's clock in epoch ms. */
export function describeStatus(s: Snapshot, now: number): string {
  const { t, error } = translator();
  const active = s.environments.find((e) => e.name === s.activeEnvironment);
  const out: string[] = [];
  out.push(
    active
      ? t('cli:status.environment', {
          name: active.name,
          profile: active.profile,
          region: active.region,
          model: active.model ?? t('cli:defaultModel'),
        })
      : t('cli:status.noEnvironment'),
  );
  out.push(...circumstances(s, now));
  out.push('');
  if (s.ssoSessions.length > 0) {
    out.push(
      table(
        [t('cli:head.ssoSession'), t('cli:head.state'), t('cli:head.expires'), ''],
        s.ssoSessions.map((x) => [
          x.id,
          t(`cli:ssoState.${x.state}`),
          left(x.expiresAt, now),
          x.problem ? error(x.problem) : '',
        ]),
      ),
    );
  } else out.push(t('cli:status.noSsoSession'));
  if (s.credentials.length > 0) {
    out.push(
      '',
      table(
        [
          t('cli:head.profile'),
          t('cli:head.account'),
          t('cli:head.role'),
          t('cli:head.state'),
          t('cli:head.expires'),
          '',
        ],
        s.credentials.map((c) => [
          c.profile,
          c.accountId ?? '',
          c.roleName ?? '',
          credentialsWord(c),
          c.state === 'valid' && c.expiresAt === null ? t('cli:status.noEnd') : left(c.expiresAt, now),
          c.problem ? error(c.problem) : '',
        ]),
      ),
    );
  }
  const lost = s.sessions.filter((x) => x.state === 'lost' && x.resumable).length;
  if (lost > 0) out.push('', t('cli:sessions.lost', { count: lost }));
  const open = s.sessions.filter(sessionIsOpen);
  if (open.length > 0) {
    out.push('', sessionRows(open));
  }
  return out.map((line) => line.split('\n').map(plain).join('\n')).join('\n');
}

/** Resolves at Ctrl+C or SIGTERM. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

export function addStatus(program: Command): void {
  const { t } = translator();
  program
    .command('status')
    .description(t('cli:status.description'))
    .option('--watch', t('cli:status.watch'))
    .option('--json', t('cli:option.json'))
    .action((options: { watch?: boolean; json?: boolean }) =>
      withAgent(async (agent) => {
        let latest: Snapshot | undefined;
        const show = (): void => {
          if (!latest) return;
          followLanguageOf(latest.settings);
          if (options.json) {
            // While watching: one document a line, so that a reader can tell them apart.
            if (options.watch) print(JSON.stringify(latest));
            else printJson(latest);
            return;
          }
          if (options.watch && process.stdout.isTTY) process.stdout.write('\x1b[H\x1b[2J');
          print(describeStatus(latest, Date.now()));
        };
        if (!options.watch) {
          latest = await agent.call('state.get', {});
          return show();
        }
        const stop = agent.watch('state.watch', {}, (snapshot) => {
          latest = snapshot;
          show();
        });
        // Times left go on counting on a terminal although nothing else changes.
        const ticking = process.stdout.isTTY && !options.json ? setInterval(show, 15_000) : undefined;
        await Promise.race([interrupted(), new Promise<void>((resolve) => agent.onClose(() => resolve()))]);
        clearInterval(ticking);
        stop();
      }),
    );
}
