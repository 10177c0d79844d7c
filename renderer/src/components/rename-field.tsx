import { type ReactNode, useEffect, useRef, useState } from 'react';
import { SessionName } from '../../../src/contract/names.ts';

/** A name being changed where it stands: Enter and leaving take it, Escape does not. */
export function RenameField({
  label,
  value,
  onDone,
}: {
  label: string;
  value: string;
  /** Null where nothing is to change. */
  onDone: (name: string | null) => void;
}): ReactNode {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => input.current?.select(), []);
  const valid = SessionName.safeParse(text).success;
  const done = (name: string | null): void => {
    if (over.current) return;
    over.current = true;
    onDone(name);
  };
  const take = (): void => done(valid && text.trim() !== value ? text.trim() : null);
  return (
    <input
      ref={input}
      className="input rename"
      aria-label={label}
      aria-invalid={!valid}
      maxLength={100}
      autoComplete="off"
      spellCheck="false"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') {
          event.preventDefault();
          if (valid) take();
        } else if (event.key === 'Escape') {
          event.preventDefault();
          done(null);
        }
      }}
    />
  );
}
