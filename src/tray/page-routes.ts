/** Places of the page, as the fragment of its address (renderer/src/model/route.ts). */
export const pageRoute = {
  overview: '#/overview',
  sessions: '#/sessions',
  access: '#/access',
  settings: '#/settings',
  session: (id: string): string => `#/sessions/${encodeURIComponent(id)}`,
} as const;
