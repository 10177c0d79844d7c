/**
 * Browsers that may be on a machine, where they keep their list of profiles, and how each opens an address in one of
 * them. Pure: who looks at the disk is the agent's browsers room.
 *
 * Sources: Chromium's docs/user_data_dir.md and its `--profile-directory` switch; Mozilla's "Command Line Options"
 * (`-P`) and profiles.ini; the vendors' own install places.
 */
export type Platform = 'linux' | 'darwin' | 'win32';

export interface BrowserKind {
  id: string;
  name: string;
  family: 'chromium' | 'firefox';
  /** Names on PATH, best first (Linux). */
  commands: readonly string[];
  /** Name of the application bundle (macOS). */
  app: string;
  /** Below %ProgramFiles%, %ProgramFiles(x86)% or %LocalAppData% (Windows). */
  program: string;
  /** Folders with profiles.ini or `Local State`: below the home folder (Linux, macOS) or %AppData% / %LocalAppData% (Windows). */
  data: Readonly<Record<Platform, readonly string[]>>;
}

/** Chromium and its kin keep their profiles alike. */
function chromium(
  kind: Pick<BrowserKind, 'id' | 'name' | 'commands' | 'app' | 'program'>,
  data: { linux: readonly string[]; darwin: string; win32: string },
): BrowserKind {
  return {
    ...kind,
    family: 'chromium',
    data: {
      linux: data.linux,
      darwin: [`Library/Application Support/${data.darwin}`],
      win32: [`${data.win32}\\User Data`],
    },
  };
}

export const browserKinds: readonly BrowserKind[] = [
  {
    id: 'firefox',
    name: 'Firefox',
    family: 'firefox',
    commands: ['firefox', 'firefox-esr', 'org.mozilla.firefox'],
    app: 'Firefox',
    program: 'Mozilla Firefox\\firefox.exe',
    data: {
      linux: [
        '.mozilla/firefox',
        '.config/mozilla/firefox',
        'snap/firefox/common/.mozilla/firefox',
        '.var/app/org.mozilla.firefox/.mozilla/firefox',
      ],
      darwin: ['Library/Application Support/Firefox'],
      win32: ['Mozilla\\Firefox'],
    },
  },
  chromium(
    {
      id: 'chrome',
      name: 'Google Chrome',
      commands: ['google-chrome', 'google-chrome-stable', 'com.google.Chrome'],
      app: 'Google Chrome',
      program: 'Google\\Chrome\\Application\\chrome.exe',
    },
    {
      linux: ['.config/google-chrome', '.var/app/com.google.Chrome/config/google-chrome'],
      darwin: 'Google/Chrome',
      win32: 'Google\\Chrome',
    },
  ),
  chromium(
    {
      id: 'chromium',
      name: 'Chromium',
      commands: ['chromium', 'chromium-browser', 'org.chromium.Chromium'],
      app: 'Chromium',
      program: 'Chromium\\Application\\chrome.exe',
    },
    {
      linux: [
        '.config/chromium',
        'snap/chromium/common/chromium',
        '.var/app/org.chromium.Chromium/config/chromium',
      ],
      darwin: 'Chromium',
      win32: 'Chromium',
    },
  ),
  chromium(
    {
      id: 'edge',
      name: 'Microsoft Edge',
      commands: ['microsoft-edge', 'microsoft-edge-stable', 'com.microsoft.Edge'],
      app: 'Microsoft Edge',
      program: 'Microsoft\\Edge\\Application\\msedge.exe',
    },
    {
      linux: ['.config/microsoft-edge', '.var/app/com.microsoft.Edge/config/microsoft-edge'],
      darwin: 'Microsoft Edge',
      win32: 'Microsoft\\Edge',
    },
  ),
  chromium(
    {
      id: 'brave',
      name: 'Brave',
      commands: ['brave-browser', 'brave-browser-stable', 'brave', 'com.brave.Browser'],
      app: 'Brave Browser',
      program: 'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
    },
    {
      linux: [
        '.config/BraveSoftware/Brave-Browser',
        '.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser',
      ],
      darwin: 'BraveSoftware/Brave-Browser',
      win32: 'BraveSoftware\\Brave-Browser',
    },
  ),
];

/** A profile of a browser: `id` is what its command line takes, `name` what people call it. */
export interface BrowserProfile {
  id: string;
  name: string;
}

/** A name of a profile that can stand on a command line and in a list. */
const usable = (text: unknown): text is string =>
  typeof text === 'string' && text !== '' && text.length <= 256 && !/[\u0000-\u001f\u007f]/.test(text);

/** Profiles in Firefox's profiles.ini, in its order; the default one first. Never throws. */
export function firefoxProfiles(text: string): BrowserProfile[] {
  const sections: { header: string; keys: Map<string, string> }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) sections.push({ header, keys: new Map() });
    else {
      const at = line.indexOf('=');
      if (at > 0) sections.at(-1)?.keys.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
    }
  }
  const inUse = new Set(
    sections.filter((s) => s.header.startsWith('Install')).flatMap((s) => s.keys.get('Default') ?? []),
  );
  const found = sections.filter((s) => /^Profile\d+$/.test(s.header) && usable(s.keys.get('Name')));
  const isDefault = (s: (typeof found)[number]) =>
    inUse.size > 0 ? inUse.has(s.keys.get('Path') ?? '') : s.keys.get('Default') === '1';
  const names = [...found.filter(isDefault), ...found.filter((s) => !isDefault(s))].map(
    (s) => s.keys.get('Name') as string,
  );
  return [...new Set(names)].map((name) => ({ id: name, name }));
}

/** Profiles in a Chromium browser's `Local State`: folder names with what people call them. Never throws. */
export function chromiumProfiles(text: string): BrowserProfile[] {
  let infos: unknown;
  try {
    infos = (JSON.parse(text) as { profile?: { info_cache?: unknown } } | null)?.profile?.info_cache;
  } catch {
    return [];
  }
  if (typeof infos !== 'object' || infos === null) return [];
  return Object.entries(infos as Record<string, { name?: unknown; user_name?: unknown } | null>)
    .filter(([folder]) => usable(folder) && !/[\\/]/.test(folder) && folder !== '..')
    .map(([folder, info]) => {
      const name = usable(info?.name) ? info.name : folder;
      return { id: folder, name: usable(info?.user_name) ? `${name} (${info.user_name})` : name };
    })
    .sort((a, b) => (a.id === 'Default' ? -1 : b.id === 'Default' ? 1 : a.name.localeCompare(b.name)));
}

/** Words that open `url` in a browser's profile (null: the one it would take by itself), after `program` and no shell. */
export function browserArguments(kind: BrowserKind, profile: string | null, url: string): string[] {
  if (profile === null) return [url];
  return kind.family === 'firefox' ? ['-P', profile, url] : [`--profile-directory=${profile}`, url];
}

/** The whole command. `program`: an executable, or on macOS the bundle's name. */
export function browserCommand(
  kind: BrowserKind,
  program: string,
  profile: string | null,
  url: string,
  platform: Platform,
): string[] {
  const args = browserArguments(kind, profile, url);
  // A profile's arguments reach a running application only through a new instance (`-n`), which hands them over.
  if (platform === 'darwin') {
    return profile === null ? ['open', '-a', program, url] : ['open', '-na', program, '--args', ...args];
  }
  return [program, ...args];
}
