#!/bin/sh
# Run as root by dpkg and rpm after unpacking. Words in braces are filled in by electron-builder.
set -e
app='/opt/${sanitizedProductName}'

# The command; the tray itself is started by its desktop entry.
ln -sf "$app/resources/agent/bin/bedrock-tray" /usr/bin/bedrock-tray

# Chromium's sandbox: by user namespaces where ordinary users may have them, else by the set-uid helper.
if [ -L /proc/self/ns/user ] && su -s /bin/sh -c 'unshare --user true' nobody >/dev/null 2>&1; then
  chmod 0755 "$app/chrome-sandbox" || true
else
  chmod 4755 "$app/chrome-sandbox" || true
fi

# Where AppArmor keeps user namespaces from programs that it does not know (Ubuntu 24.04).
profile="$app/resources/apparmor-profile"
if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load "$profile" >/dev/null 2>&1; then
  cp -f "$profile" '/etc/apparmor.d/${executable}'
  if ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --replace '/etc/apparmor.d/${executable}' >/dev/null 2>&1 || true
  fi
fi

if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database -q /usr/share/applications || true
fi
