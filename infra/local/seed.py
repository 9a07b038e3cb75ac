"""Demo data. Everything is created through the public API, and loading it twice changes nothing: each request is idempotent."""
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import demo_aquariums
import demo_city
import demo_guides
import demo_shop
import demo_species
from client import Client

DEVICE = {"name": "Demo laptop", "platform": "web"}
ADMIN = {"email": "admin@example.com", "password": "a passphrase for admins", "name": "Admin", "device": DEVICE}
USERS = (
    {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada", "device": DEVICE},
    {"email": "grace@example.com", "password": "correct horse battery", "name": "Grace", "device": DEVICE},
)
# Writes the guides, which the admin reviews.
EDITOR = {"email": "editor@example.com", "password": "correct horse battery", "name": "Editor", "device": DEVICE}
PLAN = "premium"
ALREADY_THERE = 409
TIMEOUT_SECONDS = 30
# How long the mail that proves the admin's address, and the role that comes with it, may take.
ADMIN_SECONDS = 20


def load(url, packs, days=365):
    """Users, and data of each pack that is deployed. Aquariums have readings of so many days."""
    for _name, part in parts(url, packs, days):
        part()


def parts(url, packs, days=365):
    """What the demo data consists of, in order: names, and what loads each. All others need the first one, the users."""
    found = [("users", lambda: users(url))]
    if "community" in packs:
        found.append(("community", lambda: city(url, become_admin(url), sign_in(url, USERS[0])["tokens"]["accessToken"])))
    if "commerce" in packs:
        found.append(("commerce", lambda: shop(url)))
    if "aquarium" in packs:
        found.append(("aquarium", lambda: aquarium(url, days)))
    return found


def users(url):
    """A session of a load must not end because a person signs in as the same user, so these may have several sessions. The plan also
    allows three aquariums."""
    user_ids = [register(url, user)["user"]["id"] for user in USERS]
    admin = Client(url, become_admin(url))
    for user_id in (admin.get("/v1/users/me")["id"], *user_ids):
        set_plan(admin, user_id)


def set_plan(admin, user_id):
    user, etag = admin.send("GET", f"/v1/users/{user_id}")
    if user["plan"] != PLAN:
        admin.put(f"/v1/users/{user_id}/plan", {"plan": PLAN}, etag=etag)


def shop(url):
    demo_shop.load(Client(url, become_admin(url)), Client(url), trade_customer=sign_in(url, USERS[1])["user"]["id"])


def aquarium(url, days):
    admin = become_admin(url)
    demo_species.load(Client(url, admin))
    demo_guides.load(Client(url, become_editor(url, admin)), Client(url, admin))
    demo_aquariums.load(Client(url, sign_in(url, USERS[0])["tokens"]["accessToken"]), days)


def city(url, admin, keeper):
    """Points on the map of a real city, kinds of events, and badges."""
    for event_type in demo_city.EVENT_TYPES:
        post(f"{url}/v1/community/events/types", event_type, token=admin, key=f"demo-{event_type['code']}")
    for badge in demo_city.BADGES:
        post(f"{url}/v1/community/badges", badge, token=admin, key=f"demo-{badge['code']}")
    for number, (name, kind, lat, lng) in enumerate(demo_city.PLACES):
        point = {"name": name, "kind": kind, "location": {"lat": lat, "lng": lng}}
        post(f"{url}/v1/community/points", point, token=keeper, key=f"demo-{number}")


def become_admin(url):
    """The token of the first admin, whose address the deployment was given and whose mail the mailbox holds."""
    post(f"{url}/v1/auth/register", ADMIN)
    deadline = time.monotonic() + ADMIN_SECONDS
    while True:
        signed_in = sign_in(url, ADMIN)
        if "admin" in signed_in["user"]["roles"]:
            return signed_in["tokens"]["accessToken"]
        if time.monotonic() > deadline:
            raise OSError(f"{ADMIN['email']} did not become an admin in {ADMIN_SECONDS} s")
        if token := mailed_token(url, ADMIN["email"]):
            post(f"{url}/v1/auth/verify-email", {"token": token, "password": ADMIN["password"]})
        else:
            time.sleep(0.2)


def become_editor(url, admin):
    """The token of a manager."""
    signed_in = register(url, EDITOR)
    if "manager" not in signed_in["user"]["roles"]:
        Client(url, admin).put(f"/v1/users/{signed_in['user']['id']}/roles", {"roles": ["manager"]})
        signed_in = sign_in(url, EDITOR)
    return signed_in["tokens"]["accessToken"]


def mailed_token(url, address):
    query = urllib.parse.urlencode({"to": address})
    with urllib.request.urlopen(f"{url}/_local/mailbox.json?{query}", timeout=TIMEOUT_SECONDS) as reply:
        texts = [mail["text"] for mail in json.load(reply)]
    found = re.search(r"token=([\w-]+)", texts[0]) if texts else None
    return found and found[1]


def register(url, user):
    """A new user with tokens, or one who is registered already, signed in."""
    return post(f"{url}/v1/auth/register", user) or sign_in(url, user)


def sign_in(url, user):
    login = {name: user[name] for name in ("email", "password", "device")}
    return post(f"{url}/v1/auth/login", login)


def post(url, body, token=None, key=None):
    """The answer as JSON; nothing if what is asked for is there already, or if there is nothing to say."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if key:
        headers["idempotency-key"] = key
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
            text = reply.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        if error.code != ALREADY_THERE:
            raise OSError(f"{url}: {error.code} {error.read().decode()}") from error
        return None
