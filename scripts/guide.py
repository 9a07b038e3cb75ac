"""The helpers behind scripts/guide.sh. Python's standard library and curl only."""
import base64
import hmac
import json
import re
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

WAIT_SECONDS = 20
POLL_SECONDS = 0.2
REQUEST_SECONDS = 30
PASSWORD = "a long passphrase"
DEVICE = {"name": "Guide", "platform": "web"}
TOTP_STEP_SECONDS = 30
CURL_COULD_NOT_CONNECT = 7
UNREACHABLE = ("Is `make run` running? If it uses another port, set ATOLL_URL to its URL and source scripts/guide.sh "
               "again.")


class Failed(Exception):
    """A helper could not do what it was asked for; the text says why."""


def curl(method, url, options):
    """The status and the body of a request that curl sends."""
    command = ["curl", "--silent", "--show-error", "--max-time", str(REQUEST_SECONDS), "--write-out", "\n%{http_code}",
               "--request", method, url, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == CURL_COULD_NOT_CONNECT:
        raise Failed(f"{done.stderr.strip()}\n{UNREACHABLE}")
    if done.returncode:
        raise Failed(done.stderr.strip())
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def succeeding(method, url, options):
    status, body = curl(method, url, options)
    if status >= 400:
        raise Failed(f"{method} {url}: HTTP {status}\n{indented(body)}")
    return body


def indented(body):
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def api(method, url, *options):
    if body := succeeding(method, url, options):
        print(indented(body))


def value_at(document, path):
    value = document
    for name in path.split("."):
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Failed(f"no field `{path}` in {json.dumps(document, ensure_ascii=False)[:500]}") from None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def field(path):
    text = sys.stdin.read()
    try:
        document = json.loads(text)
    except ValueError:
        raise Failed(f"`field {path}` got no JSON" + (f": {text[:500]}" if text.strip() else "")) from None
    print(value_at(document, path))


def wait_for(condition, url, *options):
    path, _, wanted = condition.partition("=")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        body = succeeding("GET", url, options)
        try:
            found = value_at(json.loads(body), path)
        except Failed as error:
            found = str(error)
        if found == wanted:
            return print(indented(body))
        if time.monotonic() > deadline:
            raise Failed(f"`{path}` is {found} after {WAIT_SECONDS} s, not {wanted}")
        time.sleep(POLL_SECONDS)


def mail_token(url, address, subject):
    """The mailbox is a page of the local cloud; its newest mail comes first."""
    query = urllib.parse.urlencode({"to": address})
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        mails = json.loads(succeeding("GET", f"{url}/_local/mailbox.json?{query}", []))
        texts = [mail["text"] for mail in mails if mail["subject"] == subject]
        if found := re.search(r"token=([\w-]+)", texts[0]) if texts else None:
            return print(found[1])
        if time.monotonic() > deadline:
            raise Failed(f"no e-mail “{subject}” to {address} within {WAIT_SECONDS} s")
        time.sleep(POLL_SECONDS)


def post(url, body):
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="POST",
                                     headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
            text = reply.read()
    except urllib.error.HTTPError as error:
        raise Failed(f"POST {url}: HTTP {error.code}\n{indented(error.read().decode())}") from None
    except urllib.error.URLError as error:
        raise Failed(f"POST {url}: {error.reason}\n{UNREACHABLE}") from None
    return json.loads(text) if text else None


def sign_up(url, address, name):
    account = {"email": address, "password": PASSWORD, "name": name, "device": DEVICE}
    token = post(f"{url}/v1/auth/register", account)["tokens"]["accessToken"]
    query = urllib.parse.urlencode({"to": address})
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        mails = json.loads(succeeding("GET", f"{url}/_local/mailbox.json?{query}", []))
        if found := re.search(r"token=([\w-]+)", mails[0]["text"]) if mails else None:
            post(f"{url}/v1/auth/verify-email", {"token": found[1], "password": PASSWORD})
            return print(token)
        time.sleep(POLL_SECONDS)
    raise Failed(f"no e-mail to {address} within {WAIT_SECONDS} s")


def sign_in(url, address, password):
    login = {"email": address, "password": password, "device": DEVICE}
    print(post(f"{url}/v1/auth/login", login)["tokens"]["accessToken"])


def totp(secret, now=None):
    counter = struct.pack(">Q", int(time.time() if now is None else now) // TOTP_STEP_SECONDS)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start:start + 4])[0] & 0x7FFFFFFF
    print(f"{number % 10**6:06}")


def upload_form():
    """A configuration file for curl with the fields of an upload form."""
    for name, value in json.load(sys.stdin)["upload"]["fields"].items():
        print(f'form-string = "{name}={value}"')


COMMANDS = {"api": api, "field": field, "wait-for": wait_for, "mail-token": mail_token, "sign-up": sign_up,
            "sign-in": sign_in, "totp": totp, "upload-form": upload_form}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except (Failed, OSError) as failure:
        sys.exit(str(failure))
