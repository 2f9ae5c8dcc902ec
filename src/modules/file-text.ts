import type { Side } from '../core/change.ts';

/**
 * Text of files as strings in which every character is one byte, so that nothing is lost whatever the encoding; text of people is
 * UTF-8 and becomes bytes before it is compared or inserted.
 */
export type ByteText = string;

const CHUNK = 8192;

export function byteText(bytes: Uint8Array): ByteText {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/** The bytes of a file's text. */
export function bytesOf(text: ByteText): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** What a person wrote, as it stands in a file. */
export function encodeText(text: string): ByteText {
  return isAscii(text) ? text : byteText(new TextEncoder().encode(text));
}

/** What stands in a file, as a person reads it; bytes that are no UTF-8 are taken as Latin-1. */
export function decodeText(text: ByteText): string {
  if (isAscii(text)) return text;
  return utf8(bytesOf(text)) ?? text;
}

/** A file for a difference: its text, or size and checksum where it is no text or too large to be shown. */
export function fileSide(content: Uint8Array | null, size: number, sha256: string | null): Side {
  const text = content === null ? null : shownText(content);
  return text ?? { size, sha256 };
}

function shownText(content: Uint8Array): string | null {
  return content.includes(0) ? null : utf8(content);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
