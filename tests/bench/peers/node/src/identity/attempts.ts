import { isIPv6 } from "node:net";
import { sha256 } from "../kit/ids";
import type { Key } from "../kit/table";
import { fingerprint } from "./account";

const MAX_PAIR = 5;
const MAX_SOURCE = 100;
const MAX_ACCOUNT = 20;
const SOURCE_WINDOW_SECONDS = 15 * 60;
const ACCOUNT_WINDOW_SECONDS = 60;
/** How many network addresses of an account are known. */
export const MAX_KNOWN_SOURCES = 5;

const digest = (...parts: string[]): string => sha256(parts.join("\0")).toString("hex").slice(0, 32);

/** A network address, hashed. IPv6 hosts choose their last 64 bits freely, so those do not count. */
export const sourceOf = (address: string): string => digest("source", isIPv6(address) ? network(address) : address);

function network(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head ? head.split(":") : [];
  if (tail !== undefined) {
    const rest = tail ? tail.split(":") : [];
    const width = rest.length + (tail.includes(".") ? 1 : 0);
    groups.push(...Array<string>(8 - groups.length - width).fill("0"), ...rest);
  }
  return groups.slice(0, 4).map((group) => group.padStart(4, "0")).join("").toLowerCase();
}

/** How often something failed in one window. */
export interface Counter {
  key: Key;
  endsAt: number;
}

function counter(subject: string, seconds: number, now: Date): Counter {
  const window = Math.floor(now.getTime() / 1000 / seconds);
  return { key: { pk: `identity#attempts#${subject}`, sk: `window#${window}` }, endsAt: (window + 1) * seconds };
}

/** The counters of an attempt to sign in: this address at this account, this address, this account. */
export interface Subjects {
  pair: Counter;
  source: Counter;
  account: Counter;
}

export function subjectsOf(email: string, source: string, now: Date): Subjects {
  const account = fingerprint(email);
  return {
    pair: counter(digest("pair", account, source), SOURCE_WINDOW_SECONDS, now),
    source: counter(digest("source", source), SOURCE_WINDOW_SECONDS, now),
    account: counter(digest("account", account), ACCOUNT_WINDOW_SECONDS, now),
  };
}

export type Failures = Record<keyof Subjects, number>;

const secondsUntil = (end: number, now: Date): number => Math.max(end - Math.floor(now.getTime() / 1000), 1);

/** How long this address has to wait, in seconds. */
export const waitOfSource = ({ pair }: Subjects, failures: Failures, now: Date): number | undefined =>
  failures.pair >= MAX_PAIR || failures.source >= MAX_SOURCE ? secondsUntil(pair.endsAt, now) : undefined;

/** How long everybody has to wait who is not known at this account, in seconds. */
export const waitOfAccount = ({ account }: Subjects, failures: Failures, now: Date): number | undefined =>
  failures.account >= MAX_ACCOUNT ? secondsUntil(account.endsAt, now) : undefined;
