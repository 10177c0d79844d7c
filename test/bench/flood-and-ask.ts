import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * `flood-and-ask.ts BYTES RESULT`: in a terminal, after any key, writes so many bytes of 80-character lines and then
 * asks for the cursor's position, which the terminal answers once it has parsed all that came before. The milliseconds
 * until the answer go to the file RESULT. The same question for every terminal, whatever draws it.
 */
const [bytes = '0', result = '/dev/null'] = process.argv.slice(2);
process.stdin.setRawMode(true);
let from = 0;
process.stdin.on('data', (typed) => {
  if (from === 0) {
    from = performance.now();
    const flood = `yes ${'x'.repeat(78)} | head -c ${Number(bytes)}`;
    spawnSync('/bin/sh', ['-c', flood], { stdio: ['ignore', 'inherit', 'inherit'] });
    process.stdout.write('\x1b[6n');
  } else if (typed.includes('R')) {
    writeFileSync(result, String(performance.now() - from), { mode: 0o600 });
    from = Number.POSITIVE_INFINITY;
  }
});
process.stdout.write('ready\r\n');
setTimeout(() => process.exit(0), 600_000);
