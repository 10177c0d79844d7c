import { info } from '../../../domain/doctor/findings.ts';
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
      check: () => optional(() => trail(chain), info('trailNotAllowed')),
    },
  ];
}

async function trail(chain: Chain): Promise<Held> {
  const { name } = chain.environment ?? {};
  const { events, region } = await chain.parts.trail.list({
    ...(name === undefined ? {} : { environment: name }),
    everyone: true,
    limit: 1,
  });
  const [event] = events;
  if (!event) return { evidence: region, findings: [info('trailEmpty', { region })] };
  return { evidence: `${event.name} · ${new Date(event.at).toISOString().slice(0, 16)}Z · ${region}` };
}
