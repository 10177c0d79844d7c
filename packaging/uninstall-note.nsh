; Says where the rest is taken back. Not by an update, which runs the old uninstaller silently.
!macro customUnInstall
  ${ifNot} ${Silent}
    MessageBox MB_OK|MB_ICONINFORMATION "Your data, and what you let Bedrock Tray write elsewhere, is still there. To take it back, run:$\r$\n$LOCALAPPDATA\bedrock-tray\Data\bin\bedrock-tray.cmd uninstall"
  ${endIf}
!macroend
