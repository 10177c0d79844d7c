import { inWords, type Message } from '../domain/menu/menu-words.ts';
import type { MessageKey, Translator } from '../locales/index.ts';

/** A message of the menu model in a translator's words. */
export function say(translator: Translator, message: Message): string {
  return inWords(message, (key, params) => translator.t(key satisfies MessageKey, params));
}
