import { trailsOf } from '../../../aws/cloudtrail-trails.ts';
import { AwsFault } from '../../../aws/faults.ts';
import { bedrockQuotas } from '../../../aws/service-quotas.ts';
import { info, type Told, warning } from '../../../domain/doctor/findings.ts';
import { tokensPerMinute } from '../../../domain/doctor/quota.ts';
import { quotaFindings } from '../../../domain/doctor/verdicts.ts';
import type { RoleCredentials } from '../../ports.ts';
import type { Held, Link } from '../check-runner.ts';
import type { Chain } from '../doctor-parts.ts';
import { optional } from './denied.ts';

/** What the account keeps of Bedrock's use, and what it allows of it. */
export function watchLinks(chain: Chain): Link[] {
  return [
    {
      link: 'trail',
      needs: ['credentials'],
      timeoutMs: 25_000,
      service: 'AWS CloudTrail',
      check: (signal) => optional(() => trail(chain, signal), info('trailNotAllowed')),
    },
    {
      link: 'quota',
      needs: ['credentials'],
      after: ['models'],
      timeoutMs: 40_000,
      service: 'Service Quotas',
      check: (signal) => optional(() => quota(chain, signal), info('quotaNotAllowed')),
    },
  ];
}

/** Trails that keep events; null where this identity may not see them. */
async function trails(chain: Chain, signal: AbortSignal): Promise<string[] | null> {
  try {
    return await trailsOf(chain.place(), chain.credentials as RoleCredentials, signal);
  } catch (e) {
    if (e instanceof AwsFault && e.kind === 'forbidden') return null;
    throw e;
  }
}

async function trail(chain: Chain, signal: AbortSignal): Promise<Held> {
  const { name } = chain.environment ?? {};
  const kept = await trails(chain, signal);
  const { events, region } = await chain.parts.trail.list({
    ...(name === undefined ? {} : { environment: name }),
    everyone: true,
    all: true,
    limit: 1,
  });
  const [event] = events;
  const findings: Told[] = [
    ...(kept !== null && kept.length === 0 ? [warning('trailMissing', { region })] : []),
    ...(event ? [] : [info('trailEmpty', { region })]),
  ];
  const last = event ? `${event.name} · ${new Date(event.at).toISOString().slice(0, 16)}Z` : region;
  return { evidence: [last, ...(kept ?? []).slice(0, 3)].join(' · '), findings };
}

async function quota(chain: Chain, signal: AbortSignal): Promise<Held> {
  const { model } = chain.subject();
  const quotas = await bedrockQuotas(chain.place(), chain.credentials as RoleCredentials, signal);
  const found = tokensPerMinute(quotas, model);
  if (found === null) return { evidence: model, findings: [info('quotaNotListed', { model })] };
  return { evidence: `${found.value} · ${found.name}`, findings: quotaFindings(model, found.value) };
}
