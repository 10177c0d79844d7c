import { Language, Settings } from '../../../src/contract/settings.ts';

/** Looks that are needed before the agent's settings arrive, so that nothing flashes. */
export interface FirstPaint {
  theme: Settings['theme'];
  language: Settings['language'];
}

const KEY = 'first-paint';

export function recall(): FirstPaint {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return {
      theme: Settings.shape.theme.catch('system').parse(kept.theme),
      language: Language.catch('system').parse(kept.language),
    };
  } catch {
    return { theme: 'system', language: 'system' };
  }
}

export function remember(look: FirstPaint): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // Storage may be refused; the page then follows the system until the first snapshot.
  }
}

/** Puts the theme on the document before anything is drawn. */
export function startLook(): void {
  const { theme } = recall();
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
