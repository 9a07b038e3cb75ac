import * as z from "zod";

const MAX_ADDRESS_CHARS = 254;
const MAX_NAME_CHARS = 100;
const MAX_DEVICE_CHARS = 64;

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `is longer than ${max} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), "must not contain control characters");

export const email = z.string().trim().toLowerCase().max(MAX_ADDRESS_CHARS).pipe(z.email("is not a valid e-mail address"));
export const personName = line(MAX_NAME_CHARS);
export const device = z
  .strictObject({ name: line(MAX_DEVICE_CHARS), platform: line(MAX_DEVICE_CHARS) })
  .default({ name: "Unknown device", platform: "unknown" });
