/** `POST /v1/auth/login`: signs a device in, or asks for the second factor. */
import * as z from "zod";
import { endpoint, type Reply, type Request, readBody } from "../kit/http";
import { newId } from "../kit/ids";
import { notFound, Problem } from "../kit/problem";
import { Conflict, Contended, countUp, get, getMany, type Item, outbox, pause, put } from "../kit/table";
import { type Account, accountKey, claimFirstAdmin, claimKey, type Device, startSession } from "./account";
import { sourceOf, type Subjects, subjectsOf, waitOfAccount, waitOfSource } from "./attempts";
import { device, email } from "./fields";
import { matches, matchesNobody } from "./password";
import { challenge, firstToken, type RefreshToken, signedIn } from "./tokens";

/** How often a change is tried against others. */
const MAX_ATTEMPTS = 200;
const firstAdmin = process.env.FIRST_ADMIN_EMAIL?.trim().toLowerCase() || undefined;

const Login = z.strictObject({ email, password: z.string(), device });

const badCredentials = () => new Problem(401, "identity.bad_credentials", "The address or the password is wrong");
const tooManyAttempts = (retryAfter: number) =>
  new Problem(429, "identity.too_many_attempts", "Too many attempts; wait a while", { retryAfter });

async function login(request: Request): Promise<Reply> {
  const body = readBody(request, Login);
  const now = new Date();
  const source = sourceOf(request.sourceIp);
  const subjects = subjectsOf(body.email, source, now);
  const { owner, failures } = await ownerAndFailures(body.email, subjects);
  const sourceWaits = waitOfSource(subjects, failures, now);
  if (sourceWaits) {
    throw tooManyAttempts(sourceWaits);
  }
  // Nobody's account is looked up too: the time of an answer must not tell whether an address is known.
  const found = await get<Account>(accountKey(owner ?? newId()));
  const account = found?.status === "deleted" ? undefined : found;
  const accountWaits = waitOfAccount(subjects, failures, now);
  if (accountWaits && !account?.known_sources.includes(source)) {
    throw tooManyAttempts(accountWaits);
  }
  const hash = account?.password;
  if (!account || !hash || !(await matches(body.password, hash))) {
    if (!hash) {
      await matchesNobody(body.password);
    }
    await Promise.all(Object.values(subjects).map(({ key, endsAt }) => countUp(key, "failures", endsAt)));
    throw badCredentials();
  }
  return signIn(request, account, hash, body.device, source, now);
}

/** Whose an address is, and how often signing in has failed: one round trip. */
async function ownerAndFailures(address: string, subjects: Subjects) {
  const claim = claimKey(address);
  const found = await getMany([claim, subjects.pair.key, subjects.source.key, subjects.account.key]);
  const failuresOf = (key: typeof claim) => (found(key) as (Item & { failures: number }) | undefined)?.failures ?? 0;
  return {
    owner: (found(claim) as (Item & { user_id: string }) | undefined)?.user_id,
    failures: {
      pair: failuresOf(subjects.pair.key),
      source: failuresOf(subjects.source.key),
      account: failuresOf(subjects.account.key),
    },
  };
}

/** Starts a session in the account as it stands; it is decided again if somebody else was faster. */
async function signIn(request: Request, read: Account, hash: string, device: Device, source: string, now: Date): Promise<Reply> {
  const token: RefreshToken = firstToken(read.id);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    // If it was changed a moment ago, what was proven proves nothing now.
    if (read.password !== hash) {
      throw badCredentials();
    }
    if (read.status === "suspended") {
      throw new Problem(403, "identity.suspended", "This account is suspended");
    }
    if (read.status === "deleted") {
      throw notFound("identity.no_such_user");
    }
    if (read.mfa.factor !== undefined) {
      return { status: 200, body: await challenge(read, now) };
    }
    const account = structuredClone(read);
    const promoted = claimFirstAdmin(account, firstAdmin, request, now);
    const [started, ...ended] = startSession(account, token, device, source, request, now);
    try {
      await put(read, { ...account, outbox: outbox(started!, ...promoted, ...ended) });
      return { status: 200, body: await signedIn(account, token, now) };
    } catch (error) {
      const newer = error instanceof Conflict ? error.item<Account>(0) : undefined;
      if (!newer) {
        throw error;
      }
      read = newer;
    }
    if (attempt > 1) {
      await pause(attempt * 2);
      read = (await get<Account>(accountKey(read.id))) ?? read;
    }
  }
  throw new Contended("others changed the account each time");
}

export const handler = endpoint(login);
