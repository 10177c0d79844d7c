import type { policies as en } from '../en/policies.ts';

export const policies: Record<keyof typeof en, string> = {};
