import { describe, expect, test } from 'vitest';
import { appImageOf } from '../../../src/client/app-image.ts';

const APPIMAGE = '/home/dana/Apps/Bedrock-Tray.AppImage';
const APPDIR = '/tmp/.mount_BedrocAbc';

describe('the AppImage that a program runs from', () => {
  test('is the one whose folder holds the program', () => {
    expect(appImageOf(`${APPDIR}/bedrock-tray`, { APPIMAGE, APPDIR })).toBe(APPIMAGE);
    expect(appImageOf(`${APPDIR}/resources/agent`, { APPIMAGE, APPDIR: `${APPDIR}/` })).toBe(APPIMAGE);
  });

  test('is none where a terminal belongs to another one', () => {
    const editor = { APPIMAGE: '/home/dana/Editor.AppImage', APPDIR: '/tmp/.mount_EditorX' };
    for (const program of [
      '/opt/Bedrock Tray/bedrock-tray',
      '/tmp/.mount_EditorX2/bedrock-tray',
      '/tmp/.mount_EditorX',
    ])
      expect(appImageOf(program, editor)).toBeNull();
  });

  test('is none without both variables, or where they are no paths', () => {
    expect(appImageOf(`${APPDIR}/a`, { APPIMAGE })).toBeNull();
    expect(appImageOf(`${APPDIR}/a`, { APPDIR })).toBeNull();
    expect(appImageOf(`${APPDIR}/a`, { APPIMAGE: 'Bedrock.AppImage', APPDIR })).toBeNull();
    expect(appImageOf('/a', { APPIMAGE, APPDIR: '' })).toBeNull();
  });
});
