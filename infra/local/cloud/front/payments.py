"""A stand-in for the payment provider: the part of Stripe's API that Atoll speaks, with cards that do as they are named.

    /_local/payments/v1/...             payment_intents (create, confirm, retrieve, cancel), refunds
    GET  /_local/payments.json          every payment, with what was charged and given back; ?reference= for one of ours
    POST /_local/payments/account       {"key", "webhookSecret"}: what an operator gets from the provider's dashboard
    POST /_local/payments/confirm       {"clientSecret", "paymentMethod"}: the provider's own form in a client
    POST /_local/payments/authenticate  {"clientSecret"}: whose card it is says yes at their bank
    POST /_local/payments/refund        {"payment", "amount"?}: somebody gives money back in the dashboard
    POST /_local/payments/dispute       {"payment", "amount"?}: the cardholder disputes a payment; told with the dispute's id
    POST /_local/payments/decide        {"dispute", "status"}: the bank decides: won, lost or warning_closed
    POST /_local/payments/resend        {"payment"}: the dashboard's "resend" of a payment's last webhook

Amounts are in Stripe's units: some currencies are counted otherwise than in ISO 4217, and amounts that Stripe refuses are
refused here (https://docs.stripe.com/currencies).

`pm_card_visa` pays. `pm_card_visa_chargeDeclined` is refused, `pm_card_visa_chargeDeclinedInsufficientFunds` too.
`pm_card_authenticationRequired` waits for its owner. `pm_sandbox_processing` pays a second later, and `pm_sandbox_stuck`
stays under way for ever. Faults have the service `payments` and one of the OPERATIONS; for `Webhook` the error says
what happens to the message: `lost`, `doubled` or `late`.
"""
import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from . import faults, webhooks
from .asgi import header, query, read_body, send_json

SERVICE = "payments"
PREFIX = "/_local/payments/v1/"
OPERATIONS = ("CreatePayment", "ConfirmPayment", "FindPayment", "CancelPayment", "CreateRefund", "Webhook")
REFERENCE = "atoll_reference"
PROCESSING_SECONDS = 1
DECLINED = {"pm_card_visa_chargeDeclined": "generic_decline",
            "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds"}
WAITING = {"pm_card_authenticationRequired": "requires_action", "pm_sandbox_processing": "processing",
           "pm_sandbox_stuck": "processing"}
CONFIRMABLE = ("requires_payment_method", "requires_confirmation")
CANCELABLE = (*CONFIRMABLE, "requires_action")

