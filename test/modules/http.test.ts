import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getUrl } from '../../src/modules/builtin/get_url.ts';
import { uri } from '../../src/modules/builtin/uri.ts';
import { type Bench, openBench, runTask, SHELLS } from './real-shell.ts';

let server: ChildProcess;
let base: string;
beforeAll(async () => {
  server = spawn(process.execPath, [new URL('web-server.js', import.meta.url).pathname]);
  const [port] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  base = `http://127.0.0.1:${String(port).trim()}`;
});
afterAll(() => server.kill());

/** A PATH on which the tools that fetch are these alone. */
function pathWith(tools: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'hostwright-path-'));
  for (const source of ['/usr/bin', '/bin']) {
    for (const name of readdirSync(source)) {
      const place = join(directory, name);
      if (!existsSync(place) && (!['curl', 'wget'].includes(name) || tools.includes(name)))
        symlinkSync(join(source, name), place);
    }
  }
  if (tools.includes('busybox wget')) {
    writeFileSync(join(directory, 'wget'), '#!/bin/sh\nexec /usr/bin/busybox wget "$@"\n');
    chmodSync(join(directory, 'wget'), 0o755);
  }
  return directory;
}

const has = (...command: string[]) => spawnSync(command[0] as string, command.slice(1)).error === undefined;
const WAYS = [
  ...SHELLS.filter(({ present }) => present).map((shell) => ({ shell, tool: 'curl' })),
  ...SHELLS.filter(({ present, name }) => present && name === 'dash').flatMap((shell) =>
    ['wget', 'busybox wget'].map((tool) => ({ shell, tool })),
  ),
].filter(({ tool }) => has(...tool.split(' '), '--help'));

describe.each(WAYS)('with $tool under $shell.name', ({ shell, tool }) => {
  let bench: Bench;
  let tools: string;
  const path = process.env.PATH;
  beforeAll(() => {
    tools = pathWith([tool]);
    process.env.PATH = tools;
  });
  afterAll(() => {
    process.env.PATH = path;
    rmSync(tools, { recursive: true });
  });
  beforeEach(() => {
    bench = openBench(shell);
  });
  afterEach(() => bench.remove());
  const ask = (params: Record<string, unknown>) => runTask(bench, uri, params).result;

  it('gives status, headers, cookies and JSON', () => {
    expect(ask({ url: `${base}/json`, headers: { 'X-A': `q"r's` } })).toMatchObject({
      changed: false,
      status: 200,
      redirected: false,
      url: `${base}/json`,
      content_type: 'application/json; charset=utf-8',
      x_two_words: 'v',
      cookies: { a: 'b' },
      cookies_string: 'a=b',
      json: { method: 'GET', x: `q"r's`, body: '' },
    });
  });

  it('sends JSON and forms', () => {
    expect(
      ask({ url: `${base}/json`, method: 'post', body: { a: [1, 'ü'] }, body_format: 'json' }),
    ).toMatchObject({
      json: { method: 'POST', type: 'application/json', body: '{"a":[1,"ü"]}' },
    });
    const form = {
      url: `${base}/json`,
      method: 'POST',
      body: { a: 'x y&', b: [1, 2] },
      body_format: 'form-urlencoded',
    };
    expect(ask(form)).toMatchObject({
      json: { type: 'application/x-www-form-urlencoded', body: 'a=x+y%26&b=1&b=2' },
    });
  });

  it('follows or not, and says what it got instead of what was wanted', () => {
    expect(ask({ url: `${base}/redirect` })).toMatchObject({
      status: 200,
      redirected: true,
      url: `${base}/json`,
    });
    if (tool !== 'busybox wget') {
      const stays = { url: `${base}/redirect`, follow_redirects: 'none', status_code: '301,302' };
      expect(ask(stays)).toMatchObject({ status: 302, redirected: tool === 'wget' });
    }
    expect(ask({ url: `${base}/none` })).toMatchObject({
      status: 404,
      failed: true,
      msg: expect.stringContaining('Status code was 404 and not [200]: HTTP Error 404'),
    });
    expect(ask({ url: `${base}/hostile` })).toMatchObject({ failed: true, changed: false });
    expect(ask({ url: 'http://127.0.0.1:1/' })).toMatchObject({ status: -1, failed: true });
  });

  it('signs in', () => {
    expect(ask({ url: `${base}/auth`, url_username: 'anna', url_password: 'p"w\\' })).toMatchObject({
      status: 200,
    });
    expect(ask({ url: `${base}/auth` })).toMatchObject({ status: 401 });
  });

  it('writes what it got, once', () => {
    const dest = join(bench.host, 'kept');
    expect(ask({ url: `${base}/file`, dest, mode: '0600' })).toMatchObject({ changed: true, path: dest });
    expect(ask({ url: `${base}/file`, dest, mode: '0600' })).toMatchObject({ changed: false });
    expect(readFileSync(dest, 'utf8')).toBe('file content\n');
    expect(ask({ url: `${base}/none`, dest: join(bench.host, 'none') }).failed).toBe(true);
    expect(readdirSync(bench.host)).toEqual(['kept']);
  });

  it('get_url fetches a file once, and undo takes it back', () => {
    const dest = join(bench.host, 'got');
    const first = runTask(bench, getUrl, { url: `${base}/file`, dest, mode: '0640' });
    expect(first.proof).toBeNull();
    expect(first.result).toMatchObject({
      dest,
      size: 13,
      mode: '0640',
      status_code: 200,
      msg: 'OK (13 bytes)',
    });
    expect(runTask(bench, getUrl, { url: `${base}/file`, dest, mode: '0640' }).change).toBeNull();
    writeFileSync(dest, 'old\n');
    const again = runTask(bench, getUrl, { url: `${base}/file`, dest, force: true, backup: true });
    expect(readFileSync(dest, 'utf8')).toBe('file content\n');
    expect(readFileSync(again.result.backup_file as string, 'utf8')).toBe('old\n');
    expect(again.undo()).toBe(true);
    expect(readFileSync(dest, 'utf8')).toBe('old\n');
    first.undo();
    expect(readdirSync(bench.host)).toEqual([]);
  });

  it('get_url compares with a digest or a list of them', () => {
    mkdirSync(join(bench.host, 'dir'));
    const params = {
      url: `${base}/file?x=1`,
      dest: join(bench.host, 'dir'),
      checksum: `sha256:${base}/sums`,
    };
    expect(runTask(bench, getUrl, params).result).toMatchObject({ dest: join(bench.host, 'dir/file') });
    expect(runTask(bench, getUrl, params).change).toBeNull();
    const wrong = { url: `${base}/json`, dest: join(bench.host, 'b'), checksum: `md5:${'0'.repeat(32)}` };
    expect(() => runTask(bench, getUrl, wrong)).toThrow(/did not match 0{32}; it was [0-9a-f]{32}/);
    expect(() => runTask(bench, getUrl, { url: `${base}/none`, dest: join(bench.host, 'b') })).toThrow(
      'Request failed: HTTP status 404',
    );
    expect(readdirSync(bench.host)).toEqual(['dir']);
  });
});

it('says so where the host can fetch nothing', () => {
  const bench = openBench(SHELLS[0] as (typeof SHELLS)[number]);
  const tools = pathWith([]);
  const path = process.env.PATH;
  process.env.PATH = tools;
  try {
    const asked = () => runTask(bench, uri, { url: `${base}/json` });
    expect(asked).toThrow('The host has neither curl nor wget, so it cannot fetch anything.');
  } finally {
    process.env.PATH = path;
    rmSync(tools, { recursive: true });
    bench.remove();
  }
});
