/** The updater alone, as the tray has it, with a snapshot that the test sets. Bundled by the test. */
import { join } from 'node:path';
import { app } from 'electron';
import type { UpdateView } from '../../../../src/contract/state.ts';
import { createUpdateEngine } from '../../../../src/tray/update-engine.ts';
import { Updater } from '../../../../src/tray/updater.ts';

type Told = Omit<UpdateView, 'wish'>;
export interface Start {
  feed: string;
  keys: string[];
  mode?: 'ask' | 'automatic' | 'off';
  channel?: 'stable' | 'beta';
  elsewhere?: string | null;
  sessions?: object[];
}

let updater: Updater | undefined;
let listener = (): void => {};
let snapshot: { settings: object; sessions: object[]; update: { wish: string | null } } | null = null;
let told: Told[] = [];
let loads = 0;

const harness = {
  start({ feed, keys, mode = 'ask', channel = 'stable', elsewhere = null, sessions = [] }: Start): void {
    updater?.close();
    told = [];
    loads = 0;
    snapshot = { settings: { updates: { mode, channel } }, sessions, update: { wish: null } };
    updater = new Updater({
      link: {
        get snapshot() {
          return snapshot as never;
        },
        onChange(changed) {
          listener = changed;
          return () => {
            listener = () => {};
          };
        },
        // As the agent does: what is told answers the wish.
        async call(_name, more) {
          told.push(more);
          if (snapshot) snapshot = { ...snapshot, update: { wish: null } };
          setImmediate(() => listener());
        },
      },
      elsewhere,
      load: async () => {
        loads++;
        return createUpdateEngine({ feed, keys, configPath: join(app.getAppPath(), 'app-update.yml') });
      },
    });
  },
  wish(wish: string): void {
    if (snapshot) snapshot = { ...snapshot, update: { wish } };
    listener();
  },
  sessions(sessions: object[]): void {
    if (snapshot) snapshot = { ...snapshot, sessions };
    listener();
  },
  seen: () => ({ told, loads, version: app.getVersion() }),
};
Object.assign(globalThis, { harness });
export type Harness = typeof harness;

app.on('window-all-closed', () => {});
app.on('before-quit', (event) => {
  if (updater?.quitting(() => app.quit())) event.preventDefault();
});
