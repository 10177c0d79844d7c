import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useWords } from '../model/app-context.tsx';
import { Button } from './button.tsx';
import { TextInput } from './fields.tsx';

export interface LimitedList<T> {
  /** What fits the search. */
  found: readonly T[];
  /** What of it is drawn. */
  drawn: readonly T[];
  /** The search field, where there is enough to search. */
  search: ReactNode;
  /** The button for more, where there is more. */
  more: ReactNode;
}

/** A long list, drawn `page` at a time, with the button for more where there is more. */
export function useLimit<T>(
  all: readonly T[],
  page: number,
): { drawn: readonly T[]; more: ReactNode; reset: () => void } {
  const words = useWords();
  const [limit, setLimit] = useState(page);
  return {
    drawn: all.length > limit ? all.slice(0, limit) : all,
    more: all.length > limit && (
      <div>
        <Button onPress={() => setLimit(limit + page)}>
          {words.t('page:showMore', { count: Math.min(page, all.length - limit) })}
        </Button>
      </div>
    ),
    reset: () => setLimit(page),
  };
}

/** A long list: searched from `searchedFrom` entries on, drawn `page` at a time. */
export function useLimitedList<T>({
  all,
  page,
  searchedFrom,
  textOf,
  label,
  hint,
}: {
  all: readonly T[];
  page: number;
  searchedFrom: number;
  /** What an entry is found by. */
  textOf: (entry: T) => string;
  label: string;
  hint: string;
}): LimitedList<T> {
  const [search, setSearch] = useState('');
  const needle = search.trim().toLowerCase();
  const found = needle === '' ? all : all.filter((entry) => textOf(entry).toLowerCase().includes(needle));
  const { drawn, more, reset } = useLimit(found, page);
  return {
    found,
    drawn,
    search: all.length >= searchedFrom && (
      <TextInput
        label={label}
        value={search}
        onChange={(text) => {
          setSearch(text);
          reset();
        }}
        type="search"
        placeholder={hint}
      />
    ),
    more,
  };
}

/** Brings a section into sight that the page was asked to begin with, once it is there. */
export function useProminent(prominent: boolean, isThere = true): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (prominent && isThere) section.current?.scrollIntoView({ block: 'start' });
  }, [prominent, isThere]);
  return section;
}
