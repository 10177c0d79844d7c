import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { Settings, SettingsPatch } from '../../contract/index.ts';
import { settingOf, settingText } from '../../domain/settings/setting-text.ts';
import {
  type DesktopSettingPath,
  isDesktopSetting,
  type SettingEntry,
  settingDefault,
  settingEntry,
  settingPatch,
  settingsCatalog,
  settingValue,
} from '../../domain/settings/settings-catalog.ts';
import { print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain, table } from '../table.ts';

interface Json {
  json?: boolean;
}

type Now = Parameters<typeof settingValue>[1];

const now = (agent: AgentConnection): Promise<Now> => agent.call('state.get', {});

/** Errors: Said. */
function known(path: string): SettingEntry {
  const entry = settingEntry(path);
  if (!entry) throw new Said(translator().t('settings:cli.unknown', { path: plain(path) }));
  return entry;
}

/** The sentence for a text that means no value of the setting. */
function invalid({ path, takes }: SettingEntry, text: string): Said {
  const { t } = translator();
  const given = plain(text).slice(0, 100);
  switch (takes.kind) {
    case 'choice':
      return new Said(t('settings:invalid.choice', { path, given, options: takes.options.join(', ') }));
    case 'number': {
      const { min, max } = takes;
      return new Said(
        t(takes.whole ? 'settings:invalid.whole' : 'settings:invalid.number', { path, given, min, max }),
      );
    }
    case 'text':
      return new Said(t('settings:invalid.text', { path, max: takes.max }));
    default:
      return new Said(t(`settings:invalid.${takes.kind}`, { path, given }));
  }
}

const desktopWish = (path: DesktopSettingPath, on: boolean) =>
  path === 'desktop.command' ? { command: on } : { startAtLogin: on };

async function list({ json }: Json): Promise<void> {
  await withAgent(async (agent) => {
    const all = await now(agent);
    if (json)
      return printJson({
        settings: Object.fromEntries(settingsCatalog.map(({ path }) => [path, settingValue(path, all)])),
      });
    const { t } = translator();
    const rows = settingsCatalog.map((entry) => [
      entry.path,
      settingText(entry, settingValue(entry.path, all)),
      t('cli:settings.about', {
        name: t(`settings:name.${entry.path}`),
        about: t(`settings:about.${entry.path}`),
      }),
    ]);
    print(table([t('cli:head.setting'), t('cli:head.value'), t('cli:head.about')], rows));
  });
}

async function get(path: string, { json }: Json): Promise<void> {
  await withAgent(async (agent) => {
    const entry = known(path);
    const value = settingValue(entry.path, await now(agent));
    if (json) printJson({ path, value });
    else print(plain(settingText(entry, value)));
  });
}

async function set(path: string, text: string, { json }: Json): Promise<void> {
  await withAgent(async (agent) => {
    const entry = known(path);
    const read = settingOf(entry, text);
    if (!read.fits) throw invalid(entry, text);
    const before = await now(agent);
    const after = await change(agent, entry, read.value, before);
    if (json) return printJson({ path, value: settingValue(entry.path, after) });
    const value = plain(settingText(entry, settingValue(entry.path, after)));
    const was = plain(settingText(entry, settingValue(entry.path, before)));
    const { t } = translator();
    print(
      value === was
        ? t('settings:cli.is', { path, value })
        : t('settings:cli.was', { path, value, before: was }),
    );
  });
}

async function change(
  agent: AgentConnection,
  { path }: SettingEntry,
  value: unknown,
  before: Now,
): Promise<Now> {
  if (isDesktopSetting(path)) {
    const desktop = await agent.call('desktop.set', desktopWish(path, value === true));
    return { ...before, desktop };
  }
  const patch = SettingsPatch.parse(settingPatch(path, value, before.settings));
  return { ...before, settings: await agent.call('settings.set', patch) };
}

async function reset(path: string | undefined, { all, json }: Json & { all?: boolean }): Promise<void> {
  const { t } = translator();
  if ((path === undefined) === (all !== true)) throw new Said(t('settings:cli.whichReset'));
  await withAgent(async (agent) => {
    if (path === undefined) {
      const settings = await agent.call('settings.set', SettingsPatch.parse(Settings.parse({})));
      if (json) printJson({ settings });
      else print(translator().t('settings:cli.resetDone'));
      return;
    }
    const entry = known(path);
    const before = await now(agent);
    const after = settingValue(entry.path, await change(agent, entry, settingDefault(entry.path), before));
    if (json) printJson({ path, value: after });
    else print(translator().t('settings:cli.is', { path, value: plain(settingText(entry, after)) }));
  });
}

/** `bedrock-tray settings`: what the window's Settings show, by dotted paths. */
export function addSettings(program: Command): void {
  const { t } = translator();
  const settings = program.command('settings').description(t('settings:cli.description'));
  settings
    .command('list')
    .description(t('settings:cli.list'))
    .option('--json', t('cli:option.json'))
    .action((options: Json) => list(options));
  settings
    .command('get')
    .description(t('settings:cli.get'))
    .argument('<path>', t('settings:cli.path'))
    .option('--json', t('cli:option.json'))
    .action((path: string, options: Json) => get(path, options));
  settings
    .command('set')
    .description(t('settings:cli.set'))
    .argument('<path>', t('settings:cli.path'))
    .argument('<value>', t('settings:cli.value'))
    .option('--json', t('cli:option.json'))
    .action((path: string, value: string, options: Json) => set(path, value, options));
  settings
    .command('reset')
    .description(t('settings:cli.reset'))
    .argument('[path]', t('settings:cli.path'))
    .option('--all', t('settings:cli.all'))
    .option('--json', t('cli:option.json'))
    .action((path: string | undefined, options: Json & { all?: boolean }) => reset(path, options));
}
