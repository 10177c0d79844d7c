import type { ReactNode } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { PromptView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useAgentNow, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';

/** Minutes that a reminder can be put off by. */
const minutes = [5, 15, 60, 240] as const;

/** Puts off being asked to sign in, and says when it is asked again. */
export function Snooze({ prompt }: { prompt: PromptView }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const now = useAgentNow();
  const { run, pending, error } = useAct();
  const until = prompt.snoozedUntil !== null && prompt.snoozedUntil > now ? prompt.snoozedUntil : null;
  return (
    <>
      <MenuTrigger>
        <Button look={['plain']} icon="clock" isDisabled={pending}>
          {words.t('page:remindLater')}
        </Button>
        <Popover className="popover" placement="bottom start">
          <Menu
            className="listbox"
            aria-label={words.t('page:remindLater')}
            onAction={(key) => {
              const chosen = minutes.find((m) => String(m) === key);
              if (chosen) void run(() => agent.call('prompt.snooze', { minutes: chosen }));
            }}
          >
            {minutes.map((m) => (
              <MenuItem key={m} id={String(m)} className="option menu-option">
                {m < 60
                  ? words.t('page:remindMinutes', { count: m })
                  : words.t('page:remindHours', { count: m / 60 })}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <span className="quiet small" role="status">
        {until === null ? '' : words.t('page:asksAgain', { time: words.time(until) })}
      </span>
      <ErrorNotice error={error} />
    </>
  );
}
