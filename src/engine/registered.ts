import { defineNotKnown, NOT_KNOWN, withNotKnownGuarded } from '../core/not-known.ts';
import type { TaskResult } from '../core/result.ts';
import type { Layer } from '../core/scope.ts';

/** Puts a result under the name it is registered as; where a check run cannot know it, looking at it says so. */
export function registerResult(names: Record<string, unknown>, name: string, result: TaskResult): void {
  if (result.known_after_apply) defineNotKnown(names, name);
  else {
    const said = withFailed(result);
    const unknown = result.not_run_in_check_mode ? { ...said, changed: NOT_KNOWN } : said;
    names[name] = withNotKnownGuarded(unknown, name);
  }
}

/** As in Ansible, what is registered says `failed` in any case, each round of a loop too: conditions ask for it. */
function withFailed(result: TaskResult): TaskResult {
  const { failed = false, results } = result;
  return { ...result, failed, ...(results ? { results: results.map(withFailed) } : {}) };
}

/** The names of two layers, the second winning. Not spread: a name that is not known yet must not be looked at. */
export function overlaid(lower: Layer, upper: Layer): Layer {
  const names = Object.defineProperties({}, Object.getOwnPropertyDescriptors(lower));
  return Object.defineProperties(names, Object.getOwnPropertyDescriptors(upper));
}
