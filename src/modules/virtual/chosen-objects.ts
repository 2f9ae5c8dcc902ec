import { unknownDomain, unknownNetwork } from './problems.ts';

/** What can be kept and brought back. */
export interface ChosenObject {
  readonly kind: 'domain' | 'network';
  readonly name: string;
}

/** Domains and networks by name, or all; where neither is said, all of both. Throws where one is not there. */
export function chosenObjects(
  wish: {
    readonly domains?: readonly string[] | 'all' | undefined;
    readonly networks?: readonly string[] | 'all' | undefined;
  },
  there: readonly ChosenObject[],
  unknown = notThere,
): readonly ChosenObject[] {
  const everything = wish.domains === undefined && wish.networks === undefined;
  const pick = (
    kind: ChosenObject['kind'],
    names: readonly string[] | 'all' | undefined,
  ): readonly ChosenObject[] => {
    const known = there.filter((one) => one.kind === kind);
    if (names === 'all' || everything) return known.map(({ name }) => ({ kind, name }));
    return (names ?? []).map((name) => {
      if (known.some((one) => one.name === name)) return { kind, name };
      throw unknown(
        kind,
        name,
        known.map((one) => one.name),
      );
    });
  };
  return [...pick('domain', wish.domains), ...pick('network', wish.networks)];
}

function notThere(kind: ChosenObject['kind'], name: string, known: readonly string[]): Error {
  return kind === 'domain' ? unknownDomain(name, known) : unknownNetwork(name, known);
}
