import type { DoctorLink } from '../../../../src/contract/doctor.ts';

/** The links in their order, by where a person would look. */
export const groups = [
  { name: 'computer', links: ['config', 'files', 'clock'] },
  { name: 'network', links: ['dns', 'proxy', 'certificates'] },
  { name: 'signIn', links: ['signIn', 'credentials', 'identity'] },
  { name: 'bedrock', links: ['region', 'models', 'endpoint', 'answer', 'streaming'] },
  {
    name: 'claude',
    links: ['claude', 'claudeSettings', 'variables', 'hooks', 'defaultProfile', 'integration'],
  },
  { name: 'account', links: ['keys', 'trail', 'quota'] },
] as const satisfies readonly { name: string; links: readonly DoctorLink[] }[];
