import type { AgentConnection } from '../../client/rpc-client.ts';
import type { DoctorCheck, DoctorLink } from '../../contract/index.ts';
import { firstRunLinks } from '../../domain/doctor/first-run-links.ts';
import { translator } from '../shell.ts';
import { plain } from '../table.ts';
import type { Step } from './configure-sso-questions.ts';
import { type Checks, runChecks } from './doctor-checks.ts';

/** Runs a first run's links to their end; the model is asked. `lines`: told as it goes. */
export function runCheck(
  agent: AgentConnection,
  environment: string | undefined,
  options: { lines: boolean; step: Step },
): Promise<Checks> {
  const wish = environment === undefined ? {} : { environment };
  return runChecks(agent, { ...wish, ask: true, links: [...firstRunLinks] }, options);
}

/** The sentences for what failed or deserves a look. */
export function sentencesOf(checks: Checks): { state: DoctorCheck['state']; text: string }[] {
  const { finding } = translator();
  return checks.flatMap(({ findings }) =>
    findings.flatMap((f) => (f.level === 'info' ? [] : [{ state: f.level, text: plain(finding(f).cause) }])),
  );
}

/** Whether Claude Code would get an answer: all but Claude Code itself. */
export function answers(checks: Checks): boolean {
  return checks.every((c) => c.link === 'claude' || c.state === 'ok' || c.state === 'warning');
}

export const linkOf = (checks: Checks, link: DoctorLink): DoctorCheck | undefined =>
  checks.find((c) => c.link === link);
