import type { troubles as en } from '../en/troubles.ts';

export const troubles: Record<keyof typeof en, string> = {};
