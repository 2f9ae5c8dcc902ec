import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'bin', 'hostwright.js');
const directory = mkdtempSync(join(tmpdir(), 'hostwright-'));
afterAll(() => rmSync(directory, { recursive: true }));

function run(words: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { cwd: directory }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('bin/hostwright.js', () => {
  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  it('ends with 1 and one message on wrong use', async () => {
    expect(await run(['lint', '--fro', 'x'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'hostwright lint has no option "--fro".\n  Run hostwright lint --help to see all options.\n',
    });
  });

  it('says how to build it where it is not built', async () => {
    cpSync(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{"type": "module"}');
    const child = spawn(process.execPath, [join(directory, 'bin', 'hostwright.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'hostwright is not built yet: run `npm run build` in its directory.\n',
    });
  });

  it('finishes its work in silence when whoever reads its output goes away', async () => {
    const mark = join(directory, 'done');
    const tasks = `    - shell: sleep 0.5\n    - shell: echo yes > ${mark}\n`;
    writeFileSync(join(directory, 'quiet.yaml'), `- hosts: all\n  tasks:\n${tasks}`);
    const child = spawn(process.execPath, [program, 'run', 'quiet.yaml', '-i', 'here,', '-c', 'local'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr, done: readFileSync(mark, 'utf8') }).toEqual({
      code: 0,
      stderr: '',
      done: 'yes\n',
    });
  });

  it('ends at once at the second Ctrl-C', async () => {
    writeFileSync(
      join(directory, 'slow.yaml'),
      '- hosts: all\n  tasks:\n    - shell: echo started; sleep 3\n',
    );
    const child = spawn(
      process.execPath,
      [program, 'run', 'slow.yaml', '-i', 'here,', '-c', 'local', '-vvv'],
      { cwd: directory },
    );
    let stdout = '';
    const said = (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (stdout.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        look();
      });
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    await said('[here] started');
    child.kill('SIGINT');
    await said('Ctrl-C again stops at once');
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'close');
    expect({ code, signal }).toEqual({ code: 130, signal: null });
  });
});
