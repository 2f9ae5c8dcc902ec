import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Secret } from '../core/secret.ts';
import { Template } from '../core/template.ts';
import { problems } from './problems.ts';
import type { Kept } from './record.ts';

/** Encrypts what holds secrets, with a key of the user's that lies outside the project. */
export interface Sealer {
  readonly seal: (text: string) => string;
  readonly open: (sealed: string) => string;
}

/** Bytes of an AES-256 key, of the nonce and of the tag of GCM. */
const KEY = 32;
const NONCE = 12;
const TAG = 16;

/** Where the key lies: `$XDG_STATE_HOME/hostwright/journal.key`, `~/.local/state` by default. */
export function keyFile(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment.XDG_STATE_HOME || path.join(environment.HOME || '/', '.local', 'state');
  return path.join(base, 'hostwright', 'journal.key');
}

/** A sealer whose key is made (0600) at its first use. Throws HostwrightError where it cannot be had. */
export function createSealer(file: string): Sealer {
  let known: Buffer | undefined;
  const key = () => {
    known ??= readKey(file) ?? makeKey(file);
    return known;
  };
  return {
    seal: (text) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key(), nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      const opened = readKey(file);
      if (!opened) throw problems.noKey(file, undefined);
      try {
        const decipher = createDecipheriv('aes-256-gcm', opened, bytes.subarray(0, NONCE));
        decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw problems.wrongKey(file);
      }
    },
  };
}

function readKey(file: string): Buffer | undefined {
  try {
    const key = readFileSync(file);
    return key.length === KEY ? key : undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problems.noKey(file, cause);
  }
}

function makeKey(file: string): Buffer {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const made = randomBytes(KEY);
    // Another process may have made it just now: then that one counts.
    writeFileSync(file, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (cause) {
    const made = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? readKey(file) : undefined;
    if (made) return made;
    throw problems.noKey(file, cause);
  }
}

const SECRET = '$secret';
const BYTES = '$bytes';
const TEMPLATE = '$template';
const PLAIN = '$plain';
const MARKS = [SECRET, BYTES, TEMPLATE, PLAIN];

/** Data as JSON text, with the value of every Secret in it; `secret` tells whether there was one. */
export function encode(data: unknown): { readonly json: string; readonly secret: boolean } {
  let secret = false;
  const above: unknown[] = [];
  const plain = (value: unknown): unknown => {
    if (value instanceof Secret) {
      secret = true;
      return { [SECRET]: value.reveal() };
    }
    if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Template) return { [TEMPLATE]: value.source };
    if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
    if (above.includes(value)) return '[circular]';
    above.push(value);
    try {
      if (Array.isArray(value)) return value.map(plain);
      // What is looked at may say that it is not known; then it is left out.
      const map: Record<string, unknown> = Object.fromEntries(
        Object.keys(value).flatMap((name) => {
          try {
            return [[name, plain((value as Record<string, unknown>)[name])]];
          } catch {
            return [];
          }
        }),
      );
      // What a host sent must not be taken for one of our marks.
      return Object.keys(map).some((name) => MARKS.includes(name)) ? { [PLAIN]: map } : map;
    } finally {
      above.pop();
    }
  };
  const json = JSON.stringify(plain(data)) ?? 'null';
  return { json, secret };
}

/** What `Kept` holds; secrets are Secrets again. */
export function opened<T>(kept: Kept<T>, sealer: Sealer): T {
  const data = 'open' in kept ? kept.open : (JSON.parse(sealer.open(kept.sealed)) as T);
  return revive(data) as T;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Readonly<Record<string, unknown>>;
  if (SECRET in map) return new Secret(String(map[SECRET]));
  if (TEMPLATE in map) return new Template(String(map[TEMPLATE]));
  if (BYTES in map) return new Uint8Array(Buffer.from(String(map[BYTES]), 'base64'));
  const entries = Object.entries((map[PLAIN] as object | undefined) ?? map);
  return Object.fromEntries(entries.map(([name, entry]) => [name, revive(entry)]));
}
