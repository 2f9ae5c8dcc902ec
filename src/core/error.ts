import { formatPosition, type SourcePosition } from './position.ts';

export interface ErrorDetails {
  readonly position?: SourcePosition | undefined;
  /** What to do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that goes wrong for a reason a person can act on: bad input, a host that refuses, a command that fails.
 * `code` is stable (kebab-case) and may be matched on; `message` is one full sentence that names the value.
 * Each layer words its own errors in its file `problems.ts`. Anything else that is thrown is a defect of Hostwright.
 */
export class HostwrightError extends Error {
  override readonly name = 'HostwrightError';
  readonly code: string;
  readonly position: SourcePosition | undefined;
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.position = details.position;
    this.hint = details.hint;
  }
}

/** Several errors found in one go, so that a person mends all of them before the next try. */
export class HostwrightErrors extends Error {
  override readonly name = 'HostwrightErrors';
  readonly errors: readonly HostwrightError[];

  constructor(errors: readonly HostwrightError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** The errors in what was thrown; rethrows what is not ours, because that is a defect and must not be dressed up. */
export function errorsIn(thrown: unknown): readonly HostwrightError[] {
  if (thrown instanceof HostwrightErrors) return thrown.errors;
  if (thrown instanceof HostwrightError) return [thrown];
  throw thrown;
}

/** Runs a step; the errors it throws that have no place get this one. */
export function placed<T>(position: SourcePosition | undefined, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof HostwrightError) || thrown.position) throw thrown;
    const { code, message, hint, cause } = thrown;
    throw new HostwrightError(code, message, { position, hint, cause });
  }
}

/** `file:line:column: message` and, on a second line, the hint. */
export function formatError(error: HostwrightError): string {
  const place = error.position ? `${formatPosition(error.position)}: ` : '';
  return `${place}${error.message}${error.hint ? `\n  ${error.hint}` : ''}`;
}

/** Collects errors while checking goes on, then throws all of them at once; the same mistake found twice (on forty hosts) is one. */
export function collectErrors(): {
  readonly add: (error: HostwrightError) => void;
  /** Runs `step`; what it throws of ours is kept, and undefined returned. */
  readonly attempt: <T>(step: () => T) => T | undefined;
  readonly throwIfAny: () => void;
} {
  const found = new Map<string, HostwrightError>();
  const add = (error: HostwrightError) => {
    const key = JSON.stringify([error.code, error.message, error.position]);
    if (!found.has(key)) found.set(key, error);
  };
  return {
    add,
    attempt: (step) => {
      try {
        return step();
      } catch (thrown) {
        for (const error of errorsIn(thrown)) add(error);
        return undefined;
      }
    },
    throwIfAny: () => {
      const errors = [...found.values()];
      if (errors.length === 1) throw errors[0];
      if (errors.length > 1) throw new HostwrightErrors(errors);
    },
  };
}
