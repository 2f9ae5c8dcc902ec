import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { playText } from './play.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hostwright-fetch-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const statusOf = (played: Awaited<ReturnType<typeof playText>>) => played.lines;

test('a file of each host comes here below its name, whole, and once', async () => {
  const bytes = randomBytes(9_000_000);
  writeFileSync(`${root}/big`, bytes);
  const playbook = `
- hosts: all
  tasks:
    - {name: dry, fetch: {src: ${root}/big, dest: ${root}/kept}, check_mode: true, when: inventory_hostname == 'alpha'}
    - {name: first, fetch: {src: ${root}/big, dest: ${root}/kept}, register: f}
    - {name: again, fetch: {src: ${root}/big, dest: ${root}/kept/}}
    - {name: flat, fetch: {src: ${root}/big, dest: ${root}/flat/, flat: true}, run_once: true}
    - name: fields
      assert: {that: ["f.checksum == f.remote_checksum", "f.dest == '${root}/kept/' + inventory_hostname + '${root}/big'"]}
`;
  const played = await playText(playbook, { inventory: 'alpha,beta,', options: { forks: 1 } });
  expect(statusOf(played)).toEqual([
    'dry alpha changed',
    'dry beta skipped',
    'first alpha changed',
    'first beta changed',
    'again alpha ok',
    'again beta ok',
    'flat alpha changed',
    'fields alpha ok',
    'fields beta ok',
  ]);
  const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  const wanted = createHash('sha256').update(bytes).digest('hex');
  for (const file of [`kept/alpha${root}/big`, `kept/beta${root}/big`, 'flat/big'])
    expect(digest(`${root}/${file}`)).toBe(wanted);
  expect(readdirSync(`${root}/flat`)).toEqual(['big']);
});

test('what is missing or a directory fails, or is passed over', async () => {
  const played = await playText(`
- hosts: all
  tasks:
    - {name: missing, fetch: {src: ${root}/none, dest: ${root}/kept}, ignore_errors: true, register: f}
    - {name: said, debug: {msg: "{{ f.msg }}"}}
    - {name: directory, fetch: {src: ${root}, dest: ${root}/kept}, ignore_errors: true, register: f}
    - {name: said, debug: {msg: "{{ f.msg }}"}}
    - {name: let go, fetch: {src: ${root}/none, dest: ${root}/kept, fail_on_missing: no}}
    - {name: closed, fetch: {src: /etc/hostname, dest: /etc/hostname/x, flat: true}, ignore_errors: true}
`);
  expect(played.lines).toEqual([
    'missing alpha ignored',
    'said alpha ok',
    'directory alpha ignored',
    'said alpha ok',
    'let go alpha ok',
    'closed alpha ignored',
  ]);
  expect(played.said).toEqual([
    `alpha: The file ${root}/none does not exist on the host`,
    `alpha: The path ${root} is a directory of the host, which cannot be fetched`,
  ]);
  expect(readdirSync(root)).toEqual([]);
});

test('a host that sends without an end fills nothing here', async () => {
  writeFileSync(`${root}/small`, 'small');
  mkdirSync(`${root}/bin`);
  writeFileSync(`${root}/bin/head`, '#!/bin/sh\nexec cat /dev/zero\n', { mode: 0o755 });
  vi.stubEnv('PATH', `${root}/bin:${process.env.PATH}`);
  try {
    const played = await playText(`
- hosts: all
  tasks:
    - {name: endless, fetch: {src: ${root}/small, dest: ${root}/kept/}, ignore_errors: true, register: f}
    - {name: said, debug: {msg: "{{ f.msg }}"}}
`);
    expect(played.said[0]).toContain(`The host sends more than the 5 bytes that it said ${root}/small has.`);
    expect(
      readdirSync(`${root}/kept`, { recursive: true }).filter((name) => !/alpha/.test(String(name))),
    ).toEqual([]);
    expect(statSync(`${root}/kept/alpha${root}/small`, { throwIfNoEntry: false })).toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
  }
});

test('reboot does not restart the machine that Hostwright runs on', async () => {
  const played = await playText('- {hosts: all, tasks: [{name: restart, reboot: }]}');
  expect(played.lines).toEqual(['restart alpha failed']);
  expect(played.results('restart')[0]?.result.msg).toBe(
    'The host alpha is reached without a connection: it is this machine, which would end the run. Restart this machine by hand.',
  );
});
