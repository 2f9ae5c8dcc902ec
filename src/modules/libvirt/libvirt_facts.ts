import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import { type DomainState, libvirtDomains } from '../../facts/libvirt/domains.ts';
import { type GuestAddress, guestAddresses } from '../../facts/libvirt/guest-addresses.ts';
import { dhcpLeases, type Lease } from '../../facts/libvirt/leases.ts';
import { libvirtNetworks, type NetworkState } from '../../facts/libvirt/networks.ts';
import { hostNicModels } from '../../facts/libvirt/nic-models.ts';
import { flag } from '../params.ts';
import { domainDetails, nicDetails } from '../virtual/domain-details.ts';
import { networkDetails } from '../virtual/network-details.ts';
import { namesOrAll } from '../virtual/params.ts';
import { unknownDomain, unknownNetwork } from '../virtual/problems.ts';

const choice = z.union([flag, namesOrAll], { error: 'must be true, false, all or a list of names' });

const params = z.strictObject({
  networks: choice.default(true).describe('Virtual networks: all, none (false), or those of a list.'),
  domains: choice.default(true).describe('Domains: all, none (false), or those of a list.'),
  nics: flag.default(true).describe('Network cards of the domains, each with its tap on the host.'),
  leases: flag.default(true).describe("What the networks' DHCP servers gave."),
  addresses: flag.default(true).describe('Addresses of guests, from leases, their agents and ARP.'),
  nic_models: flag.default(false).describe("Models of network cards that the host's emulator offers."),
});

type Choice = z.output<typeof choice>;

export const libvirtFacts = defineModule({
  name: 'libvirt_facts',
  summary: 'Tell what libvirt has: networks, domains, their network cards, leases and addresses.',
  params,
  examples: [
    { title: 'Everything', params: {} },
    {
      title: 'The cards of two guests',
      params: { domains: ['web1', 'web2'], networks: false, leases: false },
    },
  ],
  reads: ({ leases, addresses, nic_models }): Reads => ({
    networks: libvirtNetworks(),
    domains: libvirtDomains(),
    ...(leases ? { leases: dhcpLeases() } : {}),
    ...(addresses ? { addresses: guestAddresses() } : {}),
    ...(nic_models ? { models: hostNicModels() } : {}),
  }),
  check: () => null,
  apply: () => ({ text: ':' }),
  effect: 'none',
  noUndo: 'it changes nothing',
  result: (wanted, { values }) => {
    const { networks, domains, leases, addresses, models } = values as {
      networks: readonly NetworkState[];
      domains: readonly DomainState[];
      leases?: readonly Lease[];
      addresses?: readonly GuestAddress[];
      models?: readonly string[];
    };
    const chosenNetworks = chosen(networks, wanted.networks, unknownNetwork);
    const chosenDomains = chosen(domains, wanted.domains, unknownDomain);
    const nameOf = (uuid: string, among: readonly { readonly uuid: string; readonly name: string }[]) =>
      among.find((one) => one.uuid === uuid)?.name ?? uuid;
    const macs = new Map(
      domains.flatMap((domain) => nicDetails(domain).map(({ mac }): [string, string] => [mac, domain.name])),
    );
    const isChosen = (uuid: string) =>
      chosenDomains.some((one) => one.uuid === uuid) || wanted.domains === false;
    return {
      ...(wanted.networks === false ? {} : { networks: chosenNetworks.map(networkDetails) }),
      ...(wanted.domains === false ? {} : { domains: chosenDomains.map(domainDetails) }),
      ...(wanted.nics
        ? { nics: (wanted.domains === false ? domains : chosenDomains).flatMap(nicDetails) }
        : {}),
      ...(models ? { nic_models: models } : {}),
      ...(leases
        ? {
            leases: leases.map(({ network, ...lease }) => ({
              network: nameOf(network, networks),
              domain: macs.get(lease.mac) ?? null,
              ...lease,
            })),
          }
        : {}),
      ...(addresses
        ? {
            addresses: addresses
              .filter(({ domain }) => isChosen(domain))
              .map(({ domain, ...address }) => ({ domain: nameOf(domain, domains), ...address })),
          }
        : {}),
    };
  },
});

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  choice: Choice,
  unknown: (name: string, known: readonly string[]) => Error,
): readonly T[] {
  if (!Array.isArray(choice)) return choice === false ? [] : all;
  return choice.map((name) => {
    const found = all.find((one) => one.name === name);
    if (!found)
      throw unknown(
        name,
        all.map((one) => one.name),
      );
    return found;
  });
}
