import fc from 'fast-check';

/** Bytes that a program could write to harm whoever looks: seeded, made of known tricks and of noise. */

const SECRET = 'c2VjcmV0LWZyb20tdGhlLXByb2dyYW0=';
const text = (s: string): Buffer => Buffer.from(s);
const ends = ['\x07', '\x1b\\', '\u009c', ''];

/** Strings (OSC, DCS, APC, PM, SOS) that some terminals act on. */
const strings = [
  ']0;title \u202e\u2066evil\x00\x01\n<img src=x onerror=alert(1)>',
  ']1;icon',
  ']2;中文 title 👩‍👩‍👧',
  ']7;file://host/etc/passwd',
  ']8;;javascript:alert(1)',
  ']8;id=x;file:///etc/passwd',
  ']8;;https://example.com/%00?a=b',
  ']8;;data:text/html,<script>alert(1)</script>',
  ']8;;',
  ']9;notification text',
  ']9;4;1;50',
  ']9;9;C:\\Windows',
  ']10;?',
  ']11;?',
  ']4;1;?;2;?',
  ']4;1;#ff0000;2;rgb:ff/ff/ff',
  ']10;#000000',
  ']11;#000000',
  ']50;CursorShape=1',
  ']51;A"<script>"',
  `]52;c;${SECRET}`,
  ']52;c;?',
  ']52;;!!!',
  ']104',
  ']133;A',
  ']133;D;0',
  ']633;E;rm -rf ~;nonce',
  ']633;P;Cwd=/etc',
  ']777;notify;a;b',
  `]1337;File=name=eA==;size=4;inline=1:${SECRET}`,
  ']1337;SetMark',
  ']1337;CopyToClipboard=',
  ']1337;OpenURL=:aHR0cHM6Ly9leGFtcGxlLmNvbQ==',
  'P$qm',
  'P$q q',
  'P+q544e;524742',
  'Pq#0;2;0;0;0#0~~@@vv@@~~$',
  'Ptmux;\x1b\x1b]52;c;aGk=\x07',
  'P1000p%begin 1 1 0',
  `_Ga=T,f=100,t=f;${SECRET}`,
  '_Gi=1,a=q;AAAA',
  '^privacy message',
  'Xstart of string',
];

/** Control sequences at and beyond their limits. */
const controls = [
  '\x1b[c',
  '\x1b[>c',
  '\x1b[=c',
  '\x1b[6n',
  '\x1b[?6n',
  '\x1b[21t',
  '\x1b[20t',
  '\x1b[8;1;1t',
  '\x1b[8;9999;9999t',
  '\x1b[3;0;0t',
  '\x1b[5i',
  '\x1b[?5i',
  '\x1b[>q',
  '\x1b[?u',
  '\x1b[>31u',
  '\x1b[<99u',
  '\x1b[?2026h',
  '\x1b[?2026l',
  '\x1b[?1049h',
  '\x1b[?1049l',
  '\x1b[?1003;1006h',
  '\x1b[?2004h',
  '\x1b[?9001h',
  '\x1b[?3h',
  '\x1b[4h',
  '\x1b[20h',
  '\x1b[99999999999999999999;99999999999H',
  '\x1b[999999b',
  '\x1b[2147483648@',
  '\x1b[-1m',
  '\x1b[38;2;999;999;999;48;5;999m',
  `\x1b[${'1;'.repeat(500)}m`,
  `\x1b[${'9'.repeat(5_000)}m`,
  `\x1b[${':'.repeat(300)}m`,
  '\x1b[3;2r',
  '\x1b[2;4r',
  '\x1b[2J\x1b[3J',
  '\x1b#8',
  '\x1b(0qqq\x1b(B',
  '\x1bc',
  '\x1b[!p',
  '\x1b7\x1b[5;5H\x1b8',
  '\x9b6n',
  '\x90$qm\x9c',
  '\x05',
  '\x0e\x0f',
  '\x18\x1a\x7f',
];

/** What text can do. */
const texts = [
  '\u202e\u2066reversed\u2069\u202c',
  'שלום مرحبا',
  `a${'\u0301'.repeat(2_000)}`,
  `${'e\u0300\u0301\u0302'.repeat(200)}`,
  '\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67'.repeat(20),
  '\u{e0041}\u{e007f}\ufeff\u200b',
  'https://example.com/\u202egro.live ',
  'file:///etc/passwd javascript:alert(1) /etc/passwd:1:1',
  '\r\n'.repeat(60),
  '\t'.repeat(300),
  'x'.repeat(3_000),
];

const string = fc
  .tuple(fc.constantFrom(...strings), fc.constantFrom(...ends))
  .map(([body, end]) => text(`\x1b${body}${end}`));
const huge = fc
  .tuple(
    fc.constantFrom(']0;', ']52;c;', ']8;;https://', 'P$q', '_G', ']1337;File=:'),
    fc.nat(200_000),
    fc.constantFrom(...ends),
  )
  .map(([open, length, end]) => text(`\x1b${open}${'A'.repeat(length)}${end}`));

/** One stream of hostile bytes. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: string },
      { weight: 6, arbitrary: fc.constantFrom(...controls).map((c) => Buffer.from(c, 'latin1')) },
      { weight: 3, arbitrary: fc.constantFrom(...texts).map(text) },
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)) },
      { weight: 2, arbitrary: fc.string({ maxLength: 30 }).map(text) },
      { weight: 1, arbitrary: huge },
    ),
    { maxLength: 40 },
  )
  .map((pieces) => Buffer.concat(pieces));

/** Every trick once, in one stream. */
export const everyTrick = Buffer.concat([
  ...strings.flatMap((s) => ends.slice(0, 2).map((end) => text(`\x1b${s}${end}`))),
  ...controls.filter((c) => c !== '\x1b[?2026h').map((c) => Buffer.from(c, 'latin1')),
  ...texts.map(text),
]);

/**
 * All that a terminal may say by itself: answers whose form is fixed and in which nothing of a program's own text
 * comes back.
 */
export const harmlessAnswers =
  /^(?:\x1b\[\?[\d;]+c|\x1b\[>[\d;]+c|\x1b\[0n|\x1b\[\??\d+;\d+R|\x1b\[\??\d+;\d\$y|\x1b\[\?\d+u|\x1b\[\?997;[12]n|\x1b\[[IO]|\x1bP>\|xterm\.js\([\w.-]+\)\x1b\\|\x1bP[01]\$r[\d;]*(?:[ ]?[a-z"]{0,2})\x1b\\|\x1b\]1?\d;(?:\d+;)?rgb:[\da-f/]+(?:\x1b\\|\x07)|\x1b\[(?:[468]);\d+;\d+t)*$/;
