import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { runMain } from './run-main.ts';

describe('hostwright doc', () => {
  it('lists every module with its summary', async () => {
    const { stdout } = await runMain(['doc']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(Object.keys(modules));
  });

  it('describes one', async () => {
    await expect((await runMain(['doc', 'wait_for_connection'])).stdout).toMatchFileSnapshot(
      'snapshots/doc.txt',
    );
  });

  it('knows modules by the names of their collections too', async () => {
    const [short, long] = await Promise.all([
      runMain(['doc', 'copy']),
      runMain(['doc', 'ansible.builtin.copy']),
    ]);
    expect(long).toEqual(short);
    expect((await runMain(['doc', 'ansible.builtin.cpoy'])).stderr).toContain('Did you mean "copy"?');
  });

  it.each(Object.keys(modules))('fits %s on 80 columns', async (name) => {
    const { exitCode, stdout } = await runMain(['doc', name]);
    expect(exitCode).toBe(0);
    // A long value in an example is not broken.
    const description = stdout.split('\nExample')[0] ?? '';
    expect(description.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('hostwright schema', () => {
  it('is JSON Schema of every module, with references that lead somewhere', async () => {
    const schema = JSON.parse((await runMain(['schema'])).stdout);
    expect(Object.keys(schema.$defs)).toEqual(Object.keys(modules));
    for (const [name, { $ref }] of Object.entries<{ $ref: string }>(schema.properties))
      expect($ref).toBe(`#/$defs/${name}`);
  });

  it('tells defaults', async () => {
    const schema = JSON.parse((await runMain(['schema', 'ping'])).stdout);
    expect(schema).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        data: {
          type: 'string',
          default: 'pong',
          description: 'Text that comes back as `ping` of the result.',
        },
      },
      additionalProperties: false,
    });
  });
});

describe('hostwright completion', () => {
  it('completes commands, options, modules and reporters in bash', async () => {
    const { stdout } = await runMain(['completion', 'bash']);
    const complete = (...words: string[]) => {
      const script = `${stdout}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _hostwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
    };
    expect(complete('hostwright', 'in')).toEqual(['inventory', 'init']);
    expect(complete('hostwright', 'run', '--sk')).toEqual(['--skip-tags']);
    expect(complete('hostwright', 'run', 'x.yaml', '--reporter', 'j')).toEqual(['json', 'junit']);
    expect(complete('hostwright', 'doc', 'wait_for_c')).toEqual(['wait_for_connection']);
    expect(complete('hostwright', 'exec', 'all', '-m', 'blockin')).toEqual(['blockinfile']);
    expect(complete('hostwright', 'lint', 'package.j')).toEqual(['package.json']);
  });

  it.each(['zsh', 'fish'])('names every command for %s', async (shell) => {
    const { stdout } = await runMain(['completion', shell]);
    for (const word of ['run', 'exec', 'inventory', 'practice']) expect(stdout).toContain(word);
    // An unbalanced quote would break the whole script.
    const quotes =
      stdout
        .replaceAll(`'\\''`, '')
        .replaceAll(/"\$\w+"/g, '')
        .replaceAll(/^#.*$/gm, '')
        .match(/'/g) ?? [];
    expect(quotes.length % 2).toBe(0);
  });
});
