#!/bin/sh
# Run as root by dpkg and rpm after the files are gone; by an update too, whose files are there already.
set -e
if [ -x '/opt/${sanitizedProductName}/resources/agent/bin/bedrock-tray' ]; then exit 0; fi

if [ -L /usr/bin/bedrock-tray ]; then rm -f /usr/bin/bedrock-tray; fi
if [ -f '/etc/apparmor.d/${executable}' ]; then
  if command -v apparmor_parser >/dev/null 2>&1; then
    apparmor_parser --remove '/etc/apparmor.d/${executable}' >/dev/null 2>&1 || true
  fi
  rm -f '/etc/apparmor.d/${executable}'
fi
if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database -q /usr/share/applications || true
fi
cat <<'NOTE'
Bedrock Tray is removed. Each person's own data, and what they let it write elsewhere (settings of Claude Code,
~/.aws/config, start at login), is still there. To take all of that back, as that person:
  ~/.local/share/bedrock-tray/bin/bedrock-tray uninstall
NOTE
