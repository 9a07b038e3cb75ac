"""Demo data, and the curl lines that a first-time reader pastes. Everything goes through the public API."""
import json
import urllib.error
import urllib.request

DEVICE = {"name": "Demo laptop", "platform": "web"}
USERS = (
    {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada", "device": DEVICE},
    {"email": "grace@example.com", "password": "correct horse battery", "name": "Grace", "device": DEVICE},
)
NEW_USER = {"email": "you@example.com", "password": "a long passphrase", "name": "You", "device": DEVICE}
ALREADY_THERE = 409
TIMEOUT_SECONDS = 30


def demo_users(url):
    for user in USERS:
        post(f"{url}/v1/auth/register", user)


def post(url, body):
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="POST",
                                     headers={"content-type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.HTTPError as error:
        if error.code != ALREADY_THERE:
            raise


def curl_lines(url):
    """Register, log in keeping the token in $TOKEN, and ask who that is."""
    login = {name: NEW_USER[name] for name in ("email", "password", "device")}
    take_token = 'python3 -c \'import json,sys; print(json.load(sys.stdin)["tokens"]["accessToken"])\''
    return (
        f"curl -sw '\\n' {url}/v1/auth/register -H 'content-type: application/json' -d '{json.dumps(NEW_USER)}'",
        f"TOKEN=$(curl -s {url}/v1/auth/login -H 'content-type: application/json' -d '{json.dumps(login)}'"
        f" | {take_token})",
        f"curl -sw '\\n' {url}/v1/users/me -H \"authorization: Bearer $TOKEN\"",
    )
