import { HostwrightError } from '../core/error.ts';

/** How reading and writing XML words what goes wrong. `what` names the document: `the XML of the domain web1`. */

export function invalidXml(
  what: string,
  reason: string,
  at?: { line: number; column: number },
): HostwrightError {
  const place = at ? ` at line ${at.line}, column ${at.column}` : '';
  return new HostwrightError('invalid-xml', `${sentence(what)} is no XML${place}: ${reason}.`, {
    hint: 'Correct it there; `xmllint --noout FILE` finds such mistakes too.',
  });
}

export function xmlTooLarge(what: string, size: number, limit: number): HostwrightError {
  return new HostwrightError(
    'xml-too-large',
    `${sentence(what)} has ${size} characters, more than the ${limit} that are read.`,
    { hint: 'No description of a domain or network is that long; look at what was given.' },
  );
}

export function xmlTooDeep(what: string, limit: number): HostwrightError {
  return new HostwrightError(
    'xml-too-deep',
    `${sentence(what)} has more than ${limit} elements in each other.`,
    {
      hint: 'No description of a domain or network is that deep; look at what was given.',
    },
  );
}

export function documentType(what: string): HostwrightError {
  return new HostwrightError('xml-document-type', `${sentence(what)} has a document type (<!DOCTYPE …>).`, {
    hint: 'Remove it: entities, and files that they name, are never read.',
  });
}

export function wrongRoot(what: string, found: string, wanted: string): HostwrightError {
  return new HostwrightError(
    'xml-wrong-root',
    `${sentence(what)} begins with <${found}>, not with <${wanted}>.`,
    {
      hint: `Give the XML of a ${wanted}, as \`virsh dumpxml\` prints it.`,
    },
  );
}

export function notForXml(value: string): HostwrightError {
  return new HostwrightError(
    'not-for-xml',
    `The value ${JSON.stringify(value.slice(0, 60))} holds a control character that XML cannot carry.`,
    { hint: 'Remove it from the value.' },
  );
}

function sentence(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1);
}

export function invalidXpath(xpath: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0]?.slice(0, 200) : '';
  return new HostwrightError(
    'invalid-xpath',
    `The XPath ${JSON.stringify(xpath)} cannot be used: ${reason}.`,
    {
      hint: 'XPath 1.0; name prefixes that it uses in namespaces.',
      cause,
    },
  );
}

export function xpathNotMade(what: string, xpath: string): HostwrightError {
  return new HostwrightError(
    'xpath-not-found',
    `${sentence(what)} has nothing at ${JSON.stringify(xpath)}, and a path like that cannot be made.`,
    { hint: 'What can be made is a path of names from the root on, such as /a/b[@c="d"]/@e.' },
  );
}
