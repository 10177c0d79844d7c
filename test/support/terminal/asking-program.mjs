// Asks its terminal everything at each Ctrl+Q, keeps what it is sent, shows that (base64) at Ctrl+Z, ends at Ctrl+X.
const queries = [
  '\x1b[c',
  '\x1b[>c',
  '\x1b[5n',
  '\x1b[6n',
  '\x1b[?6n',
  '\x1b]10;?\x07',
  '\x1b]11;?\x1b\\',
  '\x1b]4;1;?\x07',
  '\x1b[>q',
  '\x1b[?u',
  '\x1b[?2026$p',
  '\x1b[4$p',
  '\x1bP$qm\x1b\\',
  // Nobody answers these.
  '\x1b]52;c;?\x07',
  '\x1b[21t',
].join('');
let heard = '';
process.stdin.setRawMode(true);
process.stdin.on('data', (data) => {
  for (const piece of data.toString('latin1').split(/([\x11\x18\x1a])/)) {
    if (piece === '\x11') process.stdout.write(queries);
    else if (piece === '\x18') process.exit(0);
    else if (piece === '\x1a') {
      process.stdout.write(`\r\nheard<${Buffer.from(heard, 'latin1').toString('base64')}>`);
      heard = '';
    } else heard += piece;
  }
});
process.stdout.write(process.argv[2] === 'at-once' ? `asked${queries}` : 'ready');
