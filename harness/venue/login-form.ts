import { parseJsonObject } from './order-form.js';

/** What a gate takes as an account; a user name of another form exists nowhere. */
const usernameForm = /^[\x21-\x7e]{1,256}$/;
const PASSWORD_LENGTH_MAX = 1024;

export interface LoginForm {
  readonly username: string;
  readonly password: string;
}

/** Name and password of a login, or null when one of them is missing or of the wrong form. */
export function readLoginForm(text: string): LoginForm | null {
  const json = parseJsonObject(text);
  const username = json?.username;
  const password = json?.password;
  if (typeof username !== 'string' || !usernameForm.test(username)) return null;
  if (typeof password !== 'string' || password.length > PASSWORD_LENGTH_MAX) return null;
  return { username, password };
}
