import { createHmac, randomBytes } from "node:crypto";
import { getParameter } from "@aws-lambda-powertools/parameters/ssm";
import { importPKCS8, SignJWT } from "jose";
import { required } from "../kit/environment";
import { newId, sha256, uuidBytes } from "../kit/ids";
import { type Account, userView } from "./account";

const ACCESS_SECONDS = 10 * 60;
const CHALLENGE_SECONDS = 5 * 60;
/** How old the keys may be. */
const MAX_KEY_AGE_SECONDS = 5 * 60;
const ISSUER = required("AUTH_ISSUER");

interface Secrets {
  activeKeyId: string;
  signingKeys: { keyId: string; privateKey: string }[];
  refreshKey: string;
  mfaKey: string;
}

type SigningKey = Awaited<ReturnType<typeof importPKCS8>>;

interface Issuer {
  secrets: Secrets;
  key: SigningKey;
}

/** A token of a session, and its hash, which is what the table holds. */
export interface RefreshToken {
  userId: string;
  sessionId: string;
  secret: Buffer;
  hash: string;
}

let loaded: { text: string; issuer: Issuer } | undefined;

async function issuer(): Promise<Issuer> {
  const text = await getParameter(required("TOKEN_SECRETS_NAME"), { decrypt: true, maxAge: MAX_KEY_AGE_SECONDS });
  if (text === undefined) {
    throw new Error("the signing keys do not exist");
  }
  if (loaded?.text !== text) {
    const secrets = JSON.parse(text) as Secrets;
    const active = secrets.signingKeys.find((key) => key.keyId === secrets.activeKeyId);
    if (!active) {
      throw new Error("activeKeyId names no key");
    }
    const key = await importPKCS8(`-----BEGIN PRIVATE KEY-----\n${active.privateKey}\n-----END PRIVATE KEY-----`, "ES256");
    loaded = { text, issuer: { secrets, key } };
  }
  return loaded.issuer;
}

// The keys are there before the first request comes.
await issuer();

export function firstToken(userId: string): RefreshToken {
  const secret = randomBytes(32);
  return { userId, sessionId: newId(), secret, hash: sha256(secret).toString("hex") };
}

/** The text that the client keeps: ids, secret and a tag that proves where it was made. */
function write(token: RefreshToken, refreshKey: string): string {
  const body = Buffer.concat([uuidBytes(token.userId), uuidBytes(token.sessionId), token.secret]);
  const tag = createHmac("sha256", Buffer.from(refreshKey, "base64")).update("tag").update(body).digest().subarray(0, 16);
  return `atoll_rt_${Buffer.concat([body, tag]).toString("base64url")}`;
}

/** Who signed in, and their tokens. */
export async function signedIn(account: Account, token: RefreshToken, now: Date) {
  const { secrets, key } = await issuer();
  const seconds = Math.floor(now.getTime() / 1000);
  const accessToken = await new SignJWT({ sid: token.sessionId, roles: account.roles })
    .setProtectedHeader({ typ: "JWT", alg: "ES256", kid: secrets.activeKeyId })
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setSubject(account.id)
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + ACCESS_SECONDS)
    .setJti(newId())
    .sign(key);
  const refreshToken = write(token, secrets.refreshKey);
  const tokens = { accessToken, refreshToken, tokenType: "Bearer", expiresIn: ACCESS_SECONDS, sessionId: token.sessionId };
  return { user: userView(account), tokens };
}

/** What somebody gets who still owes the second factor: signed, and bound to the password that was proven. */
export async function challenge(account: Account, now: Date) {
  const { secrets } = await issuer();
  // One block of HKDF-Expand (RFC 5869).
  const purpose = Buffer.concat([Buffer.from("atoll identity mfa challenge"), Buffer.from([1])]);
  const key = createHmac("sha256", Buffer.from(secrets.mfaKey, "base64")).update(purpose).digest();
  const user = uuidBytes(account.id);
  const ends = Buffer.alloc(8);
  ends.writeBigInt64BE(BigInt(Math.floor(now.getTime() / 1000) + CHALLENGE_SECONDS));
  const proven = createHmac("sha256", key).update("first factor").update(user).update(account.password ?? "").digest();
  const body = Buffer.concat([user, uuidBytes(newId()), ends, proven.subarray(0, 16)]);
  const tag = createHmac("sha256", key).update("challenge").update(body).digest();
  return { mfaToken: `atoll_mfa_${Buffer.concat([body, tag]).toString("base64url")}`, methods: ["totp", "recovery_code"] };
}
