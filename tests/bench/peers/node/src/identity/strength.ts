import zxcvbn from "zxcvbn";

const MIN_CHARS = 8;
const MAX_CHARS = 128;
const MIN_SCORE = 3;
/** zxcvbn's time grows with the square of the length. */
const MAX_SCORED_CHARS = 72;

/** What is wrong with a new password of somebody whose name and address are `known`. */
export function weakness(password: string, known: string[]): string | undefined {
  const chars = [...password];
  if (chars.length < MIN_CHARS) {
    return `must have at least ${MIN_CHARS} characters`;
  }
  if (chars.length > MAX_CHARS) {
    return `must have at most ${MAX_CHARS} characters`;
  }
  const { score } = zxcvbn(chars.slice(0, MAX_SCORED_CHARS).join(""), known);
  return score < MIN_SCORE ? "is too easy to guess; use several unrelated words" : undefined;
}
