// The types of the package describe its index only.
declare module 'ssh2/lib/client.js' {
  export { Client as default } from 'ssh2';
}
declare module 'ssh2/lib/protocol/keyParser.js' {
  import type { ParsedKey } from 'ssh2';

  const keyParser: {
    readonly parseKey: (text: Buffer | string, passphrase?: string) => ParsedKey | ParsedKey[] | Error;
  };
  export default keyParser;
}
