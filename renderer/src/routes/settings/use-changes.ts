import { useEffect, useRef, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { Settings } from '../../../../src/contract/settings.ts';
import {
  isDesktopSetting,
  type SettingPath,
  settingPatch,
} from '../../../../src/domain/settings/settings-catalog.ts';
import { useAgent, useSnapshot } from '../../model/app-context.tsx';
import { errorView } from '../../model/ask.ts';

export interface Changes {
  change(path: SettingPath, value: unknown): void;
  /** The last change that was refused, until the next one. */
  failed: { path: SettingPath; error: ErrorView } | null;
  /** Something was saved, and nothing was refused since. */
  saved: boolean;
}

/** Changes of settings, one after the other: a person is quicker than a busy machine, and none is to be lost. */
export function useChanges(): Changes {
  const agent = useAgent();
  const { settings } = useSnapshot();
  const [state, setState] = useState<Omit<Changes, 'change'>>({ failed: null, saved: false });
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  // A section is set whole: what an earlier change of the same section did must be in it.
  const latest = useRef<Settings>(settings);
  useEffect(() => {
    latest.current = settings;
  }, [settings]);
  const apply = async (path: SettingPath, value: unknown): Promise<void> => {
    try {
      if (isDesktopSetting(path)) {
        const on = value === true;
        await agent.call('desktop.set', path === 'desktop.command' ? { command: on } : { startAtLogin: on });
      } else {
        latest.current = await agent.call('settings.set', settingPatch(path, value, latest.current));
      }
      setState({ failed: null, saved: true });
    } catch (e) {
      setState({ failed: { path, error: errorView(e) }, saved: false });
    }
  };
  const change = (path: SettingPath, value: unknown): void => {
    turn.current = turn.current.then(() => apply(path, value));
  };
  return { ...state, change };
}
