import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { interruptedQuestion, noTerminal } from './problems.ts';

/**
 * Asks on the controlling terminal, which is there even where standard input and output are redirected. Without echo the answer is not
 * shown. Rejects with a HostwrightError where there is no terminal, or at Ctrl-C and Ctrl-D.
 */
export async function ask(question: string, echo: boolean): Promise<string> {
  const descriptor = openTerminal();
  const write = (text: string) => void writeSync(descriptor, text);
  const input = new ReadStream(openTerminal());
  try {
    // Before it is asked: whoever types at once is not shown either.
    if (!echo) input.setRawMode(true);
    write(`${question}: `);
    return await (echo ? readLine(input) : readHidden(input));
  } finally {
    if (!echo) {
      input.setRawMode(false);
      write('\n');
    }
    input.destroy();
    closeSync(descriptor);
  }
}

function openTerminal(): number {
  try {
    return openSync('/dev/tty', 'r+');
  } catch (cause) {
    throw noTerminal(cause);
  }
}

// The terminal itself lets the person edit the line.
function readLine(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const interrupted = () => reject(interruptedQuestion());
    process.once('SIGINT', interrupted);
    const done = () => process.off('SIGINT', interrupted);
    input.setEncoding('utf8');
    input.once('data', (text: string) => {
      done();
      resolve(text.replace(/\r?\n$/, ''));
    });
    input.once('end', () => {
      done();
      reject(interruptedQuestion());
    });
    input.once('error', (error) => {
      done();
      reject(error);
    });
  });
}

function readHidden(input: ReadStream): Promise<string> {
  input.setEncoding('utf8');
  const typed: string[] = [];
  return new Promise((resolve, reject) => {
    input.on('error', reject);
    input.on('data', (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return resolve(typed.join(''));
        if (character === '\u0003' || character === '\u0004') return reject(interruptedQuestion());
        if (character === '\u007f' || character === '\b') typed.pop();
        else if (character === '\u0015') typed.length = 0;
        else if (character >= ' ') typed.push(character);
      }
    });
  });
}
