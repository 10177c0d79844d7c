import { type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from '../components/button.tsx';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import type { LinkTarget } from './terminal-links.ts';

/** A link as text: the whole address, or the path with its place. */
export function linkText(target: LinkTarget, limit = 2048): string {
  if (target.kind === 'url') return plainText(target.address, limit);
  const place = [target.line, target.column].filter((n) => n !== undefined);
  return [plainText(target.path, limit), ...place].join(':');
}

/** The links on the screen, for the keyboard: arrows choose, Enter opens, Escape closes. */
export function LinkList({
  links,
  onOpen,
  onClose,
}: {
  links: () => Promise<LinkTarget[]>;
  onOpen: (target: LinkTarget) => void;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const [found, setFound] = useState<LinkTarget[] | null>(null);
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the screen as it was when the list was asked for.
  useEffect(() => {
    let wanted = true;
    void links().then((all) => {
      // The lowest are the newest.
      if (wanted) setFound(all.reverse());
    });
    return () => {
      wanted = false;
    };
  }, []);
  useEffect(() => {
    const first = list.current?.querySelector<HTMLElement>('li button');
    if (found) (first ?? list.current?.querySelector('button'))?.focus();
  }, [found]);
  const step = (by: number): void => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('li button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus();
  };
  return (
    <section
      className="find-bar link-list"
      ref={list}
      aria-label={words.t('terminal:links')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        else if (event.key === 'ArrowDown') step(1);
        else if (event.key === 'ArrowUp') step(-1);
        else return;
        event.preventDefault();
      }}
    >
      <div className="find-row">
        <p className="small quiet find-found" role="status">
          {found === null
            ? ''
            : found.length === 0
              ? words.t('terminal:noLinks')
              : words.t('terminal:linksFound', { count: found.length })}
        </p>
        <IconButton icon="close" label={words.t('page:close')} onPress={onClose} />
      </div>
      <ul className="find-results">
        {found?.map((target) => (
          <li key={linkText(target)}>
            <button type="button" className="find-result mono" onClick={() => onOpen(target)}>
              {linkText(target)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
