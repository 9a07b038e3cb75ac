import json


class Problem(Exception):
    """An answer that is not a success (RFC 9457). `internal` goes to the log, never to the caller."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str | None = None,
        errors: list[dict[str, str]] | None = None,
        retry_after: int | None = None,
        internal: str | None = None,
    ):
        super().__init__(title)
        self.status, self.code, self.title = status, code, title
        self.detail, self.errors, self.retry_after, self.internal = detail, errors, retry_after, internal

    def headers(self) -> dict[str, str]:
        headers = {"content-type": "application/problem+json"}
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        return headers

    def body(self, request_id: str) -> str:
        told = {
            "type": f"urn:atoll:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "requestId": request_id,
            "errors": self.errors,
        }
        return json.dumps({name: value for name, value in told.items() if value is not None})


def not_found(code: str) -> Problem:
    return Problem(404, code, "Not found")


def invalid(*errors: dict[str, str]) -> Problem:
    detail = "; ".join(f"{error['field']} {error['message']}" for error in errors)
    return Problem(422, "request.invalid", "Invalid request", detail=detail, errors=list(errors))
