import { readToken, ssoCacheDir } from '../../../aws/sso-cache.ts';
import { callerIdentity } from '../../../aws/sts.ts';
import { BedrockTrayError } from '../../../contract/errors.ts';
import { ofError, type Told, warning } from '../../../domain/doctor/findings.ts';
import { identityFindings } from '../../../domain/doctor/verdicts.ts';
import type { RoleCredentials } from '../../ports.ts';
import type { Link } from '../check-runner.ts';
import type { Chain } from '../doctor-parts.ts';

const DAY_MS = 86_400_000;
/** A registration lasts 90 days; this near to its end a sign-in is worth while. */
const REGISTRATION_DAYS = 7;

const clockTime = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** From what is configured to whom AWS takes us for. */
export function accountLinks(chain: Chain): Link[] {
  const { environments, profiles, keeper, broker, context } = chain.parts;
  const profile = () => profiles.list().find((p) => p.name === chain.subject().profile);
  return [
    {
      link: 'config',
      needs: [],
      timeoutMs: 10_000,
      service: 'Bedrock Tray',
      async check() {
        await environments.settled();
        const chosen = chain.wish === undefined ? environments.active() : environments.get(chain.wish);
        await profiles.reload();
        if (!chosen) throw new BedrockTrayError('EnvironmentMissing', {});
        profiles.source(chosen.profile);
        chain.environment = chosen;
        // Malformed by now: what the file said last holds.
        const problem = profiles.problem();
        const evidence = [chosen.profile, chosen.region, ...(chosen.model ? [chosen.model] : [])].join(' · ');
        return { evidence, findings: problem ? [ofError(problem, 'warning')] : [] };
      },
    },
    {
      link: 'signIn',
      needs: ['config'],
      timeoutMs: 20_000,
      service: 'IAM Identity Center',
      async check() {
        const ssoSession = profile()?.ssoSession ?? null;
        // Nobody signs in for these: keys, a command.
        if (ssoSession === null) return { evidence: profile()?.kind ?? null };
        await keeper.accessToken(ssoSession);
        const view = keeper.views().find((v) => v.id === ssoSession);
        const findings: Told[] = [];
        if (view?.problem) findings.push(ofError(view.problem, 'warning'));
        if (view && !view.refreshable) findings.push(warning('notRefreshable', { ssoSession }));
        const { token } = await readToken(ssoCacheDir(context.userHome), ssoSession);
        const left = (token?.registrationExpiresAt ?? Number.POSITIVE_INFINITY) - context.clock.now();
        const days = Math.max(0, Math.floor(left / DAY_MS));
        if (left < REGISTRATION_DAYS * DAY_MS)
          findings.push(warning('registrationEnds', { ssoSession, days }));
        const until = view?.expiresAt ? ` · ${clockTime(view.expiresAt)} UTC` : '';
        return { evidence: `${ssoSession}${until}`, findings };
      },
    },
    {
      link: 'credentials',
      needs: ['signIn'],
      timeoutMs: 70_000,
      service: 'AWS access portal',
      async check() {
        chain.credentials = await broker.credentials(chain.subject().profile);
        const { accountId, roleName } = profile() ?? {};
        const who = [chain.credentials.accountId ?? accountId, roleName].filter((s) => typeof s === 'string');
        return { evidence: who.length === 0 ? chain.subject().profile : who.join(' / ') };
      },
    },
    {
      link: 'identity',
      needs: ['credentials'],
      timeoutMs: 25_000,
      service: 'AWS STS',
      async check() {
        const caller = await callerIdentity(chain.place(), chain.credentials as RoleCredentials);
        const { accountId = null, roleName = null } = profile() ?? {};
        return { evidence: caller.arn, findings: identityFindings(caller, { accountId, roleName }) };
      },
    },
  ];
}
