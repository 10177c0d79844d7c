import { type ReactNode, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components';
import { ActivitySign } from '../../components/activity-sign.tsx';
import { Icon } from '../../components/icons.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { MarkedText } from '../../components/marked-text.tsx';
import { useErrorText } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import type { Side } from '../../model/layout.ts';
import { navigate } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { useDesk } from '../sessions/desk.tsx';
import { bySection, type FoundItem, found, paletteItems, type Section, splitItems } from './palette-items.ts';

const headings: Readonly<Record<Section, `sessions:${string}`>> = {
  sessions: 'sessions:paletteSessions',
  acts: 'sessions:paletteActs',
  go: 'sessions:paletteGo',
  folders: 'sessions:paletteFolders',
  environments: 'sessions:paletteEnvironments',
  history: 'sessions:paletteHistory',
};

/** Everything the page can do, found by a few letters. */
export function Palette(): ReactNode {
  const desk = useDesk();
  const { dialog } = desk;
  if (dialog?.kind !== 'palette') return null;
  return (
    <ModalOverlay
      className="scrim top"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) desk.ask(null);
      }}
    >
      <Modal className="modal palette-modal">
        <PaletteDialog side={dialog.split ?? null} />
      </Modal>
    </ModalOverlay>
  );
}

function PaletteDialog({ side }: { side: Side | null }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const desk = useDesk();
  const snapshot = useSnapshot();
  const errorText = useErrorText();
  const { run, pending, error } = useAct();
  const [query, setQuery] = useState('');
  const open = (cwd: string): void => {
    const here = side === null ? null : desk.current;
    void run(() =>
      agent.call('sessions.open', {
        cwd,
        ...(here?.environment ? { environment: here.environment } : {}),
      }),
    ).then((opened) => {
      if (!opened) return;
      desk.ask(null);
      if (here && side) desk.split(opened.id, side, here.id);
      else desk.opened([opened.id]);
    });
  };
  const given = {
    snapshot,
    desk,
    words,
    open,
    useEnvironment: (name: string) => {
      void run(() => agent.call('environments.use', { name })).then((done) => {
        if (done) desk.ask(null);
      });
    },
  };
  const all = side === null ? paletteItems(given) : splitItems(given, side);
  const typed = query.trim();
  const items: FoundItem[] = found(all, query);
  if (side === null && typed !== '')
    items.push({
      id: 'history',
      section: 'history',
      label: words.t('sessions:searchConversations', { text: typed }),
      fit: { score: 0, matches: [] },
      run: () => navigate('history', typed),
    });
  const choose = (id: string): void => {
    const item = items.find((i) => i.id === id);
    if (!item || pending) return;
    // What asks the agent first says here why it was refused.
    if (!/^(folder|environment|new here)/.test(id)) desk.ask(null);
    item.run();
  };
  const label =
    side === null
      ? words.t('sessions:act_palette')
      : words.t(side === 'right' || side === 'left' ? 'sessions:besideTitle' : 'sessions:belowTitle', {
          session: desk.current ? sessionLabel(desk.current) : '',
        });
  return (
    <Dialog className="palette" aria-label={label}>
      <Autocomplete inputValue={query} onInputChange={setQuery}>
        <TextField className="palette-field" aria-label={label} autoFocus>
          {pending ? <IndicatorSign of="busy" size={18} /> : <Icon name="search" size={18} />}
          <Input
            className="palette-input"
            role="combobox"
            aria-expanded="true"
            placeholder={words.t(side === null ? 'sessions:palettePlaceholder' : 'sessions:splitPlaceholder')}
            autoComplete="off"
            spellCheck="false"
          />
          <kbd>Esc</kbd>
        </TextField>
        {side !== null && <p className="palette-title small quiet">{label}</p>}
        {error && (
          <p className="palette-error small" role="alert">
            {errorText(error)}
          </p>
        )}
        <ListBox
          className="palette-list"
          aria-label={label}
          selectionMode="none"
          onAction={(key) => choose(String(key))}
          renderEmptyState={() => <p className="palette-empty quiet">{words.t('sessions:paletteNothing')}</p>}
        >
          {bySection(items).map(({ section, items: inside }) => (
            <ListBoxSection key={section} id={`section ${section}`}>
              <Header className="listbox-header">
                {words.t(headings[section] as Parameters<typeof words.t>[0])}
              </Header>
              {inside.map((item) => (
                <ListBoxItem key={item.id} id={item.id} textValue={item.label} className="palette-item">
                  {item.sign ? <ActivitySign of={item.sign} size={15} /> : <span className="palette-gap" />}
                  <span className="palette-label">
                    <MarkedText text={item.label} matches={item.fit.matches} />
                  </span>
                  {item.detail && <span className="palette-detail">{item.detail}</span>}
                  {item.chord && <kbd className="option-chord">{item.chord}</kbd>}
                </ListBoxItem>
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </Autocomplete>
    </Dialog>
  );
}
