import ipaddr from 'ipaddr.js';
import type { Script } from '../core/script.ts';
import { type RawShell, raw, sh } from '../shell/sh.ts';

/** Functions of sh for TCP ports, for whatever the host has: the kernel's own tables, bash, nc, python3 or curl. */

/** include/net/tcp_states.h, as /proc/net/tcp shows them. */
const STATES: Readonly<Record<string, string>> = {
  ESTABLISHED: '01',
  SYN_SENT: '02',
  SYN_RECV: '03',
  FIN_WAIT1: '04',
  FIN_WAIT2: '05',
  TIME_WAIT: '06',
  CLOSE: '07',
  CLOSE_WAIT: '08',
  LAST_ACK: '09',
  CLOSING: '0B',
};

export const connectionStates = Object.keys(STATES);

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** An address as /proc/net/tcp{,6} writes it, on little- and big-endian machines; an IPv4 address also as IPv6 sockets show it. */
function hexAddresses(text: string): readonly string[] {
  const bytes = ipaddr.process(text).toByteArray();
  const hex = (part: readonly number[]) =>
    part
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
  const swapped = (part: readonly number[]) => {
    const words = [];
    for (let at = 0; at < part.length; at += 4) words.push(hex(part.slice(at, at + 4).reverse()));
    return words.join('');
  };
  if (bytes.length === 16) return [swapped(bytes), hex(bytes)];
  return [
    swapped(bytes),
    hex(bytes),
    `0000000000000000FFFF0000${swapped(bytes)}`,
    `00000000000000000000FFFF${hex(bytes)}`,
  ];
}

const ANY = ['00000000', '0'.repeat(32)];

/** `pattern|pattern` of a `case`; hexadecimal digits and `*` alone. */
function alternatives(words: readonly string[]): RawShell {
  return raw(words.join('|'));
}

/** True for the names of this very host, where the kernel's table says more quickly who listens than a connection does. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '0.0.0.0' || host === '::' || host === '::1' || /^127\./.test(host);
}

/** Defines `port_open`: true where something accepts connections. */
export function portOpen(host: string, port: number, connectTimeout: number): Script {
  const connect = sh`
    ${connector(connectTimeout)}
    port_open() { connect_to ${host} ${port}; }`;
  if (!isLoopback(host)) return connect;
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const any = host === '0.0.0.0' || host === '::';
  const local = any
    ? ['*']
    : [...ANY, ...hexAddresses(address), ...(host === 'localhost' ? hexAddresses('::1') : [])];
  const patterns = local.map((one) => `${one}:${hexPort(port)}`);
  return sh`
    if [ -r /proc/net/tcp ]; then
      port_open() {
        for table in /proc/net/tcp /proc/net/tcp6; do
          [ -r "$table" ] || continue
          while read -r _ near _ state _; do
            case $state in 0A) case $near in ${alternatives(patterns)}) return 0;; esac;; esac
          done < "$table"
        done
        return 1
      }
    else
      ${connect}
    fi`;
}

/** Defines `connect_to HOST PORT`; ends the script with 3 where the host has nothing that could. */
export function connector(seconds: number): Script {
  return sh`
    limit=
    if command -v timeout >/dev/null; then limit="timeout "${seconds}; fi
    if command -v bash >/dev/null; then
      connect_to() { $limit bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$1" "$2" 2>/dev/null; }
    elif command -v nc >/dev/null; then
      connect_to() { nc -w ${seconds} "$1" "$2" </dev/null >/dev/null 2>&1; }
    elif command -v python3 >/dev/null; then
      connect_to() {
        python3 -c 'import socket, sys
    socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])).close()' "$1" "$2" ${seconds} 2>/dev/null
      }
    elif command -v curl >/dev/null; then
      connect_to() {
        curl -s --connect-timeout ${seconds} --max-time ${seconds} "telnet://$1:$2" </dev/null >/dev/null 2>&1
        case $? in 6|7|28) return 1;; *) return 0;; esac
      }
    else
      echo 'The host has neither bash nor nc nor python3 nor curl to connect with.' >&2
      exit 3
    fi`;
}

/** Defines `port_says`: prints the first line, of what comes by itself over a connection, that matches. */
export function portSays(host: string, port: number, pattern: string, seconds: number): Script {
  return sh`
    limit=
    if command -v timeout >/dev/null; then limit="timeout "${seconds}; fi
    if command -v bash >/dev/null && [ -n "$limit" ]; then
      hear() { $limit bash -c 'exec 3<>"/dev/tcp/$1/$2" && cat <&3' bash ${host} ${port} 2>/dev/null; }
    elif command -v nc >/dev/null; then
      hear() { $limit nc -w ${seconds} ${host} ${port} </dev/null 2>/dev/null; }
    else
      echo 'The host has neither bash with timeout nor nc to listen to a port with.' >&2
      exit 3
    fi
    port_says() { hear | tr -d '\0\r' | grep -m 1 -E -e ${pattern}; }`;
}

/** Defines `port_drained`: true where no connection to the port is left, but for those of the excluded addresses. */
export function portDrained(
  host: string,
  port: number,
  states: readonly string[],
  excluded: readonly string[],
): Script {
  const any = host === '0.0.0.0' || host === '::';
  const near = (any ? ['*'] : hexAddresses(host === 'localhost' ? '127.0.0.1' : host)).map(
    (address) => `${address}:${hexPort(port)}`,
  );
  const far = excluded.flatMap(hexAddresses).map((address) => `${address}:*`);
  const others = far.length === 0 ? raw('*) return 1') : sh`${alternatives(far)}) ;; *) return 1`;
  return sh`
    if [ ! -r /proc/net/tcp ]; then echo 'The host has no /proc/net/tcp to see connections in.' >&2; exit 3; fi
    port_drained() {
      for table in /proc/net/tcp /proc/net/tcp6; do
        [ -r "$table" ] || continue
        while read -r _ near far state _; do
          case $state in
            ${alternatives(states.map((state) => STATES[state] ?? ''))})
              case $near in ${alternatives(near)}) case $far in ${others};; esac;; esac;;
          esac
        done < "$table"
      done
      return 0
    }`;
}
