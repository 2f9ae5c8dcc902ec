import { expect, it } from 'vitest';
import { inLoginSlot } from '../../src/transports/login-slots.ts';

it('lets some logins run at a time, all of them in the end, whatever becomes of those before', async () => {
  let running = 0;
  let most = 0;
  const login = (index: number) =>
    inLoginSlot(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      if (index % 3 === 0) throw new Error(`no ${index}`);
      return index;
    });
  const ended = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => login(index)));
  expect(most).toBe(24);
  expect(running).toBe(0);
  expect(ended.map(({ status }) => status)).toEqual(
    ended.map((_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
  );
  // Nothing is held on to.
  expect(await login(1)).toBe(1);
});
