import type { Command } from 'commander';
import type { MessageKey } from '../locales/index.ts';
import { translator } from './shell.ts';
import { cellWidth } from './table.ts';

/**
 * Commander's own words in the person's language: titles of the help, and what it says of a mistake. It has no
 * catalogue, so its sentences are told by their shape; one that is not known stays as it is.
 */

const titles: Readonly<Record<string, MessageKey>> = {
  'Usage:': 'cli:help.usage',
  'Options:': 'cli:help.options',
  'Commands:': 'cli:help.commands',
  'Arguments:': 'cli:help.arguments',
};

/** A sentence of Commander's, whole: `<name>` stands for what differs, by the name of the blank in ours. */
const shape = (sentence: string): RegExp =>
  new RegExp(`^${sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/<(\w+)>/g, '(?<$1>.*?)')}$`, 's');

const mistakes: readonly (readonly [RegExp, MessageKey])[] = [
  [shape("error: unknown option '<option>'"), 'cli:mistake.unknownOption'],
  [shape("error: unknown command '<command>'"), 'cli:mistake.unknownCommand'],
  [shape("error: missing required argument '<argument>'"), 'cli:mistake.missingArgument'],
  [shape("error: option '<option>' argument missing"), 'cli:mistake.optionValue'],
  [shape("error: required option '<option>' not specified"), 'cli:mistake.optionNeeded'],
  [
    shape('error: too many arguments<of>. Expected <expected> argument<s> but got <got>: <words>.'),
    'cli:mistake.tooMany',
  ],
  [shape("error: option '<option>' cannot be used with option '<other>'"), 'cli:mistake.conflict'],
  [
    shape("error: option '<name>' argument '<given>' is invalid. Allowed choices are <options>."),
    'cli:mistake.choice',
  ],
  [
    shape(
      "error: command-argument value '<given>' is invalid for argument '<name>'. Allowed choices are <options>.",
    ),
    'cli:mistake.choice',
  ],
  [shape("error: option '<name>' argument '<given>' is invalid. <reason>"), 'cli:mistake.invalid'],
  [
    shape("error: command-argument value '<given>' is invalid for argument '<name>'. <reason>"),
    'cli:mistake.invalid',
  ],
];

/** One of Commander's errors in the person's language. */
export function mistakeSaid(text: string): string {
  const { t } = translator();
  const [, sentence = text, similar] =
    /^(.*?)(?:\n\(Did you mean (?:one of )?(.*)\?\))?\n?$/s.exec(text) ?? [];
  for (const [pattern, key] of mistakes) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    const said = t(key, { ...found.groups });
    return similar === undefined ? `${said}\n` : `${said}\n${t('cli:mistake.similar', { similar })}\n`;
  }
  return text;
}

const inUsage = (text: string): string => {
  const { t } = translator();
  return text
    .replace('[options]', `[${t('cli:help.anyOptions')}]`)
    .replace('[command]', `[${t('cli:help.anyCommand')}]`);
};

/** The values that an option or argument takes, as Commander puts them behind its description. */
const choicesSaid = (text: string): string =>
  text.replace(/ ?\(choices: ([^()]*)\)$/, (_, choices: string) =>
    translator().t('cli:help.choices', { choices: choices.replaceAll('"', '') }),
  );

/** Tells a program, and the commands that inherit its settings, to speak as we do. */
export function speakAsWeDo(program: Command): void {
  const { t } = translator();
  program
    .helpOption('-h, --help', t('cli:help.help'))
    .helpCommand('help [command]', t('cli:help.help'))
    .configureHelp({
      styleTitle: (title) => {
        const key = titles[title];
        return key === undefined ? title : t(key);
      },
      styleUsage: inUsage,
      styleSubcommandTerm: inUsage,
      styleOptionDescription: choicesSaid,
      styleArgumentDescription: choicesSaid,
      displayWidth: cellWidth,
    })
    .configureOutput({ outputError: (text, write) => write(mistakeSaid(text)) });
}
