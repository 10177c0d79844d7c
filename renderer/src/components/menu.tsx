import type { ReactNode } from 'react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Icon, type IconName } from './icons.tsx';

export interface MenuEntry {
  id: string;
  label: string;
  /** Its chord, as written on this system. */
  chord?: string | null;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

/** A button that opens a list of acts. `label` is its name. */
export function MenuButton({
  label,
  icon = 'more',
  entries,
  children,
  tabIndex,
}: {
  label: string;
  icon?: IconName;
  entries: readonly MenuEntry[];
  /** What the button shows instead of the icon alone. */
  children?: ReactNode;
  tabIndex?: number;
}): ReactNode {
  return (
    <MenuTrigger>
      <AriaButton
        aria-label={label}
        className={children ? 'button plain' : 'button plain icon-only'}
        {...(tabIndex === undefined ? {} : { excludeFromTabOrder: tabIndex < 0 })}
      >
        {children ?? <Icon name={icon} size={16} />}
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="listbox"
          aria-label={label}
          disabledKeys={entries.filter((e) => e.disabled).map((e) => e.id)}
          onAction={(key) => entries.find((e) => e.id === key)?.run()}
        >
          {entries.map((e) => (
            <MenuItem
              key={e.id}
              id={e.id}
              textValue={e.label}
              className={e.danger ? 'option menu-option danger' : 'option menu-option'}
            >
              {/* Its name is all that is seen, the chord too. */}
              <span>{e.label}</span>
              {e.chord && <kbd className="option-chord">{e.chord}</kbd>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
