import { z } from 'zod';

/** Parameters that the system modules share. */

/** A unit or service; patterns are refused, since a task names what it changes. */
export const unitName = z.string().regex(/^[A-Za-z0-9:_.\\@-]{1,255}$/, {
  error: 'must be the name of one unit: letters, digits and : _ . \\ @ - only',
});

/** A package as apt takes it. Policy 5.6.1: lower-case letters, digits, plus, minus and full stop. */
export const debianSpec = z.string().regex(/^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~*?-]+)?$/, {
  error: (issue) =>
    `must name packages (name, name:architecture, name=version; no wildcard in a name, no >=), not ${JSON.stringify(issue.input)}`,
});

/** A package as rpm and dnf take it: a name, a capability such as `perl(URI)`, a path. */
export const rpmSpec = z.string().regex(/^(\*|[A-Za-z0-9/][A-Za-z0-9/._+:~^()=-]*)$/, {
  error: (issue) =>
    `must name packages (no group, no address, no wildcard but * alone), not ${JSON.stringify(issue.input)}`,
});

/** A user or group to be made: what useradd(8) of all distributions takes, no dash first. */
export const accountName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/, {
  error: 'must be a name of at most 32 letters, digits, _ . -, and no digit or dash first',
});

/** A field of passwd(5): one line without colons. */
export const accountField = z.string().regex(/^[^:\n\r\0]*$/, { error: 'must be one line without colons' });
