/** The part of xpath that is used here. Its own declarations would bring in the names of a browser for the whole program. */
export function useNamespaces(
  namespaces: Readonly<Record<string, string>>,
): (expression: string, node: unknown) => unknown;
