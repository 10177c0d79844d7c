import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from './icons.tsx';

type Look = 'primary' | 'large' | 'danger' | 'plain';

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  look?: readonly Look[];
  icon?: IconName;
  children: ReactNode;
}

export function Button({ look = [], icon, children, ...rest }: ButtonProps): ReactNode {
  return (
    <AriaButton {...rest} className={['button', ...look].join(' ')}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </AriaButton>
  );
}

/** A button that shows only an icon; `label` is its name. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, 'children' | 'icon' | 'look'> & { label: string; icon: IconName }): ReactNode {
  return (
    <AriaButton {...rest} aria-label={label} className="button plain icon-only">
      <Icon name={icon} size={16} />
    </AriaButton>
  );
}
