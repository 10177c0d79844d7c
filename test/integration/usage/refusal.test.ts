import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { SessionRoom } from '../../support/session-room.ts';

it('a budget that is spent opens no further session, and none again; the conversation’s environment is told', async () => {
  const own = await SessionRoom.start({});
  try {
    await mkdir(join(own.folder, 'bin'));
    own.settings.claudePath = join(own.folder, 'bin', 'claude');
    await writeFile(
      own.settings.claudePath,
      '#!/bin/sh\nif [ "$1" = --version ]; then echo "2.1.330 (Claude Code)"; exit; fi\nread -r line\n',
    );
    await chmod(own.settings.claudePath, 0o755);
    const told: unknown[] = [];
    let spent = false;
    own.usage.opened = (...stay) => void told.push(stay);
    own.usage.refuses = async (environment) =>
      spent ? new BedrockTrayError('BudgetReached', { environment, usd: 5, period: 'day' }) : null;

    const wish = { cwd: own.project, cols: 80, rows: 24 };
    const session = await own.room.open(wish);
    expect(told).toContainEqual([session.conversation, session.environment, session.startedAt]);
    await own.until(session.id, 'running');
    await own.room.kill(session.id);
    await own.until(session.id, 'exited');

    spent = true;
    await expect(own.room.open(wish)).rejects.toMatchObject({ code: 'BudgetReached' });
    await expect(own.room.resume(session.id, 80, 24)).rejects.toMatchObject({ code: 'BudgetReached' });
    expect(own.room.views()).toHaveLength(1);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});
