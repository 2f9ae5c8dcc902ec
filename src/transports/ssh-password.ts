import type { AnyAuthMethod, Prompt } from 'ssh2';
import { place } from './problems.ts';
import type { SshSettings } from './ssh-settings.ts';

/** One way to log in, and its name for messages. */
export interface Attempt {
  readonly label: string;
  readonly method: 'publickey' | 'password' | 'keyboard-interactive';
  readonly auth: AnyAuthMethod;
  /** Whether not to try it, after so many factors that the host took. */
  readonly pointless?: (factors: number) => boolean;
}

/** What the host asked and nobody answered; said where the login fails. */
export interface Questions {
  readonly unanswered: string[];
  /** How many are before a person right now. */
  open: number;
}

/** A host may ask for ever; so many of its questions are kept. */
const MOST_QUESTIONS = 5;

/** Characters of a host's question that are shown. */
const LONGEST_QUESTION = 120;

/** Most servers ask for a password by one method or the other; the second is tried only where the first is not offered. */
export function passwordAttempts(settings: SshSettings, questions: Questions): readonly Attempt[] {
  const { target } = settings;
  const password = target.password?.reveal();
  if (password === undefined && target.ask === undefined) return [];
  const username = target.user;
  let given = false;
  const answer = async ({ prompt, echo }: Prompt): Promise<string> => {
    // The hidden question for the password, once. Anything else (a code, an expired password) is not the password's business.
    if (password !== undefined && !given && echo === false && isForPassword(prompt)) {
      given = true;
      return password;
    }
    const question = shown(prompt);
    if (!target.ask) {
      if (questions.unanswered.length < MOST_QUESTIONS) questions.unanswered.push(question);
      return '';
    }
    questions.open += 1;
    return target.ask(`${place(target)} asks: ${question}`, echo === true).finally(() => {
      questions.open -= 1;
    });
  };
  const interactive: Attempt = {
    label: password === undefined ? 'the questions of the host' : 'the password (keyboard-interactive)',
    method: 'keyboard-interactive',
    auth: {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        void inTurn(prompts, answer).then(finish, () => finish(prompts.map(() => '')));
      },
    },
  };
  // A second factor is worth a question; a host that takes no key is not, where fifty others do.
  if (password === undefined) return [{ ...interactive, pointless: (factors) => factors === 0 }];
  return [
    { label: 'the password', method: 'password', auth: { type: 'password', username, password } },
    interactive,
  ];
}

async function inTurn(
  prompts: readonly Prompt[],
  answer: (prompt: Prompt) => Promise<string>,
): Promise<string[]> {
  const answers: string[] = [];
  for (const prompt of prompts) answers.push(await answer(prompt));
  return answers;
}

/** "Password:", "root@host's password:"; not "New password:", "Current password:" of one that has expired, nor a one-time password. */
function isForPassword(prompt: string): boolean {
  return /pass/i.test(prompt) && !/\b(new|current|old|retype|again|one.?time|otp)\b/i.test(prompt);
}

/** A host's words for a terminal: one line, no control characters. */
function shown(prompt: string): string {
  const line = prompt.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > LONGEST_QUESTION ? `${line.slice(0, LONGEST_QUESTION)}…` : line.replace(/:$/, '');
}
