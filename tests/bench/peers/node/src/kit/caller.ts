import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { required } from "./environment";
import type { Request } from "./http";
import { Problem } from "./problem";

const keys = createLocalJWKSet(JSON.parse(required("AUTH_JWKS")));
const issuer = required("AUTH_ISSUER");

const unauthenticated = (code: string, detail: string) => new Problem(401, code, "Sign in first", { detail });

/** The user who calls, proven by an access token. */
export async function authenticate(request: Request): Promise<string> {
  const header = request.event.headers.authorization;
  if (header === undefined) {
    throw unauthenticated("auth.token_missing", "no access token");
  }
  const token = /^bearer +(\S+)$/i.exec(header.trim())?.[1];
  const payload = token && (await verify(token));
  if (!payload || !payload.sub) {
    throw unauthenticated("auth.token_invalid", "the access token is not valid");
  }
  request.callerId = payload.sub;
  return payload.sub;
}

async function verify(token: string): Promise<JWTPayload | undefined> {
  try {
    const options = { algorithms: ["ES256"], issuer, audience: issuer, clockTolerance: 5, requiredClaims: ["exp", "nbf", "sub"] };
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw unauthenticated("auth.token_expired", "the access token has expired");
    }
    return undefined;
  }
}
