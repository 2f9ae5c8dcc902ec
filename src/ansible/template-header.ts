/** A template without Ansible's first line of settings, and what that line says. */
export function templateHeader(text: string): {
  readonly text: string;
  readonly lines: { readonly trimBlocks: boolean };
} {
  const header = /^#jinja2:([^\n]*)\n/.exec(text);
  if (!header) return { text, lines: { trimBlocks: true } };
  const trimBlocks = !/trim_blocks\s*[:=]\s*["']?(false|no)/i.test(
    (header[1] ?? '').replace(/lstrip_blocks/g, ''),
  );
  return { text: text.slice(header[0].length), lines: { trimBlocks } };
}
