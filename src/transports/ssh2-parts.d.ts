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
declare module 'ssh2/lib/protocol/constants.js' {
  const constants: Readonly<
    Record<`${'DEFAULT' | 'SUPPORTED'}_${'KEX' | 'CIPHER' | 'MAC' | 'SERVER_HOST_KEY'}`, readonly string[]>
  >;
  export default constants;
}
declare module 'ssh2/lib/agent.js' {
  import type { BaseAgent } from 'ssh2';

  const agents: {
    readonly BaseAgent: new () => BaseAgent;
    readonly createAgent: (socket: string) => BaseAgent;
  };
  export default agents;
}
declare module 'ssh2/lib/protocol/utils.js' {
  const utils: { readonly sendPacket: (protocol: object, packet: Buffer) => void };
  export default utils;
}
