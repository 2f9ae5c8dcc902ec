/** Values by name, as scripts print them: `name=value` and a NUL, the name `content` last and up to the end of the output. */
export interface Records {
  readonly text: (name: string) => string | undefined;
  readonly content: Uint8Array | undefined;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const EQUALS = 0x3d;

/** Reads NUL-ended records; NUL is the one byte that neither a path nor a line of `stat` can hold. */
export function parseRecords(bytes: Uint8Array): Records {
  return parseRecordGroups(bytes).at(-1) ?? group(new Map(), undefined);
}

/** The same for many things after each other, a record `end` after each. What is not ended is the last group. */
export function parseRecordGroups(bytes: Uint8Array): readonly Records[] {
  const groups: Records[] = [];
  let values = new Map<string, string>();
  let content: Uint8Array | undefined;
  let start = 0;
  while (start < bytes.length) {
    const equals = bytes.indexOf(EQUALS, start);
    if (equals < 0) break;
    const name = decoder.decode(bytes.subarray(start, equals));
    if (name === 'content') {
      content = new Uint8Array(bytes.subarray(equals + 1));
      break;
    }
    const end = bytes.indexOf(0, equals);
    if (end < 0) break;
    if (name === 'end') {
      groups.push(group(values, undefined));
      values = new Map();
    } else values.set(name, decoder.decode(bytes.subarray(equals + 1, end)));
    start = end + 1;
  }
  if (values.size > 0 || content) groups.push(group(values, content));
  return groups;
}

/** Bytes that a script printed through `base64`; null where they are no base64. */
export function parseBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function group(values: ReadonlyMap<string, string>, content: Uint8Array | undefined): Records {
  return { text: (name) => values.get(name), content };
}
