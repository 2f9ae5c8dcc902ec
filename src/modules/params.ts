import { z } from 'zod';

/**
 * Parameters that many modules share. Unions and plain strings rather than preprocessing, so that JSON Schema and `doc` can be made of
 * them; messages are phrases that stand after the parameter's name.
 */

const TRUE_WORDS = ['yes', 'on', 'true', 'True', 'TRUE', 'Yes', 'YES', 'On', 'ON', 'y', '1'] as const;
const FALSE_WORDS = ['no', 'off', 'false', 'False', 'FALSE', 'No', 'NO', 'Off', 'OFF', 'n', '0'] as const;

/** A boolean. YAML 1.2 reads yes, no, on and off as strings, and playbooks are full of them, so they are understood here. */
export const flag = z.union(
  [
    z.boolean(),
    z.enum(TRUE_WORDS).transform(() => true),
    z.enum(FALSE_WORDS).transform(() => false),
    z.literal(1).transform(() => true),
    z.literal(0).transform(() => false),
  ],
  { error: mustBe('true or false (yes, no, on and off will do too)') },
);

/** A whole number that is not negative; a string of digits will do, since a rendered template may be one. */
export const count = z.union(
  [
    z.int().nonnegative({ error: mustBe('a whole number, 0 or more') }),
    z
      .string()
      .regex(/^\d{1,15}$/, { error: mustBe('a whole number, 0 or more') })
      .transform(Number),
  ],
  { error: mustBe('a whole number, 0 or more') },
);

/** A whole number of either sign, or a string of digits. */
export const integer = z.union(
  [
    z.int(),
    z
      .string()
      .regex(/^[+-]?\d{1,15}$/, { error: mustBe('a whole number') })
      .transform(Number),
  ],
  { error: mustBe('a whole number') },
);

/** Text; numbers and booleans, which YAML makes of unquoted words, become text again. */
export const text = z.union(
  [z.string(), z.number().transform(String), z.boolean().transform((value) => (value ? 'true' : 'false'))],
  { error: mustBe('text') },
);

/** A list; a single value stands for a list of one, and a string is split at commas, as Ansible does. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.union(
    [
      z.array(item),
      z
        .string()
        .transform((value) => value.split(',').map((part) => part.trim()))
        .pipe(z.array(item) as unknown as z.ZodType<z.output<Item>[], string[]>),
    ],
    { error: mustBe('a list') },
  );
}

/** A path on the host: absolute, or below a home directory (`~/…`, `~user/…`). Relative ones mean something else at each login. */
export const hostPath = z
  .string({ error: mustBe('a path') })
  .min(1, { error: 'must not be empty' })
  .regex(/^(\/|~[A-Za-z0-9_.-]*(\/|$))/, { error: mustBe('an absolute path on the host (or begin with ~/)') })
  .refine((path) => !path.includes('\0'), { error: 'must not hold a NUL byte' });

/** A path on the controller, beside the playbook or absolute. */
export const localPath = z.string({ error: mustBe('a path') }).min(1);

const SYMBOLIC_CLAUSE = '[ugoa]*([-+=]([rwxXst]*|[ugo]))+';

/** Permission bits: octal digits in a string, or symbols as chmod takes them. */
export const fileMode = z
  .string({ error: modeMustBe('a string') })
  .regex(new RegExp(`^([0-7]{3,4}|0o[0-7]{3,4}|0[0-7]{4}|${SYMBOLIC_CLAUSE}(,${SYMBOLIC_CLAUSE})*)$`), {
    error: mustBe("octal digits ('0644') or symbols (u=rwX,g=rX,o=)"),
  });

/** The same, or `preserve`: as the source's. */
export const fileModeOrPreserve = z.union([z.literal('preserve'), fileMode], {
  error: modeMustBe("octal digits ('0644'), symbols (u=rwX,g=rX,o=) or preserve"),
});

const AN_ACCOUNT = 'the name or number of an account';

/** A user's or group's name, or its number. */
export const account = z.union(
  [
    z.string().regex(/^[^:\n\0]+$/, { error: mustBe(AN_ACCOUNT) }),
    z
      .int()
      .nonnegative({ error: mustBe(AN_ACCOUNT) })
      .transform(String),
  ],
  { error: mustBe(AN_ACCOUNT) },
);

/** `mode`, `owner` and `group`, as every module that makes files takes them. */
export const ownership = {
  mode: fileMode
    .optional()
    .describe(
      "Permissions: octal digits in a string ('0644') or symbols (u=rwX,g=rX,o=). Kept where not given.",
    ),
  owner: account.optional().describe('User that owns it, by name or number. Kept where not given.'),
  group: account.optional().describe('Group that owns it, by name or number. Kept where not given.'),
};

type Aliases = Readonly<Record<string, readonly string[]>>;

const aliasesOf = new WeakMap<z.ZodType, Aliases>();

/**
 * The same parameters under more names: `{ path: ['dest', 'name'] }`. A name and its alias together are an error. The object schema
 * stays reachable with `parameterObject`, so documentation and JSON Schema see its fields.
 */
export function withAliases<Schema extends z.ZodObject>(
  schema: Schema,
  aliases: Aliases,
): z.ZodType<z.output<Schema>, z.input<Schema>> {
  const canonical = new Map<string, string>();
  for (const [name, others] of Object.entries(aliases)) {
    for (const other of others) canonical.set(other, name);
  }
  const renamed = z.preprocess((input, context) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
    const output: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(input)) {
      const name = canonical.get(key) ?? key;
      if (Object.hasOwn(output, name)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `${[name, ...(aliases[name] ?? [])].join(', ')} are names of one parameter; give one of them`,
        });
        return z.NEVER;
      }
      output[name] = value;
    }
    return output;
  }, schema);
  aliasesOf.set(renamed, aliases);
  // TypeScript playbooks know the one name; the others are there for what was written for Ansible.
  return renamed as z.ZodType<z.output<Schema>, z.input<Schema>>;
}

/** The object schema of a module's parameters and their other names, for documentation, completion and JSON Schema. */
export function parameterObject(params: z.ZodType): {
  readonly object: z.ZodObject;
  readonly aliases: Aliases;
} {
  const inner = params instanceof z.ZodPipe ? params.out : params;
  if (!(inner instanceof z.ZodObject)) throw new TypeError('The parameters of a module must be one object.');
  return { object: inner, aliases: aliasesOf.get(params) ?? {} };
}

function modeMustBe(what: string): (issue: { readonly input?: unknown }) => string {
  return (issue) => {
    if (typeof issue.input !== 'number') return mustBe(what)(issue);
    // 0644 without quotes reaches us as the number 644, 0o644 as 420.
    const digits = String(issue.input);
    const octal = /^[0-7]{3,4}$/.test(digits) ? digits : Math.trunc(issue.input).toString(8);
    return `is the number ${digits}, which loses its leading zero and may be read as decimal; write it as a string: mode: '${octal.padStart(4, '0')}'`;
  };
}

/** The message for a value that is not what it must be, as a phrase after the parameter's name. */
export function mustBe(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => (input === undefined ? 'is required' : `must be ${what}, not ${shown(input)}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
