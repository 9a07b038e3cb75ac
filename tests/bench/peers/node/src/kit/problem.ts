/** What is wrong with one field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

interface Extra {
  detail?: string;
  errors?: FieldError[];
  retryAfter?: number;
  internal?: string;
}

/** An answer that is not a success (RFC 9457). `internal` goes to the log, never to the caller. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly extra: Extra = {},
  ) {
    super(title);
  }

  render(requestId: string): { headers: Record<string, string>; body: string } {
    const { detail, errors, retryAfter } = this.extra;
    const headers: Record<string, string> = { "content-type": "application/problem+json" };
    if (this.status === 401) {
      headers["www-authenticate"] = "Bearer";
    }
    if (retryAfter !== undefined) {
      headers["retry-after"] = String(retryAfter);
    }
    const { status, code, title } = this;
    const body = JSON.stringify({ type: `urn:atoll:problem:${code}`, title, status, code, detail, requestId, errors });
    return { headers, body };
  }
}

export const notFound = (code: string): Problem => new Problem(404, code, "There is no such thing");

export const invalid = (errors: FieldError[]): Problem =>
  new Problem(422, "request.invalid", "The request is not valid", {
    errors,
    detail: errors.map(({ field, message }) => `${field} ${message}`).join("; "),
  });

export const unavailable = (internal: string): Problem =>
  new Problem(503, "service.unavailable", "Try again in a moment", { retryAfter: 1, internal });

export const failed = (internal: string): Problem =>
  new Problem(500, "service.failed", "Something went wrong on our side", { internal });
