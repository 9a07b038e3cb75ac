import { type Cause, type Envelope, envelope } from "../kit/events";
import { newId, sha256 } from "../kit/ids";
import { create, type Item, type Key, type Write } from "../kit/table";
import { MAX_KNOWN_SOURCES } from "./attempts";
import type { RefreshToken } from "./tokens";

const VERIFICATION_MS = 24 * 60 * 60 * 1000;
const IDLE_MS = 30 * 24 * 60 * 60 * 1000;
const ABSOLUTE_MS = 365 * 24 * 60 * 60 * 1000;
const LISTING_SHARDS = 4;
/** How many devices a plan lets be signed in at once. */
const DEVICES: Record<string, number> = { free: 1, premium: 5, family: 10 };

export interface Device {
  name: string;
  platform: string;
}

interface Session {
  id: string;
  device: Device;
  created_at: string;
  last_seen_at: string;
  current: string;
  replaced: { hash: string; at: string }[];
}

/** A person's account: one item, so that all that changes together is written together. */
export interface Account extends Item {
  id: string;
  email: string | null;
  email_verified_at: string | null;
  name: string;
  roles: string[];
  plan: string;
  status: "active" | "suspended" | "deleted";
  password: string | null;
  telegram: { id: number; linked_at: string } | null;
  sessions: Session[];
  known_sources: string[];
  mfa: { factor?: unknown };
  verification: { id: string; requested_at: string; expires_at: string } | null;
  reset: unknown;
  created_at: string;
}

/** SHA-256 of an address: what stands for it in keys. */
export const fingerprint = (email: string): string => sha256(email).toString("hex");

export const accountKey = (id: string): Key => ({ pk: `identity#user#${id}`, sk: "account" });
export const claimKey = (email: string): Key => ({ pk: `identity#email#${fingerprint(email)}`, sk: "claim" });

export interface NewAccount {
  id: string;
  email: string;
  name: string;
  password: string;
}

/** A new account, and the fact to tell. */
export function registered(fresh: NewAccount, cause: Cause, now: Date): { account: Account; fact: Envelope } {
  const { id, email, name, password } = fresh;
  const verificationId = newId();
  const at = now.toISOString();
  const account: Account = {
    ...accountKey(id),
    version: 1,
    id,
    email,
    email_verified_at: null,
    name,
    roles: ["user"],
    plan: "free",
    status: "active",
    password,
    telegram: null,
    sessions: [],
    known_sources: [],
    mfa: {},
    verification: { id: verificationId, requested_at: at, expires_at: new Date(now.getTime() + VERIFICATION_MS).toISOString() },
    reset: null,
    created_at: at,
  };
  const data = { userId: id, email, name, verificationId };
  return { account, fact: envelope(cause, now, "identity.user_registered", id, data) };
}

/** What makes an address unique, and the account a part of the list of all. */
export function claims({ id, created_at }: Account, email: string): Write[] {
  const at = Date.parse(created_at);
  const shard = Number.parseInt(id.slice(-2), 16) % LISTING_SHARDS;
  const claim = { ...claimKey(email), fingerprint: fingerprint(email), user_id: id, claimed_at: created_at };
  const listing = {
    ...accountKey(id),
    sk: "listing",
    gsi1pk: `identity#users#${shard}`,
    gsi1sk: `created#${String(at).padStart(13, "0")}#${id}`,
    user_id: id,
    listed_at: created_at,
  };
  return [create(claim), create(listing)];
}

const isLive = ({ last_seen_at, created_at }: Session, now: Date): boolean =>
  now.getTime() < Math.min(Date.parse(last_seen_at) + IDLE_MS, Date.parse(created_at) + ABSOLUTE_MS);

/** Signs a device in; the oldest sessions end that the plan has no room for. The facts to tell. */
export function startSession(account: Account, token: RefreshToken, device: Device, source: string, cause: Cause, now: Date): Envelope[] {
  account.known_sources = [...account.known_sources.filter((known) => known !== source), source].slice(-MAX_KNOWN_SOURCES);
  const at = now.toISOString();
  const session: Session = { id: token.sessionId, device, created_at: at, last_seen_at: at, current: token.hash, replaced: [] };
  const live = [...account.sessions.filter((one) => isLive(one, now)), session];
  account.sessions = live.slice(-(DEVICES[account.plan] ?? 1));
  const ended = live.slice(0, live.length - account.sessions.length);
  const userId = account.id;
  return [
    envelope(cause, now, "identity.session_started", userId, { userId, sessionId: session.id, device }),
    ...ended.map((one) =>
      envelope(cause, now, "identity.session_ended", userId, { userId, sessionId: one.id, device: one.device, reason: "device_limit" }),
    ),
  ];
}

/** The first admin is who proved the address that the deployment names. The fact to tell, if that is now. */
export function claimFirstAdmin(account: Account, firstAdmin: string | undefined, cause: Cause, now: Date): Envelope[] {
  const isTheirs = firstAdmin !== undefined && account.email === firstAdmin && account.email_verified_at !== null;
  if (!isTheirs || account.status !== "active" || account.roles.includes("admin")) {
    return [];
  }
  account.roles = [...account.roles, "admin"];
  return [envelope(cause, now, "identity.roles_changed", account.id, { userId: account.id, roles: account.roles })];
}

/** An account as its owner sees it. */
export const userView = (account: Account) => ({
  id: account.id,
  email: account.email,
  emailVerified: account.email_verified_at !== null,
  name: account.name,
  signInMethods: [...(account.password ? ["password"] : []), ...(account.telegram ? ["telegram"] : [])],
  roles: account.roles,
  plan: account.plan,
  status: account.status,
  mfaEnabled: account.mfa.factor !== undefined,
  createdAt: account.created_at,
});
