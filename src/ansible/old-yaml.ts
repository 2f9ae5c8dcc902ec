import type { Scalar } from 'yaml';
import type { Edit } from '../lint/finding.ts';
import { endOf, startOf } from '../lint/linted-file.ts';

const BOOLEANS: Readonly<Record<string, string>> = { yes: 'true', on: 'true', no: 'false', off: 'false' };
/** Names of values that are permission bits, whose digits count. */
const MODE = /(^|_)(mode|umask|perm|perms|permissions)$/;

/** What YAML 1.1, which Ansible reads, takes for something else than YAML 1.2: `yes`, and `0644` for an octal number. */
export function plainScalarEdit(
  node: Scalar,
  path: readonly string[],
  text: string,
  isVariable = false,
): Edit | undefined {
  if (node.type !== 'PLAIN') return undefined;
  const start = startOf(node);
  const end = endOf(node);
  const raw = text.slice(start, end);
  // Spelled in one of the three ways that YAML 1.1 knows.
  const word = /^(yes|no|on|off|Yes|No|On|Off|YES|NO|ON|OFF)$/.test(raw)
    ? BOOLEANS[raw.toLowerCase()]
    : undefined;
  if (word !== undefined) return { start, end, text: word };
  // As text, 1.0 is "1.0" in Python and "1" here; variables mostly end in templates.
  if (isVariable && /^-?\d+\.0+$/.test(raw)) return { start, end, text: `'${raw}'` };
  if (!/^0o?[0-7]+$/.test(raw) || raw === '0') {
    const isMode = MODE.test(path.at(-1) ?? '') && /^[0-7]{3,4}$/.test(raw);
    // A decimal number as a mode is a mistake in Ansible too, which means other bits there; the digits are what was meant.
    return isMode ? { start, end, text: `'${raw.padStart(4, '0')}'` } : undefined;
  }
  if (MODE.test(path.at(-1) ?? '')) return { start, end, text: `'${raw.replace('o', '')}'` };
  return { start, end, text: String(Number.parseInt(raw.replace('o', ''), 8)) };
}
