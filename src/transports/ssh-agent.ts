import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import agents from 'ssh2/lib/agent.js';

type PublicKey = Parameters<BaseAgent['sign']>[0];

/** Keys that were offered to the host already, in wire format and base64, so that none is offered twice. */
export type Offered = Set<string>;

/** The keys of an agent that fit: a host allows few tries (MaxAuthTries), and those that are named go first. */
export function chosenKeys(
  socket: string,
  fits: (publicKey: string) => boolean,
  offered: Offered,
): BaseAgent {
  const agent = agents.createAgent(socket);
  class ChosenKeys extends agents.BaseAgent {
    override getIdentities(callback: IdentityCallback): void {
      agent.getIdentities((error, keys) => {
        if (error) return callback(error);
        const chosen = (keys ?? []).filter((key) => {
          const name = wireName(key as PublicKey);
          if (offered.has(name) || !fits(name)) return false;
          offered.add(name);
          return true;
        });
        callback(undefined, chosen as ParsedKey[]);
      });
    }

    override sign(
      key: PublicKey,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ): void {
      agent.sign(key, data, options as SigningRequestOptions, callback as SignCallback);
    }
  }
  return new ChosenKeys() as BaseAgent;
}

function wireName(key: PublicKey): string {
  const bytes = Buffer.isBuffer(key) ? key : (key as ParsedKey).getPublicSSH();
  return bytes.toString('base64');
}