# Amounts must be multiples of so much: ISK and UGX have two decimals that are zero, three decimals end with a zero.
STEPS = {"isk": 100, "ugx": 100, "bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10}
# Types of errors that are not told by their status.
KINDS = {"idempotency_key_in_use": "idempotency_error"}
CLOSED = ("won", "lost", "warning_closed")

_payments = {}
_disputes = {}
_answers = {}  # by idempotency key: the request, and what it was answered
_account = {}


class Refused(Exception):
    """An error as the API words it."""

    def __init__(self, status, code, **more):
        super().__init__(code)
        self.status = status
        kind = KINDS.get(code, "card_error" if status == 402 else "invalid_request_error")
        self.body = {"error": {"type": kind, "code": code, "message": f"The sandbox says {code}.", **more}}


@dataclass
class Payment:
    amount: int
    currency: str
    metadata: dict
    status: str = "requires_payment_method"
    charged: int = 0
    refunded: int = 0
    disputed: int = 0
    error: dict | None = None
    id: str = field(default_factory=lambda: f"pi_{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))
    last_event: dict | None = None

    @property
    def secret(self):
        return f"{self.id}_secret_{self.id[-8:]}"

    def as_intent(self):
        return {"id": self.id, "object": "payment_intent", "amount": self.amount, "amount_received": self.charged,
                "currency": self.currency, "status": self.status, "client_secret": self.secret, "livemode": False,
                "metadata": self.metadata, "last_payment_error": self.error, "created": self.created,
                "latest_charge": f"ch_{self.id[3:]}" if self.charged else None}

    def as_charge(self):
        return {"id": f"ch_{self.id[3:]}", "object": "charge", "amount": self.charged, "currency": self.currency,
                "amount_refunded": self.refunded, "refunded": self.refunded == self.charged,
                "payment_intent": self.id, "metadata": self.metadata}

    def summary(self):
        return {"id": self.id, "reference": self.metadata.get(REFERENCE), "amount": self.amount,
                "currency": self.currency.upper(), "status": self.status, "charged": self.charged,
                "refunded": self.refunded, "disputed": self.disputed}


@dataclass
class Dispute:
    payment: Payment
    amount: int
    status: str = "needs_response"
    id: str = field(default_factory=lambda: f"dp_{uuid.uuid4().hex}")

    def as_object(self):
        # A dispute has no metadata of its payment.
        return {"id": self.id, "object": "dispute", "amount": self.amount, "currency": self.payment.currency,
                "status": self.status, "charge": f"ch_{self.payment.id[3:]}", "payment_intent": self.payment.id,
                "metadata": {}}


# --- What happens to a payment -------------------------------------------------------------------------------------


def confirm(payment, method):
    if payment.status not in CONFIRMABLE:
        raise Refused(400, "payment_intent_unexpected_state")
    if method in DECLINED:
        decline(payment, DECLINED[method])
    elif method in WAITING:
        payment.status, payment.error = WAITING[method], None
        if method == "pm_sandbox_processing":
            asyncio.get_running_loop().call_later(PROCESSING_SECONDS, succeed, payment)
    elif method == "pm_card_visa":
        succeed(payment)
    else:
        raise Refused(400, "resource_missing")
    return payment.as_intent()


def decline(payment, reason):
    payment.status = "requires_payment_method"
    payment.error = {"type": "card_error", "code": "card_declined", "decline_code": reason}
    tell(payment, "payment_intent.payment_failed", payment.as_intent())
    raise Refused(402, "card_declined", decline_code=reason, payment_intent=payment.as_intent())


def succeed(payment):
    payment.status, payment.charged, payment.error = "succeeded", payment.amount, None
    tell(payment, "payment_intent.succeeded", payment.as_intent())


def cancel(payment):
    if payment.status not in CANCELABLE:
        raise Refused(400, "payment_intent_unexpected_state")
    payment.status = "canceled"
    tell(payment, "payment_intent.canceled", payment.as_intent())
    return payment.as_intent()


def refund(payment, amount=None):
    if payment.status != "succeeded":
        raise Refused(400, "payment_intent_unexpected_state")
    if payment.refunded == payment.charged:
        raise Refused(400, "charge_already_refunded")
    amount = payment.charged - payment.refunded if amount is None else int(amount)
    if not 0 < amount <= payment.charged - payment.refunded:
        raise Refused(400, "amount_too_large")
    payment.refunded += amount
    tell(payment, "charge.refunded", payment.as_charge())
    return {"id": f"re_{uuid.uuid4().hex}", "object": "refund", "amount": amount, "status": "succeeded",
            "payment_intent": payment.id}


def dispute(payment, amount=None):
    if payment.status != "succeeded":
        raise Refused(400, "payment_intent_unexpected_state")
    one = Dispute(payment, payment.charged - payment.refunded if amount is None else int(amount))
    _disputes[one.id] = one
    tell(payment, "charge.dispute.created", one.as_object())
    return {"dispute": one.id}


def decide(dispute_id, status):
    one = _disputes.get(dispute_id)
    if one is None:
        raise Refused(404, "resource_missing")
    if status not in CLOSED or one.status in CLOSED:
        raise Refused(400, "dispute_unexpected_state")
    one.status = status
    if status == "lost":
        one.payment.disputed += one.amount
    tell(one.payment, "charge.dispute.closed", one.as_object())


def tell(payment, kind, thing):
    payment.last_event = webhooks.event(kind, thing)
    fault = faults.consume(lambda fault: fault.matches(SERVICE, "Webhook", json.dumps(payment.last_event).encode()))
    webhooks.send(payment.last_event, _account.get("webhookSecret"), fault)


# --- The API -------------------------------------------------------------------------------------------------------


async def serve(scope, receive, send):
    """One call of the API, with the fault that it meets."""
    body = await read_body(receive)
    fault = faults.take(faults.Call(SERVICE, operation_of(scope)), body)
    await faults.serve(fault, answer, scope, body, receive, send)


def operation_of(scope):
    parts = scope["path"].removeprefix(PREFIX).split("/")
    return {("POST", "payment_intents", 1): "CreatePayment", ("GET", "payment_intents", 2): "FindPayment",
            ("POST", "refunds", 1): "CreateRefund"}.get(
        (scope["method"], parts[0], len(parts)), {"confirm": "ConfirmPayment", "cancel": "CancelPayment"}.get(parts[-1], ""))


async def answer(scope, receive, send):
    form = dict(parse_qsl((await read_body(receive)).decode(), keep_blank_values=True))
    status, body = once(scope, form)
    await send_json(send, status, body)


def once(scope, form):
    """The same idempotency key again gets the same answer, a refused card's too."""
    key, request = header(scope, "idempotency-key"), (scope["method"], scope["path"], form)
    if key and key in _answers:
        before, told = _answers[key]
        return told if before == request else (400, Refused(400, "idempotency_key_in_use").body)
    try:
        authorize(scope)
        told = 200, handle(scope, form)
    except Refused as refused:
        told = refused.status, refused.body
    if key and told[0] != 401:
        _answers[key] = request, told
    return told


def authorize(scope):
    key = _account.get("key")
    if key is None or header(scope, "authorization") != f"Bearer {key}":
        raise Refused(401, "api_key_expired")


def handle(scope, form):
    parts = scope["path"].removeprefix(PREFIX).split("/")
    operation = operation_of(scope)
    if operation == "CreatePayment":
        return create(form)
    if operation == "CreateRefund":
        return refund(known(form.get("payment_intent")), form.get("amount"))
    if operation == "ConfirmPayment":
        return confirm(known(parts[1]), form.get("payment_method"))
    if operation == "CancelPayment":
        return cancel(known(parts[1]))
    if operation == "FindPayment":
        return known(parts[1]).as_intent()
    raise Refused(404, "url_invalid")


def create(form):
    if not form.get("amount", "").isdigit() or len(form.get("currency", "")) != 3:
        raise Refused(400, "parameter_invalid_integer")
    if int(form["amount"]) % STEPS.get(form["currency"], 1):
        raise Refused(400, "invalid_charge_amount_no_decimal_compatible")
    metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
    payment = Payment(int(form["amount"]), form["currency"], metadata)
    _payments[payment.id] = payment
    return payment.as_intent()


def known(payment_id):
    if payment_id not in _payments:
        raise Refused(404, "resource_missing")
    return _payments[payment_id]


# --- /_local/payments ----------------------------------------------------------------------------------------------


async def show(scope, _receive, send):
    wanted = query(scope).get("reference")
    found = [payment.summary() for payment in _payments.values()]
    await send_json(send, 200, [one for one in found if wanted in (None, one["reference"])])


def by_secret(asked):
    return known(str(asked.get("clientSecret")).partition("_secret_")[0])


def authenticate(payment):
    if payment.status != "requires_action":
        raise Refused(400, "payment_intent_unexpected_state")
    succeed(payment)


def resend(payment):
    if payment.last_event is None:
        raise Refused(400, "no_event")
    webhooks.send(payment.last_event, _account.get("webhookSecret"))


ACTIONS = {
    "account": _account.update,
    "authenticate": lambda asked: authenticate(by_secret(asked)),
    "decide": lambda asked: decide(asked.get("dispute"), asked.get("status")),
    "dispute": lambda asked: dispute(known(asked.get("payment")), asked.get("amount")),
    "confirm": lambda asked: confirm(by_secret(asked), asked.get("paymentMethod")),
    "refund": lambda asked: refund(known(asked.get("payment")), asked.get("amount")),
    "resend": lambda asked: resend(known(asked.get("payment"))),
}


async def act(name, _scope, receive, send):
    try:
        done = ACTIONS[name](json.loads(await read_body(receive)))
    except Refused as refused:
        return await send_json(send, refused.status, refused.body)
    except (ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not understood: {error}"})
    await send_json(send, 200, done if isinstance(done, dict) and "dispute" in done else {})
