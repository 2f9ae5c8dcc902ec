import { createHash } from 'node:crypto';

/** SHA-256 of bytes, lower-case hexadecimal. Pure; here so that modules, which import no Node built-in, can name what they send. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
