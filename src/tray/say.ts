import type { Message } from '../domain/menu-words.ts';
import type { MessageKey, Translator } from '../locales/index.ts';

/** A message of the menu model in a translator's words; messages inside it first. */
export function say(translator: Translator, message: Message): string {
  if ('text' in message) return message.text;
  const params = Object.entries(message.params ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' ? say(translator, value) : value,
  ]);
  return translator.t(message.key satisfies MessageKey, Object.fromEntries(params));
}
