"""A sandbox of Stripe: the part of its API that Atoll calls, with cards that do as they are named.

    /_local/payments/v1/...             payment_intents (create, confirm, retrieve, capture, cancel, search), refunds, disputes,
                                        customers, payment_methods, setup_intents
    GET  /_local/payments.json          every payment, with what was charged and refunded; ?reference= for one of ours
    POST /_local/payments/account       {"key", "webhookSecret", "commerceWebhookSecret"}: what an operator gets from Stripe's
                                        dashboard; {"multicapture": false} for an account without that feature,
                                        {"searchLagSeconds"} for a search that lags behind
    POST /_local/payments/confirm       {"clientSecret", "paymentMethod"}: Stripe's own form in a client, for payments and setups
    POST /_local/payments/authenticate  {"clientSecret"}: the cardholder confirms at their bank
    POST /_local/payments/decline       {"clientSecret"}: the cardholder refuses at their bank
    POST /_local/payments/refund        {"payment", "amount"?}: a refund in the dashboard
    POST /_local/payments/settle        {"refund", "status"}: a pending refund ends: succeeded, failed or canceled
    POST /_local/payments/capture       {"payment", "amount"?}: a capture in the dashboard
    POST /_local/payments/expire        {"payment"}: an authorization ends without a capture
    POST /_local/payments/dispute       {"payment", "amount"?}: the cardholder disputes a payment; returns the dispute's id
    POST /_local/payments/decide        {"dispute", "status"}: the bank decides: won, lost or warning_closed
    POST /_local/payments/resend        {"payment"}: the dashboard's "resend" of a payment's last webhook

Amounts are in Stripe's units: some currencies are counted otherwise than in ISO 4217, and amounts that Stripe refuses are
refused here (https://docs.stripe.com/currencies).

`pm_card_visa` and `pm_card_mastercard` pay. `pm_card_visa_chargeDeclined` and `pm_card_visa_chargeDeclinedInsufficientFunds`
are declined. `pm_card_authenticationRequired` waits for its owner, and is declined when they are absent.
`pm_card_unionpay` pays and cannot be captured several times. Refunds to `pm_card_pendingRefund` wait for "settle", those to
`pm_card_refundFail` fail a second after they succeeded. `pm_sandbox_processing` pays a second later, and `pm_sandbox_stuck`
stays processing for ever.

Faults have the service `payments` and an operation of OPERATIONS. The error `stored_error` is a failure that Stripe stores under
the idempotency key: each repetition gets it again. For `Webhook` the error says what happens to the event: `lost`, `doubled`,
`late` or `reordered` (it arrives after the next one). Events go to both endpoints that a real account has registered: the
wallet's and that of commerce.
"""
import asyncio
import json
import re
import time
import uuid
from urllib.parse import parse_qsl

from . import faults, webhooks
from .asgi import header, query, read_body, send_json
from .stripe_objects import CARDS, Charge, Customer, Dispute, Method, Payment, Refund, Setup, listed

SERVICE = "payments"
PREFIX = "/_local/payments/v1/"
# By method, resource, number of parts of the path, and the action at its end.
OPERATIONS = {
    ("POST", "payment_intents", 1): "CreatePayment",
    ("GET", "payment_intents", 2): "FindPayment",
    ("GET", "payment_intents", 2, "search"): "SearchPayments",
    ("POST", "payment_intents", 3, "confirm"): "ConfirmPayment",
    ("POST", "payment_intents", 3, "capture"): "CapturePayment",
    ("POST", "payment_intents", 3, "cancel"): "CancelPayment",
    ("POST", "refunds", 1): "CreateRefund",
    ("GET", "refunds", 1): "ListRefunds",
    ("GET", "disputes", 1): "ListDisputes",
    ("POST", "customers", 1): "CreateCustomer",
    ("POST", "customers", 2): "UpdateCustomer",
    ("GET", "customers", 2): "FindCustomer",
    ("DELETE", "customers", 2): "DeleteCustomer",
    ("GET", "customers", 3, "payment_methods"): "ListMethods",
    ("POST", "payment_methods", 3, "detach"): "DetachMethod",
    ("POST", "setup_intents", 1): "CreateSetup",
    ("GET", "setup_intents", 2): "FindSetup",
}
# Metadata in which the wallet and commerce keep their ids.
REFERENCES = ("atoll_reference", "atoll_payment")
STORED_ERROR = "stored_error"
PROCESSING_SECONDS = 1
REFUND_FAILS_SECONDS = 1
DECLINED = {"pm_card_visa_chargeDeclined": "generic_decline",
            "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds"}
