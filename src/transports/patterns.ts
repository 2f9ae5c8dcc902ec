/** `*` and `?` as in a shell; every other character stands for itself. */
export function matchesPattern(wanted: string, name: string): boolean {
  // Two pointers and one way back, not a regular expression: `*a*a*a*…` must not take for ever.
  let at = 0;
  let star = -1;
  let retry = 0;
  let index = 0;
  while (index < name.length) {
    if (wanted[at] === '*') {
      star = at;
      at += 1;
      retry = index;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === name[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      index = retry;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

/** Whether one of the patterns covers the name. One `!pattern` that covers it overrules all others. */
export function matchesPatternList(patterns: readonly string[], name: string): boolean {
  let covered = false;
  for (const word of patterns) {
    const negated = word.startsWith('!');
    if (!matchesPattern(negated ? word.slice(1) : word, name)) continue;
    if (negated) return false;
    covered = true;
  }
  return covered;
}
