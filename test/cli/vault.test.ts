import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { scratchDirectory } from '../shell/shells.ts';
import { runMain } from './run-main.ts';

const scratch = scratchDirectory();
afterAll(() => scratch.remove());
const file = (name: string, text?: string, mode = 0o600) => {
  const path = join(scratch.path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  if (text !== undefined) writeFileSync(path, text, { mode });
  return path;
};
const read = (path: string) => readFileSync(path, 'utf8');
const password = file('password', 'first secret\n');
const other = file('other', 'second secret\n');
const CLEAR = 'db_password: correct-horse\nlist: [one-secret-item, 2]\n';

async function vault(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await runMain(['vault', ...words]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
const problem = async (...words: readonly string[]) => {
  const { exitCode, stderr } = await runMain(['vault', ...words]);
  return [exitCode, stderr.split('\n')[0]?.replaceAll(scratch.path, '~')];
};

describe('vault', () => {
  test('encrypts in place, views, decrypts, and leaves nothing beside', async () => {
    const path = file('dir/secrets.yaml', CLEAR, 0o640);
    await vault('encrypt', path, '--vault-password-file', password);
    expect(read(path)).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await vault('view', path, '--vault-password-file', password)).toBe(CLEAR);
    expect(await problem('encrypt', path, '--vault-password-file', password)).toEqual([
      1,
      '"~/dir/secrets.yaml" is encrypted already.',
    ]);
    expect(await problem('view', path, '--vault-password-file', other)).toEqual([
      1,
      'The file ~/dir/secrets.yaml is encrypted, and none of the passwords given opens it.',
    ]);
    await vault('rekey', path, '--vault-password-file', password, '--new-vault-password-file', other);
    expect(await vault('decrypt', path, '--vault-password-file', other, '-o', '-')).toBe(CLEAR);
    await vault('decrypt', path, '--vault-id', `prod@${other}`);
    expect(read(path)).toBe(CLEAR);
    expect(readdirSync(join(scratch.path, 'dir'))).toEqual(['secrets.yaml']);
    expect(await problem('view', path, '--vault-password-file', other)).toEqual([
      1,
      '"~/dir/secrets.yaml" is not encrypted.',
    ]);
  });

  test('all files or none', async () => {
    const good = file('good', 'a: 1\n');
    expect(
      await problem('encrypt', good, join(scratch.path, 'absent'), '--vault-password-file', password),
    ).toEqual([
      1,
      '"~/absent" cannot be read or written: ENOENT: no such file or directory, open \'~/absent\'.',
    ]);
    expect(read(good)).toBe('a: 1\n');
  });

  test('for recipients of age, opened with their key', async () => {
    const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
    const identity = await generateX25519Identity();
    const key = file('key.txt', `# a comment\n${identity}\n`);
    const path = file('for-recipients', CLEAR);
    await vault('encrypt', path, '-r', await identityToRecipient(identity));
    expect(await vault('view', path, '--vault-password-file', key)).toBe(CLEAR);
    expect(await problem('encrypt', file('plain', 'x'), '-r', 'age1x')).toEqual([
      1,
      '"age1x" is no recipient of age (age1…).',
    ]);
  });

  test('what ansible-vault wrote is read, and written anew with age', async () => {
    const path = file('ansible', read(join(import.meta.dirname, '../source/vault/fixtures/vault-1.1.yaml')));
    const ansible = file('ansible-password', 'the password\n');
    expect(await vault('view', path, '--vault-password-file', ansible)).toContain('hunter22-fixture');
    await vault('rekey', path, '--vault-password-file', ansible, '--new-vault-id', `x@${other}`);
    expect(read(path)).toMatch(/^-----BEGIN AGE/);
    expect(await vault('view', path, '--vault-password-file', other)).toContain('hunter22-fixture');
  });

  test('edits in a place of its own, and writes only what changed', async () => {
    const path = file('edited', CLEAR);
    const link = join(scratch.path, 'link');
    symlinkSync(path, link);
    const seen = file('seen');
    const editor = file(
      'editor',
      `#!/bin/sh\nstat -c '%a %n' "$1" "$(dirname "$1")" >${seen}\nsed -i s/correct/changed/ "$1"\n`,
      0o700,
    );
    await vault('encrypt', path, '--vault-password-file', password);
    const before = read(path);
    const edit = (program: string) =>
      runMain(['vault', 'edit', link, '--vault-password-file', password], {
        environment: { EDITOR: program },
      });
    expect((await edit('true')).exitCode).toBe(0);
    expect(read(path)).toBe(before);
    expect((await edit(editor)).exitCode).toBe(0);
    const [clear = '', directory = ''] = read(seen).trim().split('\n');
    expect([clear.split(' ')[0], directory.split(' ')[0]]).toEqual(['600', '700']);
    expect(existsSync(directory.split(' ')[1] as string)).toBe(false);
    expect(await vault('view', path, '--vault-password-file', password)).toBe(
      CLEAR.replace('correct', 'changed'),
    );
    expect((await edit('false')).stderr).toContain(
      'The editor "false" ended with status 1; the file is as it was.',
    );
  });

  test('passwords from programs, from the environment, and from prompts that were answered wrongly', async () => {
    const path = file('many', CLEAR);
    const client = file(
      'get-client',
      '#!/bin/sh\n[ "$1 $2" = "--vault-id prod" ] && echo from the client\n',
      0o700,
    );
    await vault('encrypt', path, '--vault-id', `prod@${client}`);
    expect(await vault('view', path, '--vault-password-file', file('same', 'from the client'))).toBe(CLEAR);
    expect(await problem('view', path, '--vault-id', client)).toEqual([
      1,
      'The vault password cannot be read from "~/get-client": it ended with status 1.',
    ]);
    const environment = { ANSIBLE_VAULT_PASSWORD_FILE: file('same') };
    expect((await runMain(['vault', 'view', path], { environment })).stdout).toBe(CLEAR);
    const answers = ['one', 'two', 'three', 'three'];
    const ask = async () => answers.shift() as string;
    const asked = await runMain(['vault', 'encrypt', '-J', file('asked', 'x')], { ask });
    expect(asked.stderr).toContain('The two passwords are not the same.');
    expect((await runMain(['vault', 'encrypt', file('asked')], { ask })).exitCode).toBe(0);
    expect(await vault('view', file('asked'), '--vault-password-file', file('three', 'three'))).toBe('x');
    expect((await runMain(['vault'])).stderr).toContain('hostwright vault needs to know what to do.');
    expect(await problem('encypt', 'x')).toEqual([1, 'hostwright vault cannot do "encypt".']);
    expect(await problem('view', path, '--vault-password-file', file('empty', '\n'))).toEqual([
      1,
      'The vault password from "~/empty" is empty.',
    ]);
  });
});

describe('a run with encrypted variables', () => {
  const playbook = `
- hosts: all
  gather_facts: false
  vars_files: [secrets.yaml]
  tasks:
    - copy: {content: "{{ db_password }} {{ token }} {{ extra }}\\n", dest: "{{ out }}"}
      diff: true
    - debug: {msg: "see {{ db_password }}, {{ token }} and {{ list }}"}
      register: said
    - template: {src: sealed.txt, dest: "{{ out }}-rendered"}
      diff: true
    - debug: {var: said}
    - command: {argv: [sh, -c, 'echo "$1" | base64 >&2; exit 3', sh, "{{ token }}"]}
      ignore_errors: true
    - fail: {msg: "{{ item }}"}
      loop: ["{{ extra }}", "{{ token }}"]
      ignore_errors: true
`;

  test('uses them, and shows them nowhere', async () => {
    const secrets = file('run/secrets.yaml', CLEAR);
    await vault('encrypt', secrets, '--vault-password-file', password);
    const token = await runMain(['vault', 'encrypt', '--name', 'token', '--vault-password-file', password], {
      ask: async () => 'token-of-the-host',
    });
    file('run/inventory/hosts', 'here ansible_connection=local\n');
    file('run/inventory/host_vars/here.yaml', token.stdout);
    const extra = file('run/extra.yaml', 'extra: extra-secret-word\n');
    await vault('encrypt', extra, '--vault-password-file', password);
    const out = join(scratch.path, 'run/out');
    const template = file('run/sealed.txt', 'written-in-the-template {{ token }}\n');
    await vault('encrypt', template, '--vault-password-file', password);
    const words = [
      'run',
      file('run/play.yaml', playbook),
      '-i',
      file('run/inventory'),
      '-e',
      `@${extra}`,
      '-e',
      `out=${out}`,
    ];
    for (const more of [
      ['--reporter', 'json', '--diff'],
      ['--reporter', 'plain', '-vvv', '--diff'],
    ]) {
      const { exitCode, stdout, stderr } = await runMain([
        ...words,
        ...more,
        '--vault-password-file',
        password,
      ]);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain('********');
      for (const secret of [
        'correct-horse',
        'written-in-the-template',
        'token-of-the-host',
        'extra-secret-word',
        'one-secret-item',
        'dG9rZW4tb2YtdGhlLWhvc3',
        'first secret',
      ])
        expect(stdout).not.toContain(secret);
      expect(read(out)).toBe('correct-horse token-of-the-host extra-secret-word\n');
      expect(read(`${out}-rendered`)).toBe('written-in-the-template token-of-the-host\n');
    }
    const shown = await runMain([
      'inventory',
      '-i',
      file('run/inventory'),
      '--host',
      'here',
      '--vault-password-file',
      password,
    ]);
    expect(shown.stdout).not.toContain('token-of-the-host');
  });

  test('says which password is missing', async () => {
    const words = [
      'run',
      file('run/play.yaml'),
      '-i',
      file('run/inventory'),
      '-e',
      'out=/nowhere',
      '-e',
      'extra=1',
    ];
    const { exitCode, stderr } = await runMain(words);
    expect([exitCode, stderr.split('\n')[0]?.replaceAll(scratch.path, '~')]).toEqual([
      1,
      'The file ~/run/secrets.yaml is encrypted, and no password was given.',
    ]);
  });
});
