import type { ReactNode } from 'react';

const appIcon = new URL('../../../assets/icons/app.svg', import.meta.url).href;

const paths = {
  overview: 'M4 13a8 8 0 1 1 16 0M12 13l4-4M4 17h16',
  sessions: 'M3.5 5.5h17v13h-17zM7 9.5l3 2.5-3 2.5M12.5 15h4.5',
  models: 'M12 3.5l7.5 4.2v8.6L12 20.5l-7.5-4.2V7.7zM4.5 7.7L12 12l7.5-4.3M12 12v8.5',
  access: 'M8 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10.9 12.6L19.5 4M16 7.5l3 3M13.2 10.3l2 2',
  doctor: 'M3.5 12.5h4l2.2-6 4.2 11 2.3-5h4.3',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5h4v5h-4zM7 14.5h4v5H7z',
  folder: 'M3.5 6.5h6l2 2.5h9v9.5h-17z',
  history: 'M4 12a8 8 0 1 1 2.6 5.9M4 20v-4.5h4.5M12 8v4.5l3 1.8',
  more: 'M5.5 11.6v.8M12 11.6v.8M18.5 11.6v.8',
  pin: 'M9 4h6l-.7 6 3.2 3.5H6.5L9.7 10zM12 13.5V20',
  splitRight: 'M3.5 5h17v14h-17zM12 5v14',
  splitDown: 'M3.5 5h17v14h-17zM3.5 12h17',
  list: 'M3.5 5h17v14h-17zM9.5 5v14M5.6 9h1.8M5.6 12h1.8',
  command: 'M4 7l5 5-5 5M12 17h8',
  sort: 'M7 5v14M3.5 15.5L7 19l3.5-3.5M13 7h8M13 12h6M13 17h4',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7',
  plus: 'M12 5v14M5 12h14',
  usage: 'M4 20h16M6.5 20v-6h3v6M10.5 20V9h3v11M14.5 20V4.5h3V20',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5',
  copy: 'M8.5 8.5h11v11h-11zM5 15.5h-.5v-11h11V5',
  check: 'M5 12.5l5 5 9.5-11',
  down: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.6v.1',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  external: 'M14 4.5h5.5V10M19.5 4.5L11 13M17.5 14v5.5h-13v-13H10',
} as const;

export type IconName = keyof typeof paths;

/** A line icon; always beside words or in a control that has a label. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.6 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The product's mark: the drawing of the application's and, in one tone, of the tray's icon. */
export function Mark({ size = 22 }: { size?: number }): ReactNode {
  return <img src={appIcon} width={size} height={size} alt="" />;
}
