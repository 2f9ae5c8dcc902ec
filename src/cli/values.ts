import { notANumber } from './problems.ts';

/** Reads the value of an option that is a whole number. */
export function wholeNumber(option: string, minimum: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < minimum) throw notANumber(option, value, minimum);
    return number;
  };
}
