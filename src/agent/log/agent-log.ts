import pino from 'pino';
import { redactFields, redactText } from '../../domain/support/redaction.ts';
import type { Log } from '../ports.ts';
import { RotatingFile } from './rotating-file.ts';

const MAX_BYTES = 2 * 1024 * 1024;
const KEEP = 4;
/** A longer line is cut: one bad message must not push everything else out. */
const MAX_MESSAGE = 8192;

export interface AgentLog extends Log {
  close(): void;
}

/**
 * The agent's log: JSON lines in a file of this user's own. Every field and message is redacted here, whoever
 * wrote it. `level`: debug, info, warn or error.
 */
export function openLog(
  file: string,
  level = 'info',
  limits = { maxBytes: MAX_BYTES, keep: KEEP },
): AgentLog {
  const sink = new RotatingFile({ file, ...limits });
  const known = Object.keys(pino.levels.values).includes(level) ? level : 'info';
  const logger = pino(
    {
      level: known,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  const write =
    (at: 'info' | 'warn' | 'error' | 'debug') => (fields: Record<string, unknown>, message: string) => {
      if (logger.isLevelEnabled(at))
        logger[at](redactFields(fields), redactText(message.slice(0, MAX_MESSAGE)));
    };
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
    close: () => sink.close(),
  };
}
