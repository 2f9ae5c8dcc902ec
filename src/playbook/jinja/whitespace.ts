/** Puts a template together so that the blanks and line ends of its output are those that Jinja would give. */
export interface Whitespace {
  /** Text of the template. */
  readonly source: (text: string) => void;
  /** Text that stands for something that was not text. */
  readonly text: (text: string) => void;
  readonly expression: (text: string) => void;
  /** A statement, which takes the line end after it away; `several` where it is more than one to Handlebars. */
  readonly block: (text: string, several?: boolean) => void;
  readonly stripBefore: () => void;
  readonly stripAfter: () => void;
  readonly result: () => string;
}

type Piece = {
  readonly kind: 'text' | 'block';
  readonly text: string;
  readonly stripped?: boolean;
  readonly several?: boolean;
};

/**
 * Ansible takes the line end after a statement away. Handlebars takes away a whole line on which a statement stands alone, blanks and
 * all. So where it stands alone both agree (but for blanks before it, which Ansible keeps by accident more than by design), and where
 * it does not, the line end is left out here.
 */
export function createWhitespace(trimBlocks: boolean): Whitespace {
  const pieces: Piece[] = [];
  let stripNext = false;
  const add = (piece: Piece) => {
    if (piece.text !== '' || piece.kind === 'block') pieces.push(piece);
  };
  const text = (written: string) => {
    let left = written;
    if (stripNext) left = left.trimStart();
    if (left !== '') stripNext = false;
    add({ kind: 'text', text: left });
  };
  return {
    source: text,
    text,
    expression: (written) => {
      stripNext = false;
      add({ kind: 'text', text: written });
    },
    block: (written, several = false) => {
      stripNext = false;
      add({ kind: 'block', text: written, several });
    },
    stripBefore: () => {
      for (let last = pieces.at(-1); last?.kind === 'text'; last = pieces.at(-1)) {
        pieces.pop();
        const left = last.text.trimEnd();
        if (left !== '') {
          pieces.push({ kind: 'text', text: left });
          return;
        }
      }
    },
    stripAfter: () => {
      const last = pieces.at(-1);
      if (last?.kind === 'block') pieces[pieces.length - 1] = { ...last, stripped: true };
      stripNext = true;
    },
    result: () => joined(pieces, trimBlocks),
  };
}

function joined(pieces: readonly Piece[], trimBlocks: boolean): string {
  let result = '';
  for (const [index, piece] of pieces.entries()) {
    const before = pieces[index - 1];
    if (piece.kind === 'block' || before?.kind !== 'block' || before.stripped) {
      result += piece.text;
      continue;
    }
    const lineEnd = /^\r?\n/.exec(piece.text)?.[0];
    const standsAlone = !before.several && isAlone(pieces, index - 1);
    // What vanishes here (a name that is set) leaves no line behind.
    const isGone = before.text === '' && lineEnd !== undefined;
    if (trimBlocks && lineEnd !== undefined && (!standsAlone || isGone))
      result += piece.text.slice(lineEnd.length);
    else if (!trimBlocks && lineEnd !== undefined && standsAlone && before.text !== '')
      result += lineEnd + piece.text;
    else result += piece.text;
  }
  return result;
}

/** True where the statement has its line for itself. */
function isAlone(pieces: readonly Piece[], index: number): boolean {
  const before = pieces[index - 1];
  const isAtStart =
    before === undefined ||
    (before.kind === 'text' &&
      /(^|\n)[ \t]*$/.test(before.text) &&
      (/\n[ \t]*$/.test(before.text) || index === 1));
  const after = pieces[index + 1];
  const isAtEnd = after === undefined || (after.kind === 'text' && /^[ \t]*(\r?\n|$)/.test(after.text));
  return isAtStart && isAtEnd;
}
