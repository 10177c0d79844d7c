/**
 * Public Ed25519 keys (raw 32 bytes, base64) that announcements of updates are signed with; any one of them will do,
 * so that the next key can be shipped before it is used. Whoever publishes makes the first by
 * `node scripts/update-feed.ts key` (docs/updates.md); while there is none, no copy looks for updates.
 */
export const updateKeys: readonly string[] = [];
