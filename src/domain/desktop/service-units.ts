import {
  configFolder,
  ENTRY_MARK,
  type EntryPlaces,
  LAUNCHD_LABEL,
  launchAgentText,
  launchAgentWord,
} from './desktop-entries.ts';

/**
 * The agent as a service of the person's own, for a machine without a desktop: a systemd user unit, or an agent of
 * launchd. Pure.
 */

export interface ServiceUnit {
  /** `bedrock-tray.service`, or launchd's label. */
  name: string;
  path: string;
  text: string;
  /** Stands in every unit that runs this launcher, whatever else a person changed in it. */
  runs: string;
  /** Links that the system makes when it is enabled. */
  links: readonly string[];
}

/** One word of ExecStart: quoted, `%` and `$` doubled, no line ended in it (systemd.service(5)). */
const execWord = (word: string): string =>
  `"${word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;

/** Null on Windows, where the tray starts at login. */
export function serviceUnit(places: EntryPlaces): ServiceUnit | null {
  const { platform, userHome, launcher } = places;
  if (platform === 'linux') {
    const folder = `${configFolder(places)}/systemd/user`;
    const name = 'bedrock-tray.service';
    const runs = `ExecStart=${execWord(launcher)} `;
    return {
      name,
      path: `${folder}/${name}`,
      runs,
      links: [`${folder}/default.target.wants/${name}`],
      text: [
        `# ${ENTRY_MARK}. Taken back by: bedrock-tray service remove`,
        '[Unit]',
        'Description=Bedrock Tray agent',
        '',
        '[Service]',
        `${runs}agent run`,
        // Ended in good order it stays so: somebody stopped it, or nobody needs it.
        'Restart=on-failure',
        'RestartSec=5',
        // Claude sessions live in a process of their own, which outlives a crash of the agent.
        'KillMode=process',
        '',
        '[Install]',
        'WantedBy=default.target',
        '',
      ].join('\n'),
    };
  }
  if (platform === 'darwin') {
    const name = `${LAUNCHD_LABEL}.agent`;
    return {
      name,
      path: `${userHome}/Library/LaunchAgents/${name}.plist`,
      runs: launchAgentWord(launcher),
      links: [],
      text: launchAgentText(name, [launcher, 'agent', 'run'], {
        RunAtLoad: true,
        KeepAlive: { SuccessfulExit: false },
        ProcessType: 'Background',
        AbandonProcessGroup: true,
      }),
    };
  }
  return null;
}

/** Whether what stands in the unit's file is ours: one that runs another state folder's launcher is another agent's. */
export const isOurUnit = (text: string, { runs }: ServiceUnit): boolean =>
  text.includes(ENTRY_MARK) && text.includes(runs);

/** What has the system read the unit and start it, or forget it; the first failure ends it. */
export function serviceCommands(
  unit: ServiceUnit,
  platform: string,
  uid: number,
): { start: string[][]; stop: string[][] } {
  if (platform === 'darwin') {
    return {
      start: [['launchctl', 'bootstrap', `gui/${uid}`, unit.path]],
      stop: [['launchctl', 'bootout', `gui/${uid}/${unit.name}`]],
    };
  }
  return {
    start: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', unit.name],
    ],
    stop: [['systemctl', '--user', 'disable', '--now', unit.name]],
  };
}
