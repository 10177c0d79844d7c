/**
 * A child that runs only the file room, over and over, until it is killed: edits of the config file (with their
 * history), tokens, settings. It says on descriptor 3 what it begins (`B kind seq`) and what is done (`E kind seq`).
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigHistory } from '../../../src/agent/config-writer/config-history.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { FileSettingsStore } from '../../../src/agent/settings/file-settings-store.ts';
import { StateFile } from '../../../src/agent/state-file.ts';
import { changeConfigFile } from '../../../src/aws/config-change.ts';
import { ssoCacheDir, writeToken } from '../../../src/aws/sso-cache.ts';
import { accessTokenOf, padding, sessionId } from './file-room-contents.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const clock = { now: () => Date.now(), wakeAt: () => () => {} };
const context = { home: join(folder, 'state'), log: quiet, clock } satisfies Partial<AgentContext>;

const history = new ConfigHistory(context);
const settings = new FileSettingsStore(context);
await settings.load();
const environments = new StateFile(join(context.home, 'environments.json'), 1, quiet, () => clock.now());
const cache = ssoCacheDir(folder);
const config = join(folder, '.aws', 'config');

type Work = (seq: number) => Promise<unknown>;
const work: Record<string, Work> = {
  config: async (seq) => {
    const options = { seq: String(seq), padding: padding(seq) };
    const edit = { how: 'change', type: 'profile', name: 'counted', options } as const;
    await changeConfigFile(
      config,
      () => [edit],
      async (change) => {
        const id = randomBytes(8).toString('hex');
        await history.add({ ...change, id, at: seq });
        return () => history.remove(id);
      },
    );
  },
  token: (seq) =>
    writeToken(cache, sessionId, {
      startUrl: 'https://x.awsapps.com/start',
      region: 'eu-west-1',
      accessToken: accessTokenOf(seq),
      expiresAt: 4e12,
      refreshToken: `refresh-${seq}`,
    }),
  settings: (seq) => settings.set({ claudePath: `/${seq}/${padding(seq)}` }),
  environments: (seq) => environments.write({ seq, padding: padding(seq) }),
};

const kinds = Object.entries(work);
for (let seq = Number(first); ; seq++) {
  // Another one is the first each time, so that none is struck more often than the others.
  const turn = seq % kinds.length;
  for (const [kind, make] of [...kinds.slice(turn), ...kinds.slice(0, turn)]) {
    writeSync(3, `B ${kind} ${seq}\n`);
    await make(seq);
    writeSync(3, `E ${kind} ${seq}\n`);
  }
}
