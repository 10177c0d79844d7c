// The floor of the tray's figures: the least Electron app that shows an icon with a menu.
const { app, BrowserWindow, Menu, nativeImage, Tray } = require('electron');

const pixels = Buffer.alloc(32 * 32 * 4, 0xff);
let tray;
app.enableSandbox();
Menu.setApplicationMenu(null);
app.on('window-all-closed', () => {});
app.whenReady().then(() => {
  tray = new Tray(nativeImage.createFromBitmap(pixels, { width: 32, height: 32 }));
  tray.setToolTip('Minimal');
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', click: () => app.exit(0) }]));
  // With `--window`: and one window with a line of text.
  if (process.argv.includes('--window')) {
    void new BrowserWindow().loadURL('data:text/html,<title>Minimal</title><p>Minimal');
  }
});
