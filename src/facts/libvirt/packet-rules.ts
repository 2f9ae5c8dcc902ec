/** A rule of the host's packet filter, as far as the checks of virtual networks look at it. */
export interface PacketRule {
  readonly chain: string;
  /** Interfaces; undefined: any. */
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  /** CIDR, as the tool prints it. */
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  /** The destination that it does not apply to (`! -d`, `!=`). */
  readonly notDestination?: string | undefined;
  /** tcp, udp …; undefined: any. */
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
  /** Whether it is for answers alone (RELATED, ESTABLISHED). */
  readonly answersOnly: boolean;
  /** ACCEPT, REJECT, DROP, MASQUERADE, RETURN … or the chain that is jumped to; upper case as iptables writes it. */
  readonly verdict: string;
}

/** What a packet meets: rules of chains that a hook leads to; a chain that nothing jumps to does nothing. */
export interface PacketRules {
  readonly input: readonly PacketRule[];
  readonly forward: readonly PacketRule[];
  readonly postrouting: readonly PacketRule[];
  /** Tables that libvirt keeps in nftables by itself (`libvirt_network`, since 10.4). */
  readonly nativeTables: readonly string[];
}

type Hook = 'input' | 'forward' | 'postrouting';
const HOOKS: readonly Hook[] = ['input', 'forward', 'postrouting'];

interface Table {
  /** Chain of a hook; several may listen to one. */
  readonly bases: readonly { readonly hook: Hook; readonly chain: string }[];
  readonly rules: readonly PacketRule[];
}

/** From `iptables-save` (several outputs may follow each other) and `nft list ruleset`; either may be empty. */
export function parsePacketRules(iptables: string, nft: string): PacketRules {
  const tables = [...parseIptables(iptables), ...parseNft(nft).map(({ table }) => table)];
  const met = (hook: Hook) => tables.flatMap((table) => rulesAt(table, hook));
  return {
    input: met('input'),
    forward: met('forward'),
    postrouting: met('postrouting'),
    nativeTables: parseNft(nft)
      .map(({ name }) => name)
      .filter((name) => name === 'libvirt_network'),
  };
}

function rulesAt(table: Table, hook: Hook): readonly PacketRule[] {
  const seen = new Set<string>();
  const walk = (chain: string): readonly PacketRule[] => {
    if (seen.has(chain)) return [];
    seen.add(chain);
    const own = table.rules.filter((rule) => rule.chain === chain);
    return own.flatMap((rule) => [rule, ...walk(rule.verdict)]);
  };
  return table.bases.filter((base) => base.hook === hook).flatMap((base) => walk(base.chain));
}

/** man iptables-save: `*table`, `:CHAIN POLICY [packets:bytes]`, `-A CHAIN …`, `COMMIT`. */
function parseIptables(text: string): readonly Table[] {
  return text
    .split(/^\*/m)
    .slice(1)
    .map((part): Table => {
      const lines = part.split('\n');
      const base = (hook: Hook) => ({ hook, chain: hook.toUpperCase() });
      // What the mangle and raw tables accept says nothing about what is let through.
      const bases = ['filter', 'nat'].includes(lines[0]?.trim() ?? '') ? HOOKS.map(base) : [];
      return { bases, rules: lines.filter((line) => line.startsWith('-A ')).map(iptablesRule) };
    });
}

function iptablesRule(line: string): PacketRule {
  const after = (option: string) =>
    new RegExp(`(?:^| )(?<!! )${option} (?!! )("[^"]*"|\\S+)`).exec(line)?.[1]?.replaceAll('"', '');
  const port = after('--dport');
  return {
    chain: after('-A') ?? '',
    in: after('-i'),
    out: after('-o'),
    source: after('-s'),
    destination: after('-d'),
    notDestination: /(?:^| )! -d (\S+)/.exec(line)?.[1],
    protocol: after('-p'),
    port: port === undefined ? undefined : Number(port),
    answersOnly: isForAnswers(after('--ctstate') ?? after('--state') ?? ''),
    verdict: after('-j') ?? after('-g') ?? '',
  };
}

/** man nft: `table FAMILY NAME {`, `chain NAME {`, an optional line `type … hook …`, then a rule per line. */
function parseNft(text: string): readonly { readonly name: string; readonly table: Table }[] {
  return text
    .split(/^table /m)
    .slice(1)
    .filter((part) => /^(ip|inet) /.test(part))
    .map((part) => {
      const bases: { hook: Hook; chain: string }[] = [];
      const rules: PacketRule[] = [];
      let chain: string | undefined;
      for (const line of part.split('\n').slice(1)) {
        const words = line.trim();
        const opened = /^chain (\S+) \{$/.exec(words)?.[1];
        if (opened !== undefined) chain = opened;
        else if (words === '}') chain = undefined;
        else if (chain !== undefined && words !== '') {
          const hook = /^type (?:filter|nat) hook (\S+) /.exec(words)?.[1] as Hook | undefined;
          if (hook === undefined) rules.push(nftRule(chain, words));
          else if (HOOKS.includes(hook) && !words.includes('priority mangle')) bases.push({ hook, chain });
        }
      }
      return { name: /^\S+ (\S+)/.exec(part)?.[1] ?? '', table: { bases, rules } };
    });
}

const NFT_VERDICTS = /(?:^|\s)(accept|drop|reject|return|masquerade|snat|jump (\S+)|goto (\S+))(?=\s|$)/;

function nftRule(chain: string, words: string): PacketRule {
  const after = (match: string) =>
    new RegExp(`(?:^|\\s)${match} (?!!=)("[^"]*"|\\{[^}]*\\}|\\S+)`).exec(words)?.[1]?.replaceAll('"', '');
  const verdict = NFT_VERDICTS.exec(words);
  const dport = /(?:^|\s)(tcp|udp|th) dport (\d+)/.exec(words);
  return {
    chain,
    in: after('iifname') ?? after('iif'),
    out: after('oifname') ?? after('oif'),
    source: after('ip saddr'),
    destination: after('ip daddr'),
    notDestination: /(?:^|\s)ip daddr != (\S+)/.exec(words)?.[1],
    protocol: dport?.[1] ?? after('meta l4proto') ?? after('ip protocol'),
    port: dport ? Number(dport[2]) : undefined,
    answersOnly: isForAnswers(after('ct state') ?? ''),
    verdict: verdict?.[2] ?? verdict?.[3] ?? verdict?.[1]?.toUpperCase() ?? '',
  };
}

function isForAnswers(states: string): boolean {
  return /\bestablished\b/i.test(states) && !/\bnew\b/i.test(states);
}
