import type { ReactNode } from 'react';
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { BrowserChoice } from '../../../../src/contract/settings.ts';
import type { SsoSessionView } from '../../../../src/contract/state.ts';
import { Choice, type Option, Toggle } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** The system's own browser. */
const SYSTEM = '';
const idOf = ({ browser, profile }: BrowserChoice): string => JSON.stringify([browser, profile]);

/** What is decided per SSO session: which browser signs in, and who sees the token. */
export function SsoSessionOptions({ session }: { session: SsoSessionView }): ReactNode {
  const words = useWords();
  const name = plainText(session.id, 80);
  return (
    <Disclosure className="more">
      {({ isExpanded }) => (
        <>
          <Heading level={3}>
            <AriaButton
              slot="trigger"
              className="button plain"
              aria-label={words.t('page:sessionOptions', { ssoSession: name })}
            >
              <Icon name={isExpanded ? 'up' : 'down'} size={16} />
              {words.t('page:options')}
            </AriaButton>
          </Heading>
          <DisclosurePanel>{isExpanded && <Fields session={session} />}</DisclosurePanel>
        </>
      )}
    </Disclosure>
  );
}

function Fields({ session }: { session: SsoSessionView }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { settings, keyringProblem } = useSnapshot();
  const browsers = useAsk('browsers.list', {});
  const browser = useAct();
  const store = useAct();
  const options: (Option & { choice: BrowserChoice | null })[] = [
    { id: SYSTEM, label: words.t('page:browserSystem'), choice: null },
  ];
  for (const b of browsers.data?.browsers ?? []) {
    const names = b.profiles.length === 0 ? [{ id: null, name: null }] : b.profiles;
    for (const p of names) {
      const choice = { browser: b.id, profile: p.id };
      const label =
        p.name === null ? plainText(b.name, 60) : `${plainText(b.name, 60)} · ${plainText(p.name, 80)}`;
      options.push({ id: idOf(choice), label, choice });
    }
  }
  const chosen = settings.signInBrowsers[session.id];
  // One that is not there any more stays visible until another is chosen.
  if (chosen && browsers.data && !options.some((o) => o.id === idOf(chosen)))
    options.push({
      id: idOf(chosen),
      label: plainText([chosen.browser, chosen.profile].filter(Boolean).join(' · ')),
      choice: chosen,
    });
  const isPrivate = settings.privateTokens.includes(session.id);
  const others = settings.privateTokens.filter((id) => id !== session.id);
  return (
    <div className="form more-fields">
      <Choice
        label={words.t('page:browserChoice')}
        value={chosen ? idOf(chosen) : SYSTEM}
        options={options}
        hint={words.t(browsers.data && options.length === 1 ? 'page:browsersNone' : 'page:browserChoiceHint')}
        onChange={(id) => {
          const { [session.id]: _, ...rest } = settings.signInBrowsers;
          const choice = options.find((o) => o.id === id)?.choice ?? null;
          void browser.run(() =>
            agent.call('settings.set', {
              signInBrowsers: choice === null ? rest : { ...rest, [session.id]: choice },
            }),
          );
        }}
      />
      <ErrorNotice error={browsers.error ?? browser.error} />
      <Toggle
        label={words.t('page:privateToken')}
        hint={words.t('page:privateTokenHint')}
        isSelected={isPrivate}
        onChange={(on) =>
          void store.run(() =>
            agent.call('settings.set', { privateTokens: on ? [...others, session.id] : others }),
          )
        }
      />
      <ErrorNotice error={store.error ?? (isPrivate ? (keyringProblem ?? null) : null)} tone="attention" />
    </div>
  );
}
