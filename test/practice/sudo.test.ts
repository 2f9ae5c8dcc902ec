import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PracticeHost, startPracticeHost } from '../../src/practice/host.ts';
import { connectTo, type TestClient } from './client.ts';

// In directory mode nothing changes but the conversation, which is what these cases are about.
const cases = [
  { sudo: 'password', command: 'sudo -n true', input: '', code: 1, stderr: 'sudo: a password is required\n' },
  { sudo: 'password', command: "sudo -S -p 'pw?' true", input: 'secret\n', code: 0, stderr: 'pw?' },
  {
    sudo: 'password',
    command: 'sudo -H -S -n -u root true',
    input: '',
    code: 1,
    stderr: 'sudo: a password is required\n',
  },
  {
    sudo: 'password',
    command: 'sudo -S sh -c "exit 5"',
    input: 'secret\n',
    code: 5,
    stderr: '[sudo] password for operator: ',
  },
  {
    sudo: 'password',
    command: "sudo -S -p '' true",
    input: 'bad\nsecret\n',
    code: 0,
    stderr: 'Sorry, try again.\n',
  },
  {
    sudo: 'password',
    command: "sudo -k -S -p '>' true",
    input: '1\n2\n3\n',
    code: 1,
    stderr: '>Sorry, try again.\n>Sorry, try again.\n>sudo: 3 incorrect password attempts\n',
  },
  {
    sudo: 'password',
    command: "sudo -S -p '' true",
    input: '',
    code: 1,
    stderr: '\nsudo: no password was provided\nsudo: a password is required\n',
  },
  {
    sudo: 'password',
    command: 'sudo -u nobody-at-all true',
    input: '',
    code: 1,
    stderr: 'sudo: unknown user nobody-at-all\n',
  },
  { sudo: 'nopassword', command: 'sudo -n true', input: '', code: 0, stderr: '' },
  {
    sudo: 'nopassword',
    command: 'sudo NAME=value sh -c \'[ "$NAME" = value ]\'',
    input: '',
    code: 0,
    stderr: '',
  },
] as const;

describe.each(['password', 'nopassword'] as const)('the stand-in for sudo: %s', (sudo) => {
  let host: PracticeHost;
  let client: TestClient;

  beforeAll(async () => {
    host = await startPracticeHost({ mode: 'directory', user: 'operator', password: 'secret', sudo });
    client = await connectTo(host);
  });
  afterAll(async () => {
    client.close();
    await host.close();
  });

  test.each(cases.filter((entry) => entry.sudo === sudo))('$command given $input', async (entry) => {
    const { code, stderr } = await client.run(entry.command, entry.input);
    expect({ code, stderr }).toEqual({ code: entry.code, stderr: entry.stderr });
  });
});
