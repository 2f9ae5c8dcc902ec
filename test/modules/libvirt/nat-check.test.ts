import { describe, expect, test } from 'vitest';
import { natState } from '../../../src/facts/libvirt/nat-state.ts';
import { parsePacketRules } from '../../../src/facts/libvirt/packet-rules.ts';
import { natCheck } from '../../../src/modules/libvirt/nat_check.ts';
import { breakages, printed } from '../../cases/modules/nat_check.cases.ts';

describe('nat_check names what is broken, and the tasks that mend it', () => {
  test.each(breakages)('$title', ({ host, wrong, tasks }) => {
    const stdout = new TextEncoder().encode(printed(host).stdout);
    const state = natState.parse({ rc: 0, stdout, stderr: new Uint8Array() });
    const params = natCheck.params.parse({});
    const result = natCheck.result?.(params, { values: { state }, change: null, output: null });
    expect(result?.findings.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual(wrong);
    expect(result).toMatchObject({ failed: true, fix_tasks: tasks });
    for (const finding of result?.findings ?? []) expect(finding.fix === undefined).toBe(finding.ok);
  });
});

describe('rules of the packet filter', () => {
  test("are the same from iptables and from nft's translation", () => {
    const iptables = `*nat
-A POSTROUTING -j LIBVIRT_PRT
-A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
COMMIT
*filter
-A FORWARD -d 192.168.122.0/24 -o virbr0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
COMMIT
*mangle
-A POSTROUTING -o virbr0 -j ACCEPT
`;
    const nft = `table ip nat {
	chain LIBVIRT_PRT {
		meta l4proto tcp ip saddr 192.168.122.0/24 ip daddr != 192.168.122.0/24 counter packets 0 bytes 0 masquerade to :1024-65535
	}

	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		counter packets 3 bytes 416 jump LIBVIRT_PRT
	}
}
table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy accept;
		oifname "virbr0" ip daddr 192.168.122.0/24 ct state related,established counter packets 0 bytes 0 accept
	}
	chain INPUT {
		type filter hook input priority filter; policy accept;
		iifname "virbr0" udp dport 53 counter packets 5 bytes 1640 accept
	}
}
table ip6 filter {
	chain INPUT {
		type filter hook input priority filter; policy accept;
		iifname "virbr0" udp dport 53 counter packets 5 bytes 1640 accept
	}
}
`;
    const one = parsePacketRules(iptables, '');
    expect(one.forward).toHaveLength(1);
    expect(one.postrouting).toHaveLength(2);
    expect(parsePacketRules('', nft)).toEqual(one);
  });

  test("of libvirt's own nftables table count too", () => {
    const nft = `table ip libvirt_network {
	chain forward {
		type filter hook forward priority filter; policy accept;
		counter packets 0 bytes 0 jump guest_cross
	}
	chain guest_cross {
		iif "virbr0" oif "virbr0" counter packets 0 bytes 0 accept
	}
	chain unused {
		iif "virbr9" counter packets 0 bytes 0 accept
	}
}
`;
    const rules = parsePacketRules('', nft);
    expect(rules.nativeTables).toEqual(['libvirt_network']);
    expect(rules.forward.map(({ in: from, out, verdict }) => [from, out, verdict])).toEqual([
      [undefined, undefined, 'guest_cross'],
      ['virbr0', 'virbr0', 'ACCEPT'],
    ]);
  });
});
