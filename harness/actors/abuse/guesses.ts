/** Passwords that people are known to choose. Nobody in a run has one of them: theirs are made up of random characters. */
const words = ['Password', 'Welcome', 'Summer', 'Qwerty', 'Letmein', 'Dragon', 'Bitcoin', 'Monday'];

/** The nth guess of an attacker, all different. @param index - 0 and up. */
export function guess(index: number): string {
  return `${words[index % words.length]}${2019 + Math.floor(index / words.length)}!`;
}
