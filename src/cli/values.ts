import { notANumber, notOneOf } from './problems.ts';

/** Reads the value of an option that is a whole number. */
export function wholeNumber(option: string, minimum: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < minimum) throw notANumber(option, value, minimum);
    return number;
  };
}

/** A parser of an option that takes one of these words. */
export function oneOf<Word extends string>(option: string, words: readonly Word[]): (value: string) => Word {
  return (value) => {
    const word = words.find((one) => one === value);
    if (word === undefined) throw notOneOf(option, value, words);
    return word;
  };
}
