import type { Mistake } from './mistake.ts';

/** Mistakes in inputs, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'definitions that are none',
    `inputs:
  a: string
  b: {type: strin}
  c: {typ: int}
  d-e: {}
plays: []
`,
    `site.yaml:2:6: The input "a" is described by a map, not by the text "string".
  Write: a: {type: string, default: …, description: …}
site.yaml:3:13: The input "b" has an unknown type, the text "strin".
  Did you mean "string"?
site.yaml:4:7: "typ" is not a keyword of an input.
  Did you mean "type"?
site.yaml:5:3: "d-e" is no name for a variable.
  Use letters, digits and _ only, and no digit first.`,
  ],
  [
    'defaults that do not fit',
    `inputs:
  a: {type: int, default: x}
  b: {type: list, default: x}
  c: {pattern: "^br[0-9]+$", default: eth0}
  d: {choices: [x, y], default: z}
  e: {pattern: "("}
  f: {choices: x}
  g: {type: bool, default: "yes"}
plays: []
`,
    `site.yaml:2:27: The input "a" is a whole number, but its default is the text "x".
site.yaml:3:28: The input "b" is a list, but its default is the text "x".
site.yaml:4:39: The input "c" has the default "eth0", which does not match its pattern ^br[0-9]+$.
site.yaml:5:33: The input "d" has the default "z", which is none of its choices (x and y).
site.yaml:6:16: The input "e" has a pattern that is no regular expression.
site.yaml:7:16: "choices" takes a list but was given the text "x".`,
  ],
];
