import type { InputType } from './tree.ts';

/** What an input of each type is, in the words of messages. */
export const INPUT_WORDS: Readonly<Record<InputType, string>> = {
  string: 'a text',
  path: 'a path',
  int: 'a whole number',
  number: 'a number',
  bool: 'true or false',
  list: 'a list',
  map: 'a map',
  any: 'anything',
};
