import { app } from 'electron';
import type { Language } from '../contract/settings.ts';
import type { Message } from '../domain/menu/menu-words.ts';
import { createTranslator, shownLanguage, type Translator } from '../locales/index.ts';
import { say } from './say.ts';

/** The words in the language that settings and system ask for. */
export class Words {
  #translator: Translator;

  constructor() {
    this.#translator = createTranslator(shownLanguage('system', systemLanguage()));
  }

  /** Follows the setting; true when the language changed. */
  follow(setting: Language): boolean {
    const language = shownLanguage(setting, systemLanguage());
    if (language === this.#translator.language) return false;
    this.#translator = createTranslator(language);
    return true;
  }

  get translator(): Translator {
    return this.#translator;
  }

  /** A message of the menu model in words. */
  say(message: Message): string {
    return say(this.#translator, message);
  }
}

/** The person's own choice of languages first; the locale that Chromium found for it otherwise. */
function systemLanguage(): string {
  return app.getPreferredSystemLanguages()[0] ?? app.getLocale();
}
