import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { Script } from '../../core/script.ts';
import { pathWord } from '../../facts/host-path.ts';
import { raw, sh } from '../../shell/sh.ts';
import { extendedPattern, matchGroups } from '../extended-pattern.ts';
import { count, hostPath, listOf, text } from '../params.ts';
import { connectionStates, isLoopback, portDrained, portOpen, portSays } from '../port-scripts.ts';

const port = count.pipe(
  z.int().min(1, { error: 'must be a port: 1 to 65535' }).max(65535, { error: 'must be a port: 1 to 65535' }),
);
const address = z.string().refine(isAddress, { error: 'must be IP addresses' });

const params = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9_.:%-]+$/, { error: 'must be a host name or an address' })
      .default('127.0.0.1')
      .describe('Host name or address to connect to, as the host sees it.'),
    port: port.optional().describe('TCP port to wait for.'),
    path: hostPath.optional().describe('File to wait for. Instead of port.'),
    state: z
      .enum(['started', 'stopped', 'present', 'absent', 'drained'])
      .default('started')
      .describe(
        'started, present: it is there; stopped, absent: it is gone; drained: no connection is left.',
      ),
    search_regex: z
      .string()
      .min(1)
      .optional()
      .describe('Wait until a line of the file, or of what the port says by itself, matches.'),
    timeout: count
      .default(300)
      .describe('Seconds until it is given up. Without port and path: seconds to wait.'),
    connect_timeout: count.default(5).describe('Seconds that one connection may take.'),
    delay: count.default(0).describe('Seconds to wait before the first look; they count as part of timeout.'),
    sleep: count.default(1).describe('Seconds between two looks.'),
    exclude_hosts: listOf(address)
      .default([])
      .describe('With drained: addresses whose connections do not count.'),
    active_connection_states: listOf(z.enum(connectionStates))
      .default(['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'])
      .describe('With drained: states in which a connection counts.'),
    msg: text.optional().describe('Message of the failure instead of our own.'),
  })
  .superRefine((values, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (values.port !== undefined && values.path !== undefined)
      problem('path', 'cannot be given together with port');
    if (values.path !== undefined && (values.state === 'stopped' || values.state === 'drained')) {
      problem('state', `${values.state} is for a port; use absent for a file`);
    }
    if (values.state === 'drained' && values.port === undefined) problem('state', 'drained needs port');
    if (values.exclude_hosts.length > 0 && values.state !== 'drained')
      problem('exclude_hosts', 'goes with state: drained');
    if (values.state === 'drained' && values.host !== 'localhost' && !isAddress(values.host)) {
      problem('host', 'must be an address where state is drained');
    }
    if (values.search_regex !== undefined && values.port === undefined && values.path === undefined) {
      problem('search_regex', 'needs port or path');
    }
  });

type Params = z.output<typeof params>;

export const waitFor = defineModule({
  name: 'wait_for',
  summary: 'Wait for a port, a file, or some text in either; looked at from the host.',
  params,
  examples: [
    { title: 'Until the service answers', params: { port: 8080, timeout: 60 } },
    {
      title: 'Until a line is in a log',
      params: { path: '/var/log/app.log', search_regex: 'ready in \\d+ ms' },
    },
    { title: 'Until nobody is connected', params: { host: '0.0.0.0', port: 80, state: 'drained' } },
  ],
  check: (values) => ({
    differences: [],
    data: values.search_regex === undefined ? null : extendedPattern(values.search_regex),
  }),
  apply: ({ data }, values) => waiting(values, data),
  noUndo: 'nothing is changed',
  effect: 'none',
  converges: false,
  checkMode: 'skip',
  result: (values, { output }) => {
    const { port, path, state, search_regex } = values;
    const named = { state, port, path, search_regex };
    if (!output) return named;
    const text = new TextDecoder().decode(output.stdout.bytes);
    const elapsed = Number(/^elapsed=(\d+)$/m.exec(text)?.[1] ?? 0);
    const line = /^match=(.*)$/m.exec(text)?.[1];
    const groups = search_regex !== undefined && line !== undefined ? matchGroups(search_regex, line) : {};
    if (output.rc === 0) return { ...named, elapsed, ...groups };
    const said = new TextDecoder().decode(output.stderr.bytes).trim();
    const msg = values.msg ?? (output.rc === 2 ? `Timeout when waiting for ${waitedFor(values)}` : said);
    return { ...named, elapsed, msg };
  },
});

function isAddress(value: string): boolean {
  return ipaddr.isValid(value);
}

/** The loop runs on the host, so that each look costs nothing but the look. Uptime, because the clock may be set while we wait. */
function waiting(values: Params, pattern: string | null): Script {
  return sh`
    PATH=$PATH:/usr/sbin:/sbin
    clock() {
      if [ -r /proc/uptime ]; then read -r now _ < /proc/uptime; now=\${now%%.*}; else now=$(date +%s); fi
    }
    clock; started=$now found=
    ${condition(values, pattern)}
    sleep ${values.delay}
    while :; do
      if holds; then
        clock
        printf 'match=%s\nelapsed=%s\n' "$found" $((now - started))
        exit 0
      fi
      clock
      if [ $((now - started)) -ge ${values.timeout} ]; then break; fi
      sleep ${values.sleep}
    done
    printf 'elapsed=%s\n' $((now - started))
    exit ${values.port === undefined && values.path === undefined ? 0 : 2}`;
}

/** Defines `holds`, which sets `found` where text is searched. */
function condition(values: Params, pattern: string | null): Script {
  const { host, port, path, state, connect_timeout: seconds } = values;
  const gone = state === 'absent' || state === 'stopped';
  if (path !== undefined) {
    if (gone) return sh`holds() { [ ! -e ${pathWord(path)} ]; }`;
    if (pattern === null) return sh`holds() { [ -e ${pathWord(path)} ]; }`;
    return sh`holds() {
      [ -r ${pathWord(path)} ] && found=$(tr -d '\0' < ${pathWord(path)} | grep -m 1 -E -e ${pattern})
    }`;
  }
  if (port === undefined) return sh`holds() { false; }`;
  if (state === 'drained') {
    return sh`
      ${portDrained(host, port, values.active_connection_states, values.exclude_hosts)}
      holds() { port_drained; }`;
  }
  if (pattern !== null && !gone) {
    return sh`
      ${portSays(isLoopback(host) && host.startsWith('0.') ? '127.0.0.1' : host, port, pattern, seconds)}
      holds() { found=$(port_says); }`;
  }
  return sh`
    ${portOpen(host, port, seconds)}
    holds() { ${raw(gone ? '! ' : '')}port_open; }`;
}

function waitedFor({ host, port, path, state, search_regex }: Params): string {
  const place = path ?? `${host}:${port}`;
  if (state === 'drained') return `${place} to drain`;
  if (state === 'absent' || state === 'stopped')
    return path === undefined ? `${place} to stop` : `${place} to be absent`;
  if (search_regex !== undefined) return `search string ${search_regex} in ${place}`;
  return path === undefined ? place : `file ${place}`;
}
