/** `POST /v1/auth/register`: makes an account and signs its first device in. */
import * as z from "zod";
import { endpoint, type Reply, type Request, readBody } from "../kit/http";
import { newId } from "../kit/ids";
import { Problem } from "../kit/problem";
import { Conflict, create, outbox, transact } from "../kit/table";
import { claims, registered, startSession } from "./account";
import { sourceOf } from "./attempts";
import { device, email, personName } from "./fields";
import { hashPassword } from "./password";
import { weakness } from "./strength";
import { firstToken, signedIn } from "./tokens";

const Register = z
  .strictObject({ email, password: z.string(), name: personName, device })
  .superRefine(({ password, email, name }, context) => {
    const message = weakness(password, [email, name]);
    if (message) {
      context.addIssue({ code: "custom", path: ["password"], message });
    }
  });

async function register(request: Request): Promise<Reply> {
  const body = readBody(request, Register);
  const password = await hashPassword(body.password);

  const now = new Date();
  const { account, fact } = registered({ id: newId(), email: body.email, name: body.name, password }, request, now);
  const token = firstToken(account.id);
  const started = startSession(account, token, body.device, sourceOf(request.sourceIp), request, now);
  try {
    await transact(create({ ...account, outbox: outbox(fact, ...started) }), ...claims(account, body.email));
  } catch (error) {
    if (error instanceof Conflict && error.failed(1)) {
      throw new Problem(409, "identity.email_taken", "This address has an account");
    }
    throw error;
  }
  return { status: 201, location: "/v1/users/me", body: await signedIn(account, token, now) };
}

export const handler = endpoint(register);