WAITING = {"pm_card_authenticationRequired": "requires_action", "pm_sandbox_processing": "processing",
           "pm_sandbox_stuck": "processing"}
CONFIRMABLE = ("requires_payment_method", "requires_confirmation")
CANCELABLE = (*CONFIRMABLE, "requires_action", "requires_capture")
MULTICAPTURE = "payment_method_options[card][request_multicapture]"
# Parameters of the API that name a list.
EXPAND = "expand[]"

# Amounts must be multiples of so much: ISK and UGX have two decimals that are zero, three decimals end with a zero.
STEPS = {"isk": 100, "ugx": 100, "bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10}
# Types of errors that are not told by their status.
KINDS = {"idempotency_key_in_use": "idempotency_error"}
CLOSED = ("won", "lost", "warning_closed")

# The endpoints of an account: the path, the setting with its secret, and the events that it is registered for.
ENDPOINTS = (
    ("/v1/community/wallet/payments/webhooks", "webhookSecret",
     ("payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled", "charge.refunded",
      "charge.dispute.created", "charge.dispute.closed")),
    ("/v1/commerce/payments/webhooks/stripe", "commerceWebhookSecret",
     ("payment_intent.", "charge.", "refund.", "setup_intent.", "payment_method.", "customer.deleted")),
)

_payments = {}
_refunds = {}
_disputes = {}
_customers = {}
_methods = {}
_setups = {}
_answers = {}  # by idempotency key: the request, and what it was answered
_account = {}


class Refused(Exception):
    """An error as the API words it."""

    def __init__(self, status, code, **more):
        super().__init__(code)
        self.status = status
        kind = KINDS.get(code, "card_error" if status == 402 else "invalid_request_error")
        self.body = {"error": {"type": kind, "code": code, "message": f"The sandbox says {code}.", **more}}


def unexpected_state():
    return Refused(400, "payment_intent_unexpected_state")


# --- What happens to a payment -------------------------------------------------------------------------------------


def confirm(payment, asked):
    if payment.status not in CONFIRMABLE:
        raise unexpected_state()
    payment.method = method_of(asked.get("payment_method"), payment.customer) if asked.get("payment_method") else payment.method
    if payment.method is None:
        raise Refused(400, "payment_intent_unexpected_state", param="payment_method")
    kind, payment.error = payment.method.kind, None
    if kind in DECLINED:
        decline(payment, "card_declined", DECLINED[kind])
    if kind == "pm_card_authenticationRequired" and asked.get("off_session") == "true":
        decline(payment, "authentication_required", "authentication_required")
    if kind in WAITING:
        payment.status = WAITING[kind]
        if kind == "pm_sandbox_processing":
            asyncio.get_running_loop().call_later(PROCESSING_SECONDS, succeed, payment)
        if payment.status == "requires_action":
            publish(payment, "payment_intent.requires_action", payment.as_intent())
    else:
        succeed(payment)
    return payment


def decline(payment, code, reason):
    payment.charges.append(Charge(payment, payment.method, payment.amount, "failed"))
    refuse(payment, code, decline_code=reason, charge=payment.charge.id)
    raise Refused(402, code, decline_code=reason, charge=payment.charge.id, payment_intent=payment.as_intent())


def refuse(payment, code, **more):
    payment.status = "requires_payment_method"
    payment.error = {"type": "card_error", "code": code, "payment_method": payment.method.as_object(), **more}
    publish(payment, "payment_intent.payment_failed", payment.as_intent())


def succeed(payment):
    charge = Charge(payment, payment.method, payment.amount)
    payment.charges.append(charge)
    payment.error = None
    if payment.saves_method and payment.customer and payment.method.customer is None:
        attach(payment.method, payment.customer)
    if payment.manual:
        payment.status = "requires_capture"
        publish(payment, "payment_intent.amount_capturable_updated", payment.as_intent())
    else:
        payment.status, charge.captured = "succeeded", payment.amount
        publish(payment, "payment_intent.succeeded", payment.as_intent())


def capture(payment, asked):
    if payment.status != "requires_capture":
        raise unexpected_state()
    amount = int(asked.get("amount_to_capture", payment.capturable))
    if not 0 < amount <= payment.capturable:
        raise Refused(400, "amount_too_large", param="amount_to_capture")
    is_final = asked.get("final_capture") != "false"
    if not is_final and not payment.allows_multicapture(payment.method):
        raise Refused(400, "parameter_invalid", param="final_capture")
    payment.charge.captured += amount
    payment.metadata.update(metadata_of(asked))
    if is_final or payment.capturable == 0:
        payment.status = "succeeded"
    publish(payment, "charge.captured", payment.charge.as_object())
    kind = "succeeded" if payment.status == "succeeded" else "amount_capturable_updated"
    publish(payment, f"payment_intent.{kind}", payment.as_intent())
    return payment


def cancel(payment):
    if payment.status not in CANCELABLE:
        raise unexpected_state()
    # Of a payment that was captured in part, the rest is released.
    payment.status = "succeeded" if payment.charged else "canceled"
    publish(payment, f"payment_intent.{payment.status}", payment.as_intent())
    return payment


def expire(payment):
    if payment.status != "requires_capture":
        raise unexpected_state()
    cancel(payment)
    publish(payment, "charge.expired", payment.charge.as_object())


def refund(payment, amount=None, metadata=None):
    left = payment.charged - payment.refunded
    if not payment.charged:
        raise unexpected_state()
    if left == 0:
        raise Refused(400, "charge_already_refunded")
    amount = left if amount is None else int(amount)
    if not 0 < amount <= left:
        raise Refused(400, "amount_too_large", param="amount")
    kind = payment.charge.method.kind
    one = Refund(payment, amount, metadata or {}, "pending" if kind == "pm_card_pendingRefund" else "succeeded")
    payment.refunds.append(one)
    _refunds[one.id] = one
    publish(payment, "refund.created", one.as_object())
    publish(payment, "charge.refunded", payment.charge.as_object())
    if kind == "pm_card_refundFail":
        asyncio.get_running_loop().call_later(REFUND_FAILS_SECONDS, settle, one.id, "failed")
    return one.as_object()


def settle(refund_id, status):
    one = _refunds.get(refund_id)
    if one is None:
        raise Refused(404, "resource_missing")
    one.status = status
    publish(one.payment, "refund.failed" if status == "failed" else "refund.updated", one.as_object())


def dispute(payment, amount=None):
    if not payment.charged:
        raise unexpected_state()
    one = Dispute(payment, payment.charged - payment.refunded if amount is None else int(amount))
    payment.disputes.append(one)
    _disputes[one.id] = one
    publish(payment, "charge.dispute.created", one.as_object())
    return {"dispute": one.id}


def decide(dispute_id, status):
    one = _disputes.get(dispute_id)
    if one is None:
        raise Refused(404, "resource_missing")
    if status not in CLOSED or one.status in CLOSED:
        raise Refused(400, "dispute_unexpected_state")
    one.status = status
    publish(one.payment, "charge.dispute.closed", one.as_object())


# --- Saved methods --------------------------------------------------------------------------------------------------


def method_of(name, customer):
    """The method with this id; the name of a test card makes a new one each time, as Stripe does."""
    if name in CARDS:
        method = Method(name)
        _methods[method.id] = method
        return method
    method = _methods.get(name)
    if method is None or (method.customer and method.customer != customer):
        raise Refused(400, "resource_missing", param="payment_method")
    return method


def attach(method, customer):
    method.customer = customer
    publish(None, "payment_method.attached", method.as_object())


def detach(method_id):
    method = _methods.get(method_id)
    if method is None:
        raise Refused(404, "resource_missing")
    if method.customer is None:
        raise Refused(400, "payment_method_not_attached")
    customer = _customers.get(method.customer)
    if customer and customer.default == method_id:
        customer.default = None
    method.customer = None
    publish(None, "payment_method.detached", method.as_object())
    return method.as_object()


def confirm_setup(setup, name):
    if setup.status != "requires_payment_method":
        raise Refused(400, "setup_intent_unexpected_state")
    method = method_of(name, setup.customer)
    if method.kind in DECLINED:
        publish(None, "setup_intent.setup_failed", setup.as_object())
        raise Refused(402, "card_declined", decline_code=DECLINED[method.kind])
    setup.method = method
    if method.kind == "pm_card_authenticationRequired":
        setup.status = "requires_action"
    else:
        finish_setup(setup)


def finish_setup(setup):
    setup.status = "succeeded"
    attach(setup.method, setup.customer)
    publish(None, "setup_intent.succeeded", setup.as_object())


def update_customer(customer, asked):
    default = asked.get("invoice_settings[default_payment_method]")
    if default is not None:
        method = _methods.get(default)
        if method is None or method.customer != customer.id:
            raise Refused(400, "resource_missing", param="invoice_settings[default_payment_method]")
        customer.default = default
    return customer.as_object()


def delete_customer(customer):
    for method in _methods.values():
        if method.customer == customer.id:
            method.customer = None
    del _customers[customer.id]
    publish(None, "customer.deleted", customer.as_object())
    return {"id": customer.id, "object": "customer", "deleted": True}


# --- Webhooks -------------------------------------------------------------------------------------------------------


def publish(payment, kind, thing):
    event = {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": kind, "created": int(time.time()),
             "api_version": "2024-06-20", "livemode": False, "data": {"object": thing}}
    if payment is not None:
        payment.last_event = event
    fault = faults.consume(lambda fault: fault.matches(SERVICE, "Webhook", json.dumps(event).encode()))
    webhooks.send(deliveries(event), fault)


def deliveries(event):
    """To each endpoint that is registered for the event. Without an account there is none."""
    body = json.dumps(event).encode()
    for path, setting, kinds in ENDPOINTS:
        secret = _account.get(setting)
        if secret and any(event["type"] == kind or kind.endswith(".") and event["type"].startswith(kind) for kind in kinds):
            yield webhooks.Delivery(path, body, lambda secret=secret: {
                "stripe-signature": webhooks.stripe_signature(body, secret, int(time.time()))})


# --- The API -------------------------------------------------------------------------------------------------------


async def serve(scope, receive, send):
    """One call of the API, with the fault that it meets."""
    body = await read_body(receive)
    fault = faults.take(faults.Call(SERVICE, operation_of(scope)), body)
    if fault and fault.error == STORED_ERROR:
        scope["stored_error"] = True
        fault = None
    await faults.serve(fault, answer, scope, body, receive, send)


def operation_of(scope):
    parts = scope["path"].removeprefix(PREFIX).split("/")
    key = (scope["method"], parts[0], len(parts))
    return OPERATIONS.get((*key, parts[-1])) or OPERATIONS.get(key, "")


async def answer(scope, receive, send):
    pairs = parse_qsl((await read_body(receive)).decode(), keep_blank_values=True)
    pairs += parse_qsl(scope.get("query_string", b"").decode(), keep_blank_values=True)
    form = dict(pairs)
    if EXPAND in form:
        form[EXPAND] = [value for name, value in pairs if name == EXPAND]
    status, body = once(scope, form)
    await send_json(send, status, body)


def once(scope, form):
    """The same idempotency key again gets the same answer: that of a declined card, and of a failure, too."""
    key, request = header(scope, "idempotency-key"), (scope["method"], scope["path"], form)
    if key and key in _answers:
        before, answered = _answers[key]
        return answered if before == request else (400, Refused(400, "idempotency_key_in_use").body)
    try:
        authorize(scope)
        answered = (500, Refused(500, STORED_ERROR).body) if scope.get("stored_error") else (200, handle(scope, form))
    except Refused as refused:
        answered = refused.status, refused.body
    if key and answered[0] != 401:
        _answers[key] = request, answered
    return answered


def authorize(scope):
    key = _account.get("key")
    if key is None or header(scope, "authorization") != f"Bearer {key}":
        raise Refused(401, "api_key_expired")


def handle(scope, form):
    parts = scope["path"].removeprefix(PREFIX).split("/")
    handler = HANDLERS.get(operation_of(scope))
    if handler is None:
        raise Refused(404, "url_invalid")
    return handler(parts[1] if len(parts) > 1 else None, form)


def create(form):
    if not form.get("amount", "").isdigit() or len(form.get("currency", "")) != 3:
        raise Refused(400, "parameter_invalid_integer")
    if int(form["amount"]) == 0:
        raise Refused(400, "amount_too_small", param="amount")
    if int(form["amount"]) % STEPS.get(form["currency"], 1):
        raise Refused(400, "invalid_charge_amount_no_decimal_compatible")
    if MULTICAPTURE in form and not _account.get("multicapture", True):
        raise Refused(400, "parameter_unknown", param=MULTICAPTURE)
    customer = form.get("customer") and known(_customers, form["customer"]).id
    method = form.get("payment_method") and method_of(form["payment_method"], customer)
    payment = Payment(int(form["amount"]), form["currency"], metadata_of(form), form.get("capture_method") == "manual",
                      form.get(MULTICAPTURE) == "if_available", customer, "setup_future_usage" in form, method or None)
    if method:
        payment.status = "requires_confirmation"
    _payments[payment.id] = payment
    return payment


def metadata_of(form):
    return {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}


def search(form):
    """Only `metadata['key']:'value'`, joined by AND."""
    wanted = re.findall(r"metadata\['([^']+)'\]:'([^']*)'", form.get("query", ""))
    until = time.time() - _account.get("searchLagSeconds", 0)
    found = [payment for payment in _payments.values()
             if payment.created <= until and all(payment.metadata.get(name) == value for name, value in wanted)]
    expand = [path.removeprefix("data.") for path in form.get(EXPAND, ())]
    return listed([payment.as_intent(expand) for payment in found], "/v1/payment_intents/search")


def create_customer(form):
    customer = Customer(metadata_of(form))
    _customers[customer.id] = customer
    return customer.as_object()


def create_setup(form):
    setup = Setup(known(_customers, form.get("customer")).id, metadata_of(form))
    _setups[setup.id] = setup
    return setup.as_object(form.get(EXPAND, ()))


def methods_of(customer_id):
    known(_customers, customer_id)
    found = sorted((method for method in _methods.values() if method.customer == customer_id),
                   key=lambda method: -method.created)
    return listed([method.as_object() for method in found], f"/v1/customers/{customer_id}/payment_methods")


def known(objects, object_id):
    if object_id not in objects:
        raise Refused(404, "resource_missing")
    return objects[object_id]


def intent(change):
    """The answer of a call on one payment, expanded as it was asked for."""
    def handler(payment_id, form):
        return change(payment_id, form).as_intent(form.get(EXPAND, ()))
    return handler


HANDLERS = {
    "CreatePayment": intent(lambda _, form: create(form)),
    "FindPayment": intent(lambda one, _form: known(_payments, one)),
    "ConfirmPayment": intent(lambda one, form: confirm(known(_payments, one), form)),
    "CapturePayment": intent(lambda one, form: capture(known(_payments, one), form)),
    "CancelPayment": intent(lambda one, _form: cancel(known(_payments, one))),
    "SearchPayments": lambda _, form: search(form),
    "CreateRefund": lambda _, form: refund(known(_payments, form.get("payment_intent")), form.get("amount"), metadata_of(form)),
    "ListRefunds": lambda _, form: listed(
        [one.as_object() for one in known(_payments, form.get("payment_intent")).refunds], "/v1/refunds"),
    "ListDisputes": lambda _, form: listed(
        [one.as_object() for one in known(_payments, form.get("payment_intent")).disputes], "/v1/disputes"),
    "CreateCustomer": lambda _, form: create_customer(form),
    "UpdateCustomer": lambda one, form: update_customer(known(_customers, one), form),
    "FindCustomer": lambda one, _form: known(_customers, one).as_object(),
    "DeleteCustomer": lambda one, _form: delete_customer(known(_customers, one)),
    "ListMethods": lambda one, _form: methods_of(one),
    "DetachMethod": lambda one, _form: detach(one),
    "CreateSetup": lambda _, form: create_setup(form),
    "FindSetup": lambda one, form: known(_setups, one).as_object(form.get(EXPAND, ())),
}


# --- /_local/payments ----------------------------------------------------------------------------------------------


async def show(scope, _receive, send):
    wanted = query(scope).get("reference")
    found = [payment.summary(reference_of(payment)) for payment in _payments.values()]
    await send_json(send, 200, [one for one in found if wanted in (None, one["reference"])])


def reference_of(payment):
    return next((payment.metadata[name] for name in REFERENCES if name in payment.metadata), None)


def by_secret(asked):
    name = str(asked.get("clientSecret")).partition("_secret_")[0]
    return known(_setups if name.startswith("seti_") else _payments, name)


def confirm_in_form(asked):
    one = by_secret(asked)
    if isinstance(one, Setup):
        return confirm_setup(one, asked.get("paymentMethod"))
    return confirm(one, {"payment_method": asked.get("paymentMethod")})


def authenticate(one):
    if one.status != "requires_action":
        raise unexpected_state()
    finish_setup(one) if isinstance(one, Setup) else succeed(one)


def refuse_authentication(payment):
    if payment.status != "requires_action":
        raise unexpected_state()
    refuse(payment, "payment_intent_authentication_failure")


def resend(payment):
    if payment.last_event is None:
        raise Refused(400, "no_event")
    webhooks.send(deliveries(payment.last_event))


def payment_of(asked):
    return known(_payments, asked.get("payment"))


ACTIONS = {
    "account": _account.update,
    "authenticate": lambda asked: authenticate(by_secret(asked)),
    "capture": lambda asked: capture(payment_of(asked), {"amount_to_capture": asked["amount"]} if "amount" in asked else {}),
    "confirm": confirm_in_form,
    "decide": lambda asked: decide(asked.get("dispute"), asked.get("status")),
    "decline": lambda asked: refuse_authentication(by_secret(asked)),
    "dispute": lambda asked: dispute(payment_of(asked), asked.get("amount")),
    "expire": lambda asked: expire(payment_of(asked)),
    "refund": lambda asked: refund(payment_of(asked), asked.get("amount")),
    "resend": lambda asked: resend(payment_of(asked)),
    "settle": lambda asked: settle(asked.get("refund"), asked.get("status")),
}


async def act(name, _scope, receive, send):
    try:
        done = ACTIONS[name](json.loads(await read_body(receive)))
    except Refused as refused:
        return await send_json(send, refused.status, refused.body)
    except (ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not understood: {error}"})
    await send_json(send, 200, done if isinstance(done, dict) and "dispute" in done else {})
