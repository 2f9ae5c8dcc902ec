import { describe, expect, test } from 'vitest';
import { formatError, type HostwrightError } from '../../src/core/error.ts';
import { openSession } from '../../src/shell/open-session.ts';
import { local } from '../../src/transports/local.ts';
import { enterImpostor } from './shells.ts';

/** What stands behind the name `sh`: it greets as the loop does that is in its last word, reads the nonce and the first batch, and then answers as it likes. */
const impostor = (answer: string) => `#!${process.execPath}
let said = process.argv.at(-1).replaceAll('\\\\0012', '\\n'), step = 0;
const answer = (nonce, write, error) => { ${answer} };
const listen = (chunk) => {
  said += chunk;
  const hello = /sh ([0-9a-f]{24}) ([0-9a-f]{24})\\n/.exec(said);
  if (step === 0 && hello) {
    step = 1; said = '';
    process.stdout.write('noise' + hello[1] + '-' + hello[2] + '\\n');
    process.stderr.write(hello[1] + '-' + hello[2] + '\\n');
  }
  const nonce = /^([0-9a-f]{32})\\n[^]*#\\1/.exec(said);
  if (step === 1 && nonce) { step = 2; answer(nonce[1], (t) => process.stdout.write(t), (t) => process.stderr.write(t)); }
};
listen('');
process.stdin.on('data', listen);
process.stdout.on('error', () => process.exit());
process.stderr.on('error', () => process.exit());
`;

async function failureOf(program: string, seconds = 5): Promise<string> {
  const leave = enterImpostor(program);
  const connection = await local.open({} as never);
  try {
    const session = await openSession(connection, { helloTimeoutSeconds: seconds });
    await session.run({ script: { text: 'echo asked' } });
    return 'it worked';
  } catch (thrown) {
    return formatError(thrown as HostwrightError).split('\n')[0] as string;
  } finally {
    await connection.close();
    leave();
  }
}

describe('a host that is no host', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'the end of a job that was not asked for',
      "write(nonce + ' 77 0 -\\n')",
      /^The host answered "77 0 -" where the end of a job was expected\.$/,
    ],
    ['a status that is none', "write(nonce + ' 1 1e9 -\\n')", /^The host answered "1 1e9 -"/],
    ['flags that are none', "write(nonce + ' 1 0 XYZ\\n')", /^The host answered "1 0 XYZ"/],
    ['an end without an end', "write(nonce + ' ' + 'x'.repeat(1e6))", /^The host answered "x+" where/],
    [
      'control characters in its answer',
      "write(nonce + ' \\u001b[2J\\u0007 0\\n')",
      /^The host answered "0" where/,
    ],
    ['two ends of one job', "write((nonce + ' 1 0 -\\n').repeat(2))", /^The host answered "1 0 -" where/],
    [
      'half an end, and then nothing',
      "write(nonce + ' 1'); setTimeout(() => process.exit(3), 50)",
      /^The shell on the host was lost while "echo asked" was running: it ended with status 3\.$/,
    ],
    [
      'an end on one stream only',
      "write(nonce + ' 1 0 -\\n'); setTimeout(() => process.exit(0), 50)",
      /^The shell on the host was lost while "echo asked" was running/,
    ],
  ];
  test.each(cases)('sends %s', async (_, answer, expected) => {
    expect(await failureOf(impostor(answer))).toMatch(expected);
  });

  test('answers as it should: the impostor itself is right', async () => {
    expect(await failureOf(impostor("write(nonce + ' 1 0 -\\n'); error(nonce + ' 1\\n')"))).toBe('it worked');
  });

  test('never stops with its banner', async () => {
    const before = process.memoryUsage().rss;
    const endless = `#!${process.execPath}\nconst line = 'Welcome to the machine\\n'.repeat(1000);\nconst more = () => process.stdout.write(line, more); more(); process.stdout.on('error', () => process.exit());\n`;
    const message = await failureOf(endless, 1);
    expect(message).toMatch(
      /^No shell answered within 1 seconds of the login\. It said: "….*Welcome to the machine.*"\.$/,
    );
    expect(message.length).toBeLessThan(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('says nothing', async () => {
    expect(await failureOf('#!/bin/sh\nexec sleep 30\n', 0.3)).toBe(
      'No shell answered within 0.3 seconds of the login.',
    );
  });

  test('ends at once', async () => {
    expect(await failureOf('#!/bin/false\n')).toBe(
      'The login ended before a shell was there: it ended with status 1.',
    );
  });

  test('floods a job without an end', async () => {
    const flood =
      'const b = Buffer.alloc(1 << 20, 120); let n = 0; const more = () => n++ < 300 ? process.stdout.write(b, more) : process.exit(7); more()';
    const before = process.memoryUsage().rss;
    expect(await failureOf(impostor(flood))).toMatch(
      /^The shell on the host was lost while "echo asked" was running: it ended with status 7/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});
