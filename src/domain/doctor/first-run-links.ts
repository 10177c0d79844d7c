import type { DoctorLink } from '../../contract/doctor.ts';

/** What a first run checks: from what is configured to a model's answer, and Claude Code. */
export const firstRunLinks = [
  'config',
  'signIn',
  'credentials',
  'identity',
  'models',
  'answer',
  'streaming',
  'claude',
] as const satisfies readonly DoctorLink[];
