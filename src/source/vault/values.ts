import { type Document, isScalar, parseDocument, visit } from 'yaml';
import { Computed } from '../../core/computed.ts';
import { errorsIn, HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';
import { markSecret } from '../../core/secret.ts';
import { Template } from '../../core/template.ts';
import { isSealed, openSealed } from './open.ts';

// Values that are encrypted inside a YAML file: `name: !vault |` with the encrypted text indented below it.

/** What has been opened in this process, by the encrypted text; an error where it could not be. */
const opened = new Map<string, string | HostwrightError>();

/** Opens the `!vault` values of a text, so that it can be parsed. What cannot be opened is an error only for who uses the value. */
export async function openValues(text: string): Promise<void> {
  if (!text.includes('!vault')) return;
  for (const sealed of sealedValues(parseDocument(text, { logLevel: 'silent' }))) {
    if (typeof opened.get(sealed) === 'string') continue;
    try {
      const content = (await openSealed(Buffer.from(sealed), 'The value')).toString('utf8');
      markSecret(content);
      opened.set(sealed, content);
    } catch (thrown) {
      const [error] = errorsIn(thrown);
      if (error) opened.set(sealed, error);
    }
  }
}

function sealedValues(document: Document): ReadonlySet<string> {
  const found = new Set<string>();
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && isVaultTag(node.tag) && typeof node.value === 'string')
        found.add(stripped(node.value));
    },
  });
  return found;
}

/** Hides every text in the data of a file that was encrypted as a whole. Numbers, booleans and names of variables are not hidden. */
export function markSecrets(value: unknown): void {
  if (typeof value === 'string') markSecret(value);
  else if (value instanceof Template) for (const part of value.source.split(/\{\{.*?\}\}/s)) markSecret(part);
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) markSecrets(one);
}

/** Ansible writes `!vault`, and wrote `!vault-encrypted`. */
export function isVaultTag(tag: string | undefined): boolean {
  return tag === '!vault' || tag === '!vault-encrypted';
}

/** What stands for a `!vault` value in the data: its content, or what says why there is none when it is used. */
export function vaultValue(sealed: string, position: SourcePosition): string | Computed | undefined {
  const text = stripped(sealed);
  if (!isSealed(text)) return undefined;
  const found = opened.get(text);
  if (typeof found === 'string') return found;
  return new Computed(() => {
    const { code, message, hint, cause } = found ?? new HostwrightError('vault', 'The value is encrypted.');
    throw new HostwrightError(code, message, { position, hint, cause });
  }, position);
}

/** Without the indentation and the blank ends of lines that editors leave. */
function stripped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
}
