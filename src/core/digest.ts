import { createHash, createHmac } from 'node:crypto';

/** SHA-256 of bytes, lower-case hexadecimal. Pure; here so that modules, which import no Node built-in, can name what they send. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** HMAC-SHA1 of a text, as hashed names of known_hosts have it. Pure. Both in and out are Base64 but for the text. */
export function hmacSha1(key: string, text: string): string {
  return createHmac('sha1', Buffer.from(key, 'base64')).update(text).digest('base64');
}
