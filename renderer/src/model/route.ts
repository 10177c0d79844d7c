import { useSyncExternalStore } from 'react';

/** The views that the rail leads to. */
export const railNames = [
  'overview',
  'sessions',
  'history',
  'models',
  'usage',
  'doctor',
  'access',
  'settings',
] as const;
/** `setup`: the first run's steps, asked for again. `policies`: reached from Access. */
export const routeNames = [...railNames, 'setup', 'policies'] as const;
export type RouteName = (typeof routeNames)[number];
/** `item` is the session shown on Sessions (or `new`), what Access is to begin with (`add`), what History searches for, the environment that Models and Doctor look at. */
export interface Route {
  name: RouteName;
  item: string | null;
}

/** The route that a location hash names; anything else is Overview. */
export function parseRoute(hash: string): Route {
  const [name = '', item] = hash.replace(/^#\/?/, '').split('/');
  const known = routeNames.find((r) => r === name);
  return { name: known ?? 'overview', item: known && item ? decoded(item) : null };
}

function decoded(item: string): string {
  try {
    return decodeURIComponent(item);
  } catch {
    return item;
  }
}

export function routeHref(name: RouteName, item?: string): string {
  return item ? `#/${name}/${encodeURIComponent(item)}` : `#/${name}`;
}

export function navigate(name: RouteName, item?: string): void {
  location.hash = routeHref(name, item);
}

/** The same without a step in the browser's history: another pane of the same view. */
export function navigateInPlace(name: RouteName, item?: string): void {
  location.replace(routeHref(name, item));
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** The current hash; parse it with `parseRoute`. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
