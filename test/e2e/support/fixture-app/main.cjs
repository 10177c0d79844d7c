// The least Electron app that uses what the harness is for: tray, menu, window, own protocol, notification, browser.
const { spawn } = require('node:child_process');
const path = require('node:path');
const {
  app,
  BrowserWindow,
  Menu,
  nativeImage,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  Tray,
} = require('electron');

app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: 'fixture', privileges: { standard: true, secure: true } }]);
Menu.setApplicationMenu(null);

// A blue square: 32x32 BGRA.
const pixels = Buffer.alloc(32 * 32 * 4);
for (let at = 0; at < pixels.length; at += 4) pixels.set([0xff, 0x66, 0x00, 0xff], at);
const icon = nativeImage.createFromBitmap(pixels, { width: 32, height: 32 });

const seen = { clicks: 0, region: 'us-east-1', power: [], argv: process.argv.slice(2), notification: '' };
global.fixture = seen;
let tray;
let window;

function showMenu() {
  const regions = ['us-east-1', 'eu-west-1'].map((region) => ({
    label: region,
    type: 'radio',
    checked: seen.region === region,
    click: () => {
      seen.region = region;
      tray.setToolTip(`Region ${region}`);
      showMenu();
    },
  }));
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Signed out', enabled: false },
      { type: 'separator' },
      { label: 'Region', submenu: regions },
      { label: 'Keep alive', type: 'checkbox', checked: true },
      { label: 'Hidden', visible: false },
      { label: 'Open window', click: openWindow },
      {
        label: 'Sign in',
        click: () => spawn(process.env.BROWSER, ['http://127.0.0.1:9/start?a=1&b=2'], { detached: true }),
      },
      { label: 'Notify', click: notify },
      {
        label: 'Detach',
        click: () => spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' }).unref(),
      },
      { label: 'Quit', click: () => app.exit(0) },
    ]),
  );
}

function openWindow() {
  window = new BrowserWindow({
    width: 500,
    height: 300,
    webPreferences: { sandbox: true, contextIsolation: true },
  });
  window.loadURL('fixture://page/index.html');
}

function notify() {
  const one = new Notification({ title: 'Sign-in needed', body: 'start URL' });
  one.on('click', () => {
    seen.notification = 'clicked';
    openWindow();
  });
  one.show();
  global.notification = one;
}

app.whenReady().then(() => {
  protocol.handle(
    'fixture',
    () =>
      new Response('<title>Fixture</title><h1>Hello, sandbox</h1>', {
        headers: { 'content-type': 'text/html' },
      }),
  );
  powerMonitor.on('suspend', () => seen.power.push('suspend'));
  powerMonitor.on('resume', () => seen.power.push('resume'));
  tray = new Tray(icon);
  tray.setToolTip('Fixture tip');
  tray.on('click', () => seen.clicks++);
  seen.encryption = safeStorage.isEncryptionAvailable();
  seen.userData = path.basename(app.getPath('userData'));
  showMenu();
});
app.on('window-all-closed', () => {});
