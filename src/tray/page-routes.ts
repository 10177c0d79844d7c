/** Places of the page, as the fragment of its address (renderer/src/model/route.ts). */
export const pageRoute = {
  overview: '#/overview',
  sessions: '#/sessions',
  models: '#/models',
  usage: '#/usage',
  access: '#/access',
  settings: '#/settings',
  /** What the popover shows (popover-controller.ts). */
  popover: '#/popover',
  session: (id: string): string => `#/sessions/${encodeURIComponent(id)}`,
} as const;
