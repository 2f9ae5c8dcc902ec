import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostwrightError } from '../../src/core/error.ts';
import { createTransfer } from '../../src/engine/transfer.ts';
import { type CuttingProxy, startCuttingProxy } from '../contract/cutting-proxy.ts';
import { type Sshd, sshdMissing, startSshd } from '../contract/sshd.ts';
import { scratchDirectory } from '../shell/shells.ts';
import { playText, runOptions } from './play.ts';

const MB = 1024 * 1024;
const missing = sshdMissing();

describe.skipIf(missing)(
  `a link that breaks under a transfer${missing ? `: left out, ${missing}` : ''}`,
  () => {
    let sshd: Sshd;
    let proxy: CuttingProxy;
    let scratch: ReturnType<typeof scratchDirectory>;
    let there: string;
    beforeEach(async () => {
      sshd = await startSshd();
      scratch = scratchDirectory();
      there = join(scratch.path, 'there');
      mkdirSync(there);
    });
    afterEach(async () => {
      await proxy.close();
      sshd.close();
      scratch.remove();
    });

    const inventory = (): string =>
      JSON.stringify({
        all: {
          hosts: {
            alpha: {
              ansible_connection: 'ssh',
              ansible_host: '127.0.0.1',
              ansible_port: proxy.port,
              ansible_user: sshd.user,
              ansible_ssh_private_key_file: sshd.keyFile,
              ansible_ssh_common_args: `-F none -o HostKeyAlias=sshd -o UserKnownHostsFile=${scratch.path}/known_hosts`,
            },
          },
        },
      });
    /** Plays tasks over the proxy; `seen` is what was to be seen in the directory there of files that were not that large yet. */
    const play = async (tasks: string, size = 0) => {
      const [, key] = readFileSync(`${sshd.directory}/host.pub`, 'utf8').split(' ');
      writeFileSync(join(scratch.path, 'known_hosts'), `sshd ssh-ed25519 ${key}\n`);
      const seen = new Set<string>();
      const watch = setInterval(() => {
        for (const name of readdirSync(there)) {
          const stat = statSync(join(there, name), { throwIfNoEntry: false });
          if (!stat || stat.size >= size) continue;
          seen.add(`${name.replace(/[0-9a-f]{12,}/, 'X')} ${(stat.mode & 0o777).toString(8)}`);
        }
      }, 2);
      try {
        const played = await playText(`- hosts: all\n  tasks:\n${tasks}`, {
          inventory: inventory(),
          options: runOptions({}),
        });
        return { ...played, seen: [...seen].sort() };
      } finally {
        clearInterval(watch);
      }
    };
    const broke =
      'The connection to alpha broke while a file was on its way; it is made anew, and what arrived is not sent again.';

    test('what arrived of a file is not sent again, and nobody sees it before it is whole', async () => {
      const bytes = randomBytes(12 * MB);
      writeFileSync(join(scratch.path, 'image'), bytes);
      proxy = await startCuttingProxy(sshd.port, [{ up: 5 * MB }, { up: 4 * MB }]);
      const task = `    - {name: image, copy: {src: ${scratch.path}/image, dest: ${there}/image, mode: '0644'}}\n`;
      const first = await play(task, bytes.length);
      expect(first.results('image').map(({ result }) => result.msg)).toEqual([undefined]);
      expect(first.lines).toEqual(['image alpha changed']);
      expect(first.warnings).toEqual([broke, broke]);
      expect(first.seen).toEqual(['.hostwright.part.X 600']);
      expect(readdirSync(there)).toEqual(['image']);
      expect(Buffer.compare(readFileSync(join(there, 'image')), bytes)).toBe(0);
      expect(proxy.connections()).toBe(3);
      // Lost is what was under way each time.
      expect(proxy.passed().up).toBeLessThan(15 * MB);
      expect((await play(task)).lines).toEqual(['image alpha ok']);
    });

    const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
    const beginnings: readonly (readonly [string, (part: string, bytes: Buffer) => void, number])[] = [
      [
        'gone on with',
        (part, bytes) => writeFileSync(part, bytes.subarray(0, 4 * MB), { mode: 0o600 }),
        2 * MB,
      ],
      ['taken as it is where it is whole', (part, bytes) => writeFileSync(part, bytes, { mode: 0o600 }), 0],
      [
        'begun anew where it is another',
        (part, bytes) => writeFileSync(part, Buffer.alloc(4 * MB, bytes[0]), { mode: 0o600 }),
        6 * MB,
      ],
      [
        'begun anew where it is longer',
        (part, bytes) => writeFileSync(part, Buffer.concat([bytes, bytes]), { mode: 0o600 }),
        6 * MB,
      ],
      [
        'begun anew where others could read it',
        (part, bytes) => writeFileSync(part, bytes.subarray(0, 4 * MB), { mode: 0o644 }),
        6 * MB,
      ],
      [
        'begun anew where it leads elsewhere',
        (part, bytes) => {
          writeFileSync(join(scratch.path, 'elsewhere'), bytes.subarray(0, 4 * MB), { mode: 0o600 });
          symlinkSync(join(scratch.path, 'elsewhere'), part);
        },
        6 * MB,
      ],
    ];
    test.each(beginnings)('what an earlier run left of a file is %s', async (_, leave, sent) => {
      const bytes = randomBytes(6 * MB);
      writeFileSync(join(scratch.path, 'image'), bytes);
      const target = `${there}/image`;
      const name = digest(`${digest(bytes)} ${bytes.length} ${target}`).slice(0, 24);
      leave(join(there, `.hostwright.part.${name}`), bytes);
      proxy = await startCuttingProxy(sshd.port, []);
      const played = await play(`    - {name: image, copy: {src: ${scratch.path}/image, dest: ${target}}}\n`);
      expect(played.lines).toEqual(['image alpha changed']);
      expect(Buffer.compare(readFileSync(target), bytes)).toBe(0);
      expect(readdirSync(there)).toEqual(['image']);
      expect(lstatSync(target).isFile()).toBe(true);
      expect(proxy.passed().up).toBeGreaterThan(sent);
      expect(proxy.passed().up).toBeLessThan(sent + MB / 2);
    });

    test('a tree goes on where it was, its small files too', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [
          `${index % 2 ? 'below/' : ''}${index}`,
          randomBytes(index % 3 ? 400_000 : 2 * MB),
        ]),
      );
      mkdirSync(join(scratch.path, 'tree/below'), { recursive: true });
      for (const [name, bytes] of Object.entries(files))
        writeFileSync(join(scratch.path, 'tree', name), bytes);
      proxy = await startCuttingProxy(sshd.port, [{ up: 3.5 * MB }, { up: 5.5 * MB }, { up: 2 * MB }]);
      const task = `    - {name: tree, copy: {src: ${scratch.path}/tree/, dest: ${there}/made/here}}\n`;
      const first = await play(task);
      expect(first.lines).toEqual(['tree alpha changed']);
      expect(first.warnings).toEqual([broke, broke, broke]);
      for (const [name, bytes] of Object.entries(files))
        expect(Buffer.compare(readFileSync(join(there, 'made/here', name)), bytes)).toBe(0);
      expect(
        readdirSync(there, { recursive: true }).filter((name) => String(name).includes('.host')),
      ).toEqual([]);
      expect((await play(task)).lines).toEqual(['tree alpha ok']);
    });

    test('a file that is fetched is asked for from where it stopped', async () => {
      const bytes = randomBytes(12 * MB);
      writeFileSync(join(scratch.path, 'log'), bytes);
      proxy = await startCuttingProxy(sshd.port, [{ down: 5 * MB }, { down: 4 * MB }]);
      const task = `    - {name: log, fetch: {src: ${scratch.path}/log, dest: ${there}/log, flat: true}}\n`;
      const first = await play(task, bytes.length);
      expect(first.lines).toEqual(['log alpha changed']);
      expect(first.warnings).toEqual([broke, broke]);
      expect(first.seen).toEqual(['.hostwright.X 600']);
      expect(readdirSync(there)).toEqual(['log']);
      expect(Buffer.compare(readFileSync(join(there, 'log')), bytes)).toBe(0);
      expect(proxy.passed().down).toBeLessThan(15 * MB);
      expect((await play(task)).lines).toEqual(['log alpha ok']);
    });

    test('nothing goes to another host that answers after the break, and who it is not is said', async () => {
      writeFileSync(join(scratch.path, 'image'), randomBytes(6 * MB));
      const other = await startSshd();
      proxy = await startCuttingProxy(sshd.port, [{ up: 3 * MB }, { to: other.port }]);
      const played = await play(
        `    - {name: image, copy: {src: ${scratch.path}/image, dest: ${there}/image}}\n`,
      );
      expect(played.lines).toEqual(['image alpha unreachable']);
      expect(played.results('image')[0]?.result.error_code).toBe('host-key-changed');
      expect(readFileSync(join(other.directory, 'log'), 'utf8')).not.toContain('Accepted');
      expect(proxy.connections()).toBe(2);
      other.close();
    });

    test('a file that cannot be stored whole leaves nothing behind, and says why', async () => {
      writeFileSync(join(scratch.path, 'image'), randomBytes(3 * MB));
      proxy = await startCuttingProxy(sshd.port, []);
      const played = await play(
        `    - {name: image, copy: {src: ${scratch.path}/image, dest: /dev/full/image}, ignore_errors: true}\n`,
      );
      expect(played.lines).toEqual(['image alpha ignored']);
      expect(readdirSync(there)).toEqual([]);
    });
  },
);

