import type { agent as en } from '../en/agent.ts';

export const agent: Record<keyof typeof en, string> = {};
