import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { emptyRecap, type Recap } from '../../src/core/result.ts';
import { type PracticeCommandOptions, practice } from '../../src/practice/command.ts';
import type { Look } from '../../src/practice/narration.ts';
import { connectToVariables } from './client.ts';

/** A run in small: writes a file on every host over SSH, where it is not there yet. */
async function touchEverywhere(inventoryFile: string): Promise<Recap> {
  const recap: Recap = {};
  for (const [name, client] of await connectToVariables(inventoryFile)) {
    const { stdout } = await client.run('if [ -e done ]; then echo ok; else : >done; echo changed; fi');
    const changed = stdout.toString() === 'changed\n' ? 1 : 0;
    recap[name] = { ...emptyRecap(), ok: 1, changed };
    client.close();
  }
  return recap;
}

const plain: Look = { color: false, unicode: true, columns: 80 };

async function runCommand(
  options: Partial<PracticeCommandOptions>,
  overrides: {
    readonly look?: Look;
    readonly run?: (inventoryFile: string) => Promise<{ recap: Recap; exitCode?: 0 | 2 | 4 }>;
    readonly stopped?: Promise<void>;
  } = {},
) {
  let text = '';
  const inventoryFiles: string[] = [];
  const exitCode = await practice(
    { hosts: 1, quickstart: false, keep: false, mode: 'directory', ...options },
    {
      playbook: 'playbooks/quickstart.yaml',
      run: async (playbook, inventoryFile) => {
        inventoryFiles.push(inventoryFile);
        text += `<${playbook}>\n`;
        const run = overrides.run ?? (async (file) => ({ recap: await touchEverywhere(file) }));
        return { runId: 'run', exitCode: 0, owed: {}, ...(await run(inventoryFile)) };
      },
      write: (more) => {
        text += more;
      },
      look: overrides.look ?? plain,
      stopped: overrides.stopped ?? new Promise<void>(() => {}),
    },
  );
  return { exitCode, text, inventoryFiles };
}

/** What differs from one start to the next. */
function steady(text: string): string {
  return text
    .replaceAll(/\/\S*\/hostwright-practice-[^/]+/g, '/SCRATCH')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\d+(\.\d)? s\b/g, 'N s');
}

test('the quickstart runs the playbook twice and says so', async () => {
  const { exitCode, text, inventoryFiles } = await runCommand({ quickstart: true });
  expect(exitCode).toBe(0);
  expect(steady(text)).toMatchSnapshot();
  expect(inventoryFiles[0]).toBe(inventoryFiles[1]);
  expect(existsSync(inventoryFiles[0] as string)).toBe(false);
});

test('several hosts, then waiting for the end', async () => {
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  setTimeout(() => stop(), 300);
  const { exitCode, text } = await runCommand({ hosts: 3 }, { stopped });
  expect(exitCode).toBe(0);
  expect(steady(text)).toMatchSnapshot();
});

test('a second run that changes something is a failure', async () => {
  const recap = { practice: { ...emptyRecap(), changed: 2 } };
  const { exitCode, text } = await runCommand({ quickstart: true }, { run: async () => ({ recap }) });
  expect(exitCode).toBe(1);
  expect(text).toContain('should have changed nothing, but it made 2 changes');
});

test('a failed run ends the quickstart with its exit code', async () => {
  const recap = { practice: { ...emptyRecap(), failed: 1 } };
  const { exitCode, text, inventoryFiles } = await runCommand(
    { quickstart: true },
    { run: async () => ({ recap, exitCode: 2 }) },
  );
  expect(exitCode).toBe(2);
  expect(inventoryFiles.length).toBe(1);
  expect(text).toContain('The first run did not go through');
});

test.each([0, 51, 1.5, Number.NaN])('%d is no number of hosts', async (hosts) => {
  await expect(runCommand({ hosts })).rejects.toThrow('is not a number of practice hosts');
});

test.each([40, 60, 80, 200])(
  'nothing but a path is wider than the terminal of %d columns',
  async (columns) => {
    const look = { color: true, unicode: true, columns };
    const { text } = await runCommand({ quickstart: true, keep: true }, { look, stopped: Promise.resolve() });
    expect(text).toContain('\u001b[');
    const lines = stripVTControlCharacters(text).split('\n');
    const tooWide = lines.filter(
      (line) => line.length > Math.max(columns, 80) && !line.includes('/hostwright'),
    );
    expect(tooWide).toEqual([]);
  },
);

test('only ASCII where nothing else can be shown', async () => {
  const { text } = await runCommand({ quickstart: true }, { look: { ...plain, unicode: false } });
  expect(text).toMatch(/^[\n\x20-\x7e]*$/);
});
