/** What the system knows the app by; the packages say the same (electron-builder.yml). */
export const APP_ID = 'io.github.bedrock-tray';

/** Scheme of deep links (deep-link.ts). */
export const SCHEME = 'bedrock-tray';
