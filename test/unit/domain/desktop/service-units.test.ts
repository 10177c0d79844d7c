import { describe, expect, test } from 'vitest';
import { serviceCommands, serviceUnit } from '../../../../src/domain/desktop/service-units.ts';

const places = {
  platform: 'linux',
  env: {},
  userHome: '/home/ada',
  launcher: '/home/ada/.local/share/bedrock-tray/bin/bedrock-tray',
} as const;

describe('the agent as a service', () => {
  test('a systemd user unit, which leaves Claude sessions alone', () => {
    const unit = serviceUnit(places);
    expect(unit?.path).toBe('/home/ada/.config/systemd/user/bedrock-tray.service');
    expect(unit?.text).toContain(
      'ExecStart="/home/ada/.local/share/bedrock-tray/bin/bedrock-tray" agent run\n',
    );
    expect(unit?.text).toContain('KillMode=process\n');
    expect(unit?.links).toEqual(['/home/ada/.config/systemd/user/default.target.wants/bedrock-tray.service']);
  });

  test('systemd’s own quoting: percent and dollar are doubled', () => {
    const unit = serviceUnit({ ...places, launcher: '/a "b"/50%/$x' });
    expect(unit?.text).toContain('ExecStart="/a \\"b\\"/50%%/$$x" agent run\n');
  });

  test('an agent of launchd; Windows has none', () => {
    const unit = serviceUnit({ ...places, platform: 'darwin', userHome: '/Users/ada' });
    expect(unit?.path).toBe('/Users/ada/Library/LaunchAgents/io.github.bedrock-tray.agent.plist');
    expect(unit?.text).toContain('<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>');
    expect(unit?.text).toContain('<key>AbandonProcessGroup</key><true/>');
    expect(serviceUnit({ ...places, platform: 'win32' })).toBeNull();
    if (!unit) return;
    expect(serviceCommands(unit, 'darwin', 501)).toEqual({
      start: [['launchctl', 'bootstrap', 'gui/501', unit.path]],
      stop: [['launchctl', 'bootout', 'gui/501/io.github.bedrock-tray.agent']],
    });
  });
});
