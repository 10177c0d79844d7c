import { uuidPattern } from '../uuid.ts';

const temporary = /^\.bedrock-tray-\d+-[0-9a-f]{12}\.tmp$/;

/** What lies in the state folder by our own hand, so that an uninstall removes nothing else from a folder that a person named. */
const ours = [
  /^(settings|environments|keep-alive|config-history|integration|sessions|meter|doctor-undo)\.json(\.(unreadable|newer)-[\w-]+)?$/,
  /^(agent|pty-host)\.(lock|sock|tty)(-\w+)?$/,
  /^(history|usage)\.db(\.damaged)?(-\w+)?$/,
  /^(sessions|logs|bin|vault|tray|versions|code-cache)$/,
  temporary,
];

/** Folders that others call so too, and what of ours lies in each. */
const within: Readonly<Record<string, readonly RegExp[]>> = {
  bin: [/^bedrock-tray(\.cmd)?$/, new RegExp(`^attach-${uuidPattern}\\.command$`, 'i'), temporary],
  logs: [/^(agent|agent-start|pty-host)\.log(\.\d+)?$/],
  sessions: [new RegExp(`^${uuidPattern}$`, 'i')],
};

/** What in that folder of the state folder is ours; null: all of it. */
export const ownNamesIn = (folder: string): readonly RegExp[] | null => within[folder] ?? null;

export const isStateName = (name: string): boolean => ours.some((pattern) => pattern.test(name));