describe('a transfer', () => {
  const lost = () => new HostwrightError('unreachable', 'The host went away.');
  const reached = {
    route: { target: { name: 'h', connectTimeoutSeconds: 1 } as never, privileges: [] },
    access: {
      close: async () => {},
      read: async () => [],
      runThenRead: async () => {
        throw new Error('never asked for');
      },
    },
  };

  test('goes on after so many breaks only where more has arrived each time', async () => {
    const told: string[] = [];
    const transfer = createTransfer((host) => told.push(host));
    const breaks = async (held: number) => {
      transfer.begins(reached);
      transfer.held(held);
      return transfer.goesOn(lost());
    };
    for (let held = 0; held < 40; held += 1) expect(await breaks(held)).toBe(true);
    const stuck = [];
    for (let again = 0; again < 6; again += 1) stuck.push(await breaks(39));
    expect(stuck).toEqual([true, true, true, true, false, false]);
    expect(told).toHaveLength(44);
  });

  test('goes on after a lost link alone, and only while something is under way', async () => {
    const transfer = createTransfer(() => {});
    expect(await transfer.goesOn(lost())).toBe(false);
    transfer.begins(reached);
    expect(await transfer.goesOn(new HostwrightError('authentication-failed', 'No.'))).toBe(false);
    expect(transfer.mayBeMade()).toBe(false);
    transfer.applies();
    expect(await transfer.goesOn(lost())).toBe(true);
    expect(transfer.mayBeMade()).toBe(true);
    expect(await transfer.goesOn(lost())).toBe(false);
  });
});
