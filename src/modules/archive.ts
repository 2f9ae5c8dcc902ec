/** A file of an archive; its path is relative. */
export interface ArchivedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;

/** Bytes of a path that fit into a header without an extension. */
export const ARCHIVE_PATH_LIMIT = 100;

/**
 * An archive of the POSIX format ustar, which every tar reads. All files have mode 0600, no owner and no time: whoever unpacks it decides
 * on those.
 */
export function createArchive(files: readonly ArchivedFile[]): Uint8Array {
  const size = files.reduce((sum, { content }) => sum + BLOCK + padded(content.length), 2 * BLOCK);
  const archive = new Uint8Array(size);
  let at = 0;
  for (const { path, content } of files) {
    writeHeader(archive.subarray(at, at + BLOCK), path, content.length);
    archive.set(content, at + BLOCK);
    at += BLOCK + padded(content.length);
  }
  return archive;
}

/** Where the content of each file begins in the archive. */
export function archiveOffsets(files: readonly ArchivedFile[]): readonly number[] {
  let at = 0;
  return files.map(({ content }) => {
    const offset = at + BLOCK;
    at = offset + padded(content.length);
    return offset;
  });
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

// Fields of pax(1), "ustar Interchange Format": offset in the header, and the text that stands there.
function writeHeader(header: Uint8Array, path: string, size: number): void {
  const encoder = new TextEncoder();
  const put = (offset: number, text: string) => header.set(encoder.encode(text), offset);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  put(0, path);
  put(100, octal(0o600, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\0');
  put(263, '00');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
}
