import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { BedrockTrayError, exitCodeOf, isBedrockTrayError } from '../contract/errors.ts';
import { PRODUCT_VERSION } from '../contract/version.ts';
import { redact, redactText } from '../domain/support/redaction.ts';
import { createTranslator, shownLanguage, systemLanguage } from '../locales/index.ts';
import { openBrowser } from './browsers/open-browser.ts';
import { SystemClock } from './clock.ts';
import { keepCodeCache } from './code-cache.ts';
import { composeAgent } from './composition.ts';
import { takeLock } from './lock.ts';
import { type AgentLog, openLog } from './log/agent-log.ts';
import { agentPaths, makePrivateFolder } from './paths.ts';
import { programs } from './programs.ts';
import { markUse, pruneVersions } from './versions.ts';

/** A clean shutdown that takes longer than this is cut short. */
const STOP_WITHIN_MS = 20_000;

/** What cannot be handled is logged without secrets, and ends the process: the next start recovers. */
function endOnUncaught(log: AgentLog): void {
  const fatal = (what: string) => (err: unknown) => {
    try {
      log.error({ err }, what);
    } finally {
      const said = err instanceof Error ? (err.stack ?? err.message) : String(err);
      process.stderr.write(`${what}: ${redactText(said)}\n`);
      process.exit(70);
    }
  };
  process.on('uncaughtException', fatal('uncaught exception'));
  process.on('unhandledRejection', fatal('unhandled rejection'));
}

async function main(): Promise<void> {
  const { env } = process;
  // It is for this process alone.
  delete env.NODE_COMPILE_CACHE;
  const userHome = env.HOME || env.USERPROFILE || homedir();
  const paths = agentPaths(env, userHome);
  for (const folder of paths.folders) makePrivateFolder(folder);
  const lock = takeLock(paths.lock);
  // Another agent serves this state folder: there is nothing to do.
  if (!lock) return;

  const log = openLog(paths.logFile, env.BEDROCK_TRAY_LOG_LEVEL);
  endOnUncaught(log);
  await markUse(import.meta.filename, process.pid);
  let stopping = false;
  const stop = async (sessions: 'keep' | 'end' | 'shutdown') => {
    if (stopping) return;
    stopping = true;
    log.info({ sessions }, 'agent ends');
    setTimeout(() => {
      log.error({}, 'agent did not end in time');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    await agent.stop(sessions);
    log.close();
    lock.release();
    process.exit(0);
  };
  const agent = composeAgent({
    context: {
      clock: new SystemClock(),
      log,
      env: { ...env },
      userHome,
      home: paths.home,
      random: (bytes) => randomBytes(bytes),
      openBrowser: (url) => openBrowser(url, env),
    },
    paths,
    programs: programs(import.meta.url),
    onEnd: (sessions) => void stop(sessions),
  });
  // The system shuts down or somebody ends us by hand: everything ends, and is offered again. A terminal that closes
  // ends nobody's session.
  process.on('SIGTERM', () => void stop('shutdown'));
  process.on('SIGINT', () => void stop('shutdown'));
  process.on('SIGHUP', () => void stop('keep'));
  try {
    await agent.start();
  } catch (error) {
    log.error({ err: error }, 'agent could not start');
    throw error;
  }
  log.info({ version: PRODUCT_VERSION, node: process.version, socket: paths.socket }, 'agent listens');
  keepCodeCache(paths.home).catch((err: unknown) => log.warn({ err }, 'the compiled code is not kept'));
  pruneVersions(import.meta.filename, paths.home).then(
    (removed) => removed.length > 0 && log.info({ removed }, 'versions that nobody uses are removed'),
    (err: unknown) => log.warn({ err }, 'old versions stay'),
  );
}

main().catch((error: unknown) => {
  const { error: words } = createTranslator(shownLanguage('system', systemLanguage(process.env)));
  const shown = isBedrockTrayError(error)
    ? error
    : new BedrockTrayError('AgentUnavailable', {
        reason: error instanceof Error ? error.message : String(error),
      });
  process.stderr.write(`${redactText(words(shown.view()))}\n`);
  // Whoever started us in the background reads this line.
  const view = { code: shown.code, params: redact(shown.params) };
  if (!process.stderr.isTTY) process.stderr.write(`${JSON.stringify(view)}\n`);
  process.exit(exitCodeOf(shown.code));
});
