import { toJson } from '../core/fields.ts';
import type { CreateReporter } from './reporter.ts';

/** JSON Lines: one event per line, nothing else. Fields of the events are a contract; see the documentation of `--reporter json`. */
export const createJsonReporter: CreateReporter = ({ output, verbosity }) => ({
  handle: (event) => {
    // The result holds it all once more; as with the other reporters, live output is for -vvv.
    if (event.type === 'hostOutput' && verbosity < 3) return;
    // `differences` is for reporters that draw; here the same is in `diff`.
    const shown = event.type === 'hostResult' ? { ...event, differences: undefined } : event;
    output.write(`${escapeControls(toJson(shown))}\n`);
  },
});

// JSON escapes C0 by itself. The rest is escaped here, so that the lines are harmless when a person looks at them on a terminal.
function escapeControls(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
