import { createReadStream, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type Input, type LocalFile, partsOfInput } from '../core/script.ts';
import { localFileChanged, localFileRewritten, localFileUnreadable } from './problems.ts';

/** Writes, and waits where the far end is slower than we are. Resolves as well when the stream is gone: who reads it reports that. */
export function write(stream: Writable, bytes: Uint8Array | string): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return Promise.resolve();
  if (stream.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      stream.off('error', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
    stream.on('error', done);
  });
}

/**
 * Streams a job's input. Rejects with a HostwrightError when a file is not what it was when the job was made; then fewer bytes were
 * written than announced, and no more must follow.
 */
export async function writeInput(stream: Writable, input: Input, stillWanted: () => boolean): Promise<void> {
  for (const part of partsOfInput(input)) if (stillWanted()) await writePart(stream, part, stillWanted);
}

async function writePart(
  stream: Writable,
  input: Uint8Array | LocalFile,
  stillWanted: () => boolean,
): Promise<void> {
  if (input instanceof Uint8Array) return write(stream, input);
  let sent = input.from ?? 0;
  const file = createReadStream(input.path, { highWaterMark: 256 * 1024, start: sent });
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      if (!stillWanted()) return;
      sent += chunk.length;
      if (sent > input.size) throw localFileChanged(input.path, input.size, sent);
      // Before the last of it goes: what the host has not whole it does not use.
      if (sent === input.size && isChanged(input)) throw localFileRewritten(input.path);
      await write(stream, chunk);
    }
  } catch (thrown) {
    if (thrown instanceof Error && 'syscall' in thrown) throw localFileUnreadable(input.path, thrown);
    throw thrown;
  } finally {
    file.destroy();
  }
  if (sent < input.size) throw localFileChanged(input.path, input.size, sent);
}

function isChanged({ path, changedMs }: LocalFile): boolean {
  return changedMs !== undefined && statSync(path).ctimeMs !== changedMs;
}
