/** What decides how this copy gets its updates. */
export interface InstallationFacts {
  platform: string;
  /** Whether it runs from a package at all. */
  packaged: boolean;
  /** The AppImage that it runs from (its APPIMAGE), and whether its folder can be written. */
  appImage: { path: string; writable: boolean } | null;
  /** What electron-builder wrote into `resources/package-type`: deb, rpm; null in AppImage and tar.gz. */
  packageType: string | null;
  /** Where the package says that updates are announced; null when it was built without. */
  feed: string | null;
  /** Keys that announcements are signed with: none where nobody has published yet. */
  keys: number;
}

/** `self`: replaces itself. `elsewhere`: is told of new versions only. `none`: knows of nothing. */
export type UpdateWay =
  | { way: 'self'; feed: string }
  | { way: 'elsewhere'; feed: string; reason: string }
  | { way: 'none'; reason: string };

/** How this copy is updated, and why not by itself where it is not. Only an https address announces anything. */
export function updateWay(facts: InstallationFacts): UpdateWay {
  const { platform, packaged, appImage, packageType, feed, keys } = facts;
  if (!packaged) return { way: 'none', reason: 'source' };
  if (feed === null || keys === 0) return { way: 'none', reason: 'no feed' };
  if (!/^https:\/\/[^@/]+\//.test(feed)) return { way: 'none', reason: 'no https' };
  if (platform === 'darwin' || platform === 'win32') return { way: 'self', feed };
  if (appImage !== null) {
    return appImage.writable
      ? { way: 'self', feed }
      : { way: 'elsewhere', feed, reason: 'AppImage (read-only)' };
  }
  return { way: 'elsewhere', feed, reason: packageType ?? 'tar.gz' };
}
