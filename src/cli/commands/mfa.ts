import { createInterface } from 'node:readline';
import * as clack from '@clack/prompts';
import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { isBedrockTrayError, type MfaView } from '../../contract/index.ts';
import { badInput, note, print, printJson, report, Said, translator, withAgent } from '../shell.ts';

const isCode = (text: string) => /^\d{6,8}$/.test(text);

/** The code from the terminal, hidden, or the first line of stdin; null when the person gave up. Never in argv. */
async function readCode(question: MfaView): Promise<string | null> {
  const { t } = translator();
  const { profile, mfaSerial } = question;
  if (process.stdin.isTTY) {
    const answer = await clack.password({
      message: t('cli:mfa.ask', { profile, mfaSerial }),
      validate: (text) => (isCode((text ?? '').trim()) ? undefined : t('cli:mfa.badCode')),
      output: process.stderr,
    });
    return clack.isCancel(answer) ? null : answer.trim();
  }
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    const code = line.trim();
    if (isCode(code)) return code;
    if (code !== '') throw badInput('code', t('cli:mfa.badCode'));
    break;
  }
  throw new Said(t('cli:mfa.left'));
}

/** Asks until AWS takes a code or the person gives up. False: given up. */
async function answer(agent: AgentConnection, question: MfaView): Promise<boolean> {
  for (;;) {
    const code = await readCode(question);
    if (code === null) return false;
    try {
      await agent.call('mfa.answer', { id: question.id, code });
      return true;
    } catch (error) {
      // At a terminal the next code may be right.
      const again = process.stdin.isTTY && isBedrockTrayError(error) && error.code === 'MfaRefused';
      if (!again) throw error;
      report(error);
    }
  }
}

export function addMfa(program: Command): void {
  const { t } = translator();
  program
    .command('mfa')
    .description(t('cli:mfa.description'))
    .option('--profile <name>', t('cli:mfa.profile'))
    .option('--cancel', t('cli:mfa.cancel'))
    .option('--json', t('cli:option.json'))
    .action((options: { profile?: string; cancel?: boolean; json?: boolean }) =>
      withAgent(async (agent) => {
        if (options.profile !== undefined) await agent.call('mfa.ask', { profile: options.profile });
        const { mfa } = await agent.call('state.get', {});
        const { t: say } = translator();
        const told = (profile: string | null, line: string) =>
          options.json ? printJson({ profile }) : print(line);
        if (mfa === null) return told(null, say('cli:mfa.none'));
        const { profile } = mfa;
        if (options.cancel) {
          await agent.call('mfa.cancel', { id: mfa.id });
          return told(profile, say('cli:mfa.cancelled', { profile }));
        }
        if (await answer(agent, mfa)) told(profile, say('cli:mfa.done', { profile }));
        else note(say('cli:mfa.left'));
      }),
    );
}
