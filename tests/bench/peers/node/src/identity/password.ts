import { hash, verify } from "@node-rs/argon2";

/** OWASP's first parameters for argon2id, which is this library's algorithm unless one asks for another. */
const PARAMETERS = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, PARAMETERS);

export const matches = (password: string, hashed: string): Promise<boolean> => verify(hashed, password);

/** Takes the time of `matches` where there is no account. */
export async function matchesNobody(password: string): Promise<false> {
  await hash(password, PARAMETERS);
  return false;
}
