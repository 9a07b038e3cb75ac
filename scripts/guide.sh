# Helpers for the guides in docs/guides. Source this file in bash or zsh, from the root of the repository:
#
#   . scripts/guide.sh
#
# It sets
#   URL   the API's base URL: ATOLL_URL, or http://127.0.0.1:4566
#   RUN   a number that is new each time, so that a guide can be repeated in the same local cloud
#   WORK  a temporary directory for files
# and defines `api`, `field`, `wait_for`, `mail_token`, `sign_up`, `sign_in`, `totp` and `listen`.

URL=${ATOLL_URL:-http://127.0.0.1:4566}
RUN=$(date +%s)$$
WORK=$(mktemp -d)

[ -f scripts/guide.py ] || echo "Change to the root of the repository first: the helpers run scripts/guide.py." >&2

# Sends a request and prints the response body, JSON indented: `api GET /v1/users/me -H "$AUTH"`.
# Further arguments are curl's. Fails, with the response on standard error, if the status is 400 or higher.
api() {
  python3 scripts/guide.py api "$1" "$URL$2" "${@:3}"
}

# Prints one value of the JSON on standard input: `field items.0.id`.
field() {
  python3 scripts/guide.py field "$1"
}

# Repeats a GET request until a field has a value, for at most 20 seconds: `wait_for status=published /v1/media/$ID -H "$AUTH"`.
wait_for() {
  python3 scripts/guide.py wait-for "$1" "$URL$2" "${@:3}"
}

# Prints the token of the link in the newest e-mail to an address, waiting until one with this subject has arrived:
# `mail_token ann@example.com "Reset your password"`.
mail_token() {
  python3 scripts/guide.py mail-token "$URL" "$1" "$2"
}

# Registers an account with a verified e-mail address and prints an access token: `sign_up ann@example.com Ann`.
sign_up() {
  python3 scripts/guide.py sign-up "$URL" "$1" "$2"
}

# Prints an access token for an existing account: `sign_in ann@example.com "her password"`.
sign_in() {
  python3 scripts/guide.py sign-in "$URL" "$1" "$2"
}

# Prints the current code of an authenticator app with this secret (RFC 6238).
totp() {
  python3 scripts/guide.py totp "$1"
}

# Opens a WebSocket as a user and prints frames, one line each, until so many have come: `listen "$TOKEN" 2`.
listen() {
  python3 scripts/guide_socket.py "$URL" "$1" "$2"
}
