import { type ReactNode, useState } from 'react';
import {
  Button as AriaButton,
  ComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select,
  SelectValue,
  Switch,
  Text,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';
import { Icon } from './icons.tsx';

export interface Option {
  id: string;
  label: string;
  detail?: string | undefined;
}

function OptionItem({ option }: { option: Option }): ReactNode {
  return (
    <ListBoxItem id={option.id} textValue={option.label} className="option">
      <Text slot="label">{option.label}</Text>
      {option.detail && (
        <Text slot="description" className="option-detail">
          {option.detail}
        </Text>
      )}
    </ListBoxItem>
  );
}

export function TextInput({
  label,
  hint,
  error,
  placeholder,
  mono = false,
  autoComplete = 'off',
  ...rest
}: Omit<TextFieldProps, 'className' | 'style' | 'children'> & {
  label: string;
  hint?: ReactNode;
  error?: string | null | undefined;
  placeholder?: string;
  mono?: boolean;
}): ReactNode {
  return (
    <TextField {...rest} className="field" isInvalid={!!error} validationBehavior="aria">
      <Label className="label">{label}</Label>
      <Input
        className={mono ? 'input mono' : 'input'}
        {...(placeholder ? { placeholder } : {})}
        autoComplete={autoComplete}
        spellCheck="false"
      />
      {hint && !error && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}

/** A choice from a short list. */
export function Choice({
  label,
  options,
  value,
  onChange,
  hint,
  isDisabled = false,
}: {
  label: string;
  options: readonly Option[];
  value: string | null;
  onChange: (id: string) => void;
  hint?: ReactNode;
  isDisabled?: boolean;
}): ReactNode {
  return (
    <Select
      className="field"
      value={value}
      onChange={(id) => {
        if (typeof id === 'string') onChange(id);
      }}
      isDisabled={isDisabled}
    >
      <Label className="label">{label}</Label>
      <AriaButton className="select-button">
        <SelectValue />
        <Icon name="down" size={16} />
      </AriaButton>
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Popover className="popover">
        <ListBox className="listbox" items={options}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </Select>
  );
}

/**
 * A choice from a list with search in which another value may be typed. `onCommit` is called with the id of an
 * option or the text typed, when the person chooses, presses Enter or leaves the field.
 */
export function FreeChoice({
  label,
  options,
  value,
  onCommit,
  onInput,
  hint,
  error,
  placeholder,
  note,
  isDisabled = false,
  autoFocus = false,
  opens = 'onFocus',
}: {
  label: string;
  options: readonly Option[];
  value: string;
  onCommit: (value: string) => void;
  /** Each change of the text, where a form reads it as it is typed. */
  onInput?: (value: string) => void;
  hint?: ReactNode;
  error?: string | null | undefined;
  placeholder?: string;
  /** A line under the options. */
  note?: ReactNode;
  isDisabled?: boolean;
  autoFocus?: boolean;
  /** `onRequest` (arrow key or button): for forms, where a list that opens by itself would lie on the button to press. */
  opens?: 'onFocus' | 'onRequest';
}): ReactNode {
  const shown = options.find((o) => o.id === value)?.label ?? value;
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? shown;
  const needle = (typed ?? '').trim().toLowerCase();
  const found =
    typed === null || needle === ''
      ? options
      : options.filter((o) => `${o.label} ${o.detail ?? ''} ${o.id}`.toLowerCase().includes(needle));
  const commit = (next: string): void => {
    setTyped(null);
    if (next !== value) onCommit(next);
  };
  return (
    <ComboBox
      className="field"
      allowsCustomValue
      menuTrigger={opens === 'onFocus' ? 'focus' : 'manual'}
      items={found}
      inputValue={text}
      onInputChange={(next) => {
        if (next === text) return;
        setTyped(next);
        onInput?.(next);
      }}
      value={options.some((o) => o.id === value) ? value : null}
      onChange={(id) => {
        if (typeof id === 'string') commit(id);
        else if (typed !== null) commit(idOf(typed, options));
      }}
      onBlur={() => {
        if (typed !== null) commit(idOf(typed, options));
      }}
      isInvalid={!!error}
      validationBehavior="aria"
      isDisabled={isDisabled}
      autoFocus={autoFocus}
      allowsEmptyCollection={!!note}
    >
      <Label className="label">{label}</Label>
      <div className="combo">
        <Input
          className="input"
          {...(placeholder ? { placeholder } : {})}
          autoComplete="off"
          spellCheck="false"
        />
        <AriaButton className="button plain">
          <Icon name="down" size={16} />
        </AriaButton>
      </div>
      {hint && !error && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">
        <span>{error}</span>
      </FieldError>
      <Popover className="popover">
        <ListBox className="listbox" items={found}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
        {note && <p className="popover-note">{note}</p>}
      </Popover>
    </ComboBox>
  );
}

/** Typed text that is exactly an option's words means that option. */
function idOf(typed: string, options: readonly Option[]): string {
  const text = typed.trim();
  return options.find((o) => o.label === text || o.id === text)?.id ?? text;
}

export function Toggle({
  label,
  hint,
  isSelected,
  onChange,
  isDisabled = false,
}: {
  label: string;
  hint?: string;
  isSelected: boolean;
  onChange: (on: boolean) => void;
  isDisabled?: boolean;
}): ReactNode {
  return (
    <Switch className="switch" isSelected={isSelected} onChange={onChange} isDisabled={isDisabled}>
      <span className="switch-track" aria-hidden="true" />
      <span className="switch-text">
        <span>{label}</span>
        {hint && <span className="field-hint">{hint}</span>}
      </span>
    </Switch>
  );
}

/**
 * A tick box; `label` is its name, `children` what is shown beside it. The browser's own, drawn by CSS: there may be
 * hundreds at once.
 */
export function Check({
  label,
  children,
  isSelected,
  isIndeterminate = false,
  isDisabled = false,
  onChange,
}: {
  label: string;
  children?: ReactNode;
  isSelected: boolean;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  onChange: (on: boolean) => void;
}): ReactNode {
  return (
    <label className="check">
      <input
        type="checkbox"
        aria-label={label}
        checked={isSelected}
        disabled={isDisabled}
        ref={(input) => {
          if (input) input.indeterminate = isIndeterminate;
        }}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {children}
    </label>
  );
}

export function RadioChoice({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly Option[];
  value: string;
  onChange: (id: string) => void;
}): ReactNode {
  return (
    <RadioGroup className="field" value={value} onChange={onChange}>
      <Label className="label">{label}</Label>
      <div className="radio-group">
        {options.map((o) => (
          <Radio key={o.id} value={o.id} className="radio">
            <span className="radio-text">
              <span>{o.label}</span>
              {o.detail && <span className="field-hint">{o.detail}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
