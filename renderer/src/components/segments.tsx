import type { ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';

/** A choice between a few, side by side, all of them in sight. Arrow keys go from one to the next. */
export function Segments<T extends string>({
  label,
  options,
  value,
  onChange,
  showLabel = false,
}: {
  label: string;
  options: readonly { id: T; label: string }[];
  value: T;
  onChange: (id: T) => void;
  showLabel?: boolean;
}): ReactNode {
  return (
    <RadioGroup
      className="segments-field"
      value={value}
      onChange={(id) => onChange(id as T)}
      orientation="horizontal"
      {...(showLabel ? {} : { 'aria-label': label })}
    >
      {showLabel && <Label className="label">{label}</Label>}
      <div className="segments">
        {options.map((o) => (
          <Radio key={o.id} value={o.id} className="segment">
            {o.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
