/** What is said of a text that is no name. */
export const NAME_RULE = 'must have 1 to 100 characters and no control characters';

/** Whether a text can be a name: 1 to 100 characters (code points) of well-formed Unicode, no control characters. */
export function isName(text: string): boolean {
  return text.isWellFormed() && /^\P{Cc}{1,100}$/u.test(text);
}
