import { createHash } from "node:crypto";

export { v7 as newId } from "uuid";

export const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();

/** A UUIDv8 (RFC 9562) that is the same for the same parts: a create is its own idempotency record. */
export function deriveId(...parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(Buffer.byteLength(part)));
    hash.update(length).update(part);
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll("-", ""), "hex");
