import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { acceleratorLabel, acceleratorOf } from '../../model/accelerator.ts';
import { useWords } from '../../model/app-context.tsx';
import { isMac } from '../../model/shortcuts.ts';

/** A key that the whole system hears, set by pressing it. Tab goes on, Escape keeps the old one. */
export function HotkeyField({
  label,
  hint,
  value,
  taken,
  onChange,
}: {
  label: string;
  hint: string;
  value: string | null;
  /** The tray could not get it. */
  taken: boolean;
  onChange: (accelerator: string | null) => void;
}): ReactNode {
  const words = useWords();
  const id = useId();
  const mac = isMac();
  const [listening, setListening] = useState(false);
  const keys = (event: KeyboardEvent): void => {
    if (!listening || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    const accelerator = acceleratorOf(event, mac);
    if (accelerator === null && event.key !== 'Escape') return;
    setListening(false);
    if (accelerator !== null && accelerator !== value) onChange(accelerator);
  };
  const shown = value === null ? words.t('settings:hotkeyNone') : acceleratorLabel(value, mac);
  return (
    <div className="field">
      <span className="label" id={id}>
        {label}
      </span>
      <div className="hotkey">
        <button
          type="button"
          className="hotkey-button"
          aria-labelledby={`${id} ${id}-value`}
          aria-describedby={`${id}-taken ${id}-hint`}
          aria-pressed={listening}
          onClick={() => setListening(true)}
          onKeyDown={keys}
          onBlur={() => setListening(false)}
        >
          <span id={`${id}-value`}>{listening ? words.t('settings:hotkeyPress') : shown}</span>
        </button>
        {value !== null && (
          <Button look={['plain']} onPress={() => onChange(null)}>
            {words.t('settings:hotkeyRemove')}
          </Button>
        )}
      </div>
      <span id={`${id}-hint`} className="field-hint">
        {hint}
      </span>
      {taken && value !== null && (
        <span id={`${id}-taken`} className="field-error" role="status">
          {words.t('settings:hotkeyTaken')}
        </span>
      )}
    </div>
  );
}
