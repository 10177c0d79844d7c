import type { SessionView, Snapshot } from '../../contract/state.ts';
import { sessionIsOpen } from '../../contract/state.ts';
import { capState, capStops } from '../cost/session-cost.ts';
import { questionOf } from '../menu/menu-claude.ts';
import type { MenuAction } from '../menu/menu-entries.ts';
import { type Message, safeText, word } from '../menu/menu-words.ts';
import { answerableAtAGlance, needsPerson } from '../sessions/session-attention.ts';
import type { Notice } from './notice.ts';
import { told } from './notice-words.ts';

/** What Claude Code's sessions tell a person who does not have them before their eyes. */
export function sessionNotices({ sessions, settings }: Snapshot): Notice[] {
  const { notifications } = settings;
  return sessions
    .filter((s) => sessionIsOpen(s) && !s.watched)
    .flatMap((session) => [
      ...(notifications.needsYou && needsPerson(session) ? [question(session)] : []),
      ...(notifications.done && isDone(session, notifications.budget) ? [done(session)] : []),
      ...(notifications.budget ? budget(session) : []),
    ]);
}

/** A session that its cap stopped is done for that reason, and the cap says it. */
function isDone(session: SessionView, capIsTold: boolean): boolean {
  const { state, seen } = session.activity;
  return state === 'done' && !seen && !(capIsTold && capStops(session));
}

function question(session: SessionView): Notice {
  const { id } = session;
  const { request, sinceAt } = session.activity;
  const decide = (request: string, decision: 'allow' | 'deny') => ({
    label: word(decision),
    action: { type: 'answer', id, request, decision } satisfies MenuAction,
  });
  return {
    key: JSON.stringify(['needsYou', id, request?.id ?? sinceAt]),
    title: told('asksTitle', { name: safeText(session.name, 40) }),
    body: told('asksBody', { folder: safeText(session.cwd, 80), question: asked(session) }),
    action: { type: 'openSession', id },
    label: told('openSession'),
    buttons:
      request !== null && answerableAtAGlance(session)
        ? [decide(request.id, 'allow'), decide(request.id, 'deny')]
        : [],
  };
}

/** What buttons decide is told whole: what is done with a file or an address, and where a second command begins. */
function asked(session: SessionView): Message {
  const { request } = session.activity;
  if (request === null || !answerableAtAGlance(session)) return questionOf(session, 240);
  const tool = request.tool === null || request.tool === 'Bash' ? '' : `${safeText(request.tool)}: `;
  return { text: `${tool}${safeText(request.text.replaceAll('\n', ' ⏎ '), 250)}` };
}

function done(session: SessionView): Notice {
  const { id } = session;
  return {
    key: JSON.stringify(['done', id, session.activity.sinceAt]),
    title: told('doneTitle', { name: safeText(session.name, 40) }),
    body: told('doneBody', { folder: safeText(session.cwd, 80) }),
    action: { type: 'openSession', id },
    label: told('openSession'),
    buttons: [],
  };
}

/** Said once near the cap and once at it. */
function budget(session: SessionView): Notice[] {
  const { id, cap } = session;
  const state = capState(session);
  if (cap === null || (state !== 'warned' && state !== 'reached')) return [];
  const said = { usd: cap.usd, folder: safeText(session.cwd, 80) };
  const body =
    state === 'warned' ? told('capNear', said) : told(cap.stop ? 'capStopped' : 'capReached', said);
  return [
    {
      key: JSON.stringify(['cap', id, cap.usd, state]),
      title: told('capTitle', { name: safeText(session.name, 40) }),
      body,
      action: { type: 'openSession', id },
      label: told('openSession'),
      buttons: [],
    },
  ];
}
