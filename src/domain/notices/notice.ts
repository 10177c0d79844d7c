import type { MenuAction } from '../menu/menu-entries.ts';
import type { Message } from '../menu/menu-words.ts';

/** What the person is told at once, wherever they are looking; performed when it is pressed. */
export interface Notice {
  /** The same cause has the same key, and is told once. */
  readonly key: string;
  readonly title: Message;
  readonly body: Message;
  readonly action: MenuAction;
  /** What a press is called, where the platform says it. */
  readonly label: Message;
  /** What can be decided from the notification itself, where the platform has buttons. Never what a press on it does. */
  readonly buttons: readonly { readonly label: Message; readonly action: MenuAction }[];
}
