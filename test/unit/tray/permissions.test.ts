import { describe, expect, test } from 'vitest';
import { isGranted, permissions } from '../../../src/tray/permissions.ts';

describe('permissions of the page', () => {
  test('one is granted, every other is denied for a reason', () => {
    const granted = Object.entries(permissions).filter(([, { granted }]) => granted);
    expect(granted.map(([name]) => name)).toEqual(['clipboard-sanitized-write']);
    for (const [name, { reason }] of Object.entries(permissions))
      expect(reason.length, name).toBeGreaterThan(5);
  });

  test('what nobody named is denied, whatever it is called', () => {
    for (const name of ['', 'new-in-electron-46', 'toString', '__proto__', 'constructor', 'hasOwnProperty'])
      expect(isGranted(name), name).toBe(false);
    expect(isGranted('clipboard-sanitized-write')).toBe(true);
    expect(isGranted('clipboard-read')).toBe(false);
  });
});
