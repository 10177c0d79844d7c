import { type SessionView, sessionIsOpen } from '../contract/index.ts';
import { costText } from '../domain/cost/session-cost.ts';
import { endedWell, saidNothing } from '../domain/sessions/session-state.ts';
import { recogniseTrouble } from '../domain/troubles/recognise-trouble.ts';
import { translator } from './shell.ts';
import { table } from './table.ts';
import { clockTime } from './words.ts';

/** What a session is doing: its activity while it runs, else where it is in its life. */
function stateWord(session: SessionView): string {
  const { t } = translator();
  const { state, activity, exitCode } = session;
  if (state === 'running') {
    const ready = activity.state === 'done' && saidNothing(session);
    return t(ready ? 'cli:activityState.ready' : `cli:activityState.${activity.state}`);
  }
  const word = t(`cli:sessionState.${state}`);
  return exitCode && !endedWell(session) ? `${word} (${exitCode})` : word;
}

/** What it asks, why it failed, or its title. One line. */
function aboutIt({ activity, title }: SessionView): string {
  const { request, reason } = activity;
  if (!request) return reason === null ? title : troubleWords(reason);
  const [line = ''] = request.text.split('\n');
  return request.tool === null ? line : `${request.tool}: ${line}`;
}

/** Why a session failed, in the person's words where it is known. */
function troubleWords(reason: string): string {
  const trouble = recogniseTrouble(reason);
  return trouble ? translator().t(`troubles:${trouble.code}.what`, trouble.params) : reason;
}

/** The list of sessions in a person's own order; a star marks those that are pinned. */
export function sessionRows(sessions: readonly SessionView[]): string {
  const { t } = translator();
  return table(
    [
      t('cli:head.session'),
      '',
      t('cli:head.name'),
      t('cli:head.state'),
      t('cli:head.since'),
      t('cli:head.cost'),
      t('cli:head.folder'),
      t('cli:head.about'),
    ],
    sessions.map((s) => [
      s.id.slice(0, 8),
      s.pinned ? '*' : '',
      s.name,
      stateWord(s),
      clockTime(sessionIsOpen(s) ? s.activity.sinceAt : (s.exitedAt ?? s.startedAt)),
      costText(s, translator().language),
      s.cwd,
      aboutIt(s),
    ]),
  );
}
