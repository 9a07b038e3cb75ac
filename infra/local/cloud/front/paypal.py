"""A sandbox of PayPal: the part of its API that Atoll calls, the buyer's approval, and the dashboard.

    /_local/paypal/v1/..., v2/...       oauth2/token, checkout/orders (create, show, capture, authorize),
                                        payments/authorizations (capture, void), payments/captures (show, refund),
                                        customer/disputes, notifications/verify-webhook-signature
    GET  /_local/paypal/checkoutnow     the page on which a buyer approves, which the approval URL names
    GET  /_local/paypal.json            every order with its captures, refunds and disputes, and the last webhook as it was sent;
                                        ?reference= for one of ours
    POST /_local/paypal/account         {"clientId", "clientSecret", "webhookId"}: what an operator gets from the dashboard
    POST /_local/paypal/approve         {"order", "instrument"?}: the buyer approves. The instrument is `ok` (default),
                                        `declined`, `action` (the buyer has to return), or `pending` (an e-check)
    POST /_local/paypal/refund          {"capture", "amount"?}: a refund in the dashboard
    POST /_local/paypal/settle          {"capture" or "refund", "status"}: what is pending ends, or a refund fails later
    POST /_local/paypal/forget          {"order"}: an order that was not approved in time is gone
    POST /_local/paypal/void            {"order"}: an authorization is voided in the dashboard, or expires
    POST /_local/paypal/dispute         {"capture", "amount"?}: the buyer disputes a payment; returns the dispute's id
    POST /_local/paypal/decide          {"dispute", "outcome"}: `RESOLVED_BUYER_FAVOUR`, `RESOLVED_SELLER_FAVOUR`, ...
    POST /_local/paypal/revoke          {}: every access token ends
    POST /_local/paypal/resend          {"order"}: the dashboard's "resend" of an order's last webhook

Amounts are decimals as PayPal writes them: HUF, JPY and TWD have none.

Faults have the service `paypal` and an operation of OPERATIONS. For `Webhook` the error says what happens to the event: `lost`,
`doubled`, `late` or `reordered`. The signature is the sandbox's own over the raw body, and its endpoint verifies it.
"""
import base64
import hashlib
import hmac
import json
import secrets
import uuid
import zlib
from decimal import Decimal, InvalidOperation

from . import faults, webhooks
from .asgi import header, query, read_body, send_bytes, send_json, send_page
from .paypal_objects import (CURRENCIES, WITHOUT_DECIMALS, Authorization, Capture, Dispute, Order, Refund, new_id, now,
                             written)

SERVICE = "paypal"
PREFIX = "/_local/paypal/"
WEBHOOKS = "/v1/commerce/payments/webhooks/paypal"
OPERATIONS = {
    ("POST", "v1/oauth2/token"): "CreateToken",
    ("POST", "v2/checkout/orders"): "CreateOrder",
    ("GET", "v2/checkout/orders/*"): "FindOrder",
    ("POST", "v2/checkout/orders/*/capture"): "CaptureOrder",
    ("POST", "v2/checkout/orders/*/authorize"): "AuthorizeOrder",
    ("POST", "v2/payments/authorizations/*/capture"): "CaptureAuthorization",
    ("POST", "v2/payments/authorizations/*/void"): "VoidAuthorization",
    ("GET", "v2/payments/captures/*"): "FindCapture",
    ("POST", "v2/payments/captures/*/refund"): "RefundCapture",
    ("GET", "v1/customer/disputes"): "ListDisputes",
    ("GET", "v1/customer/disputes/*"): "FindDispute",
    ("POST", "v1/notifications/verify-webhook-signature"): "VerifyWebhook",
}
TOKEN_SECONDS = 32_400
MAX_CAPTURES = 10
CERTIFICATE = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-local"
SIGNING_KEY = secrets.token_bytes(32)
INSTRUMENTS = ("ok", "declined", "action", "pending")
PAGE = """<!doctype html><meta charset="utf-8"><title>PayPal sandbox</title>
<style>body{font:16px system-ui;max-width:30em;margin:4em auto}button{font:inherit;padding:.5em 1em}</style>
<h1>Pay with the PayPal sandbox</h1><p>Order <code>%s</code></p>
<button id="approve">Approve</button> <a href="about:blank">Cancel</a><p id="done"></p>
<script>approve.onclick=async()=>{const r=await fetch("/_local/paypal/approve",{method:"POST",
body:JSON.stringify({order:"%s"})});done.textContent=r.ok?"Approved. Return to the shop.":"Not possible any more."}</script>
"""

_orders = {}
_authorizations = {}
_captures = {}
_refunds = {}
_disputes = {}
_tokens = set()
_answers = {}  # by path and request id: what was answered
_account = {}


class Refused(Exception):
    """An error as the API words it."""

    def __init__(self, status, issue, links=()):
        super().__init__(issue)
        self.status = status
        name = {400: "INVALID_REQUEST", 404: "RESOURCE_NOT_FOUND"}.get(status, "UNPROCESSABLE_ENTITY")
        self.body = {"name": name, "message": f"The sandbox says {issue}.", "debug_id": uuid.uuid4().hex[:13],
                     "details": [{"issue": issue, "description": f"The sandbox says {issue}."}], "links": list(links)}


# --- What happens to an order ---------------------------------------------------------------------------------------


def create(asked, base):
    unit = asked["purchase_units"][0]
    currency = unit["amount"]["currency_code"]
    order = Order(asked["intent"], decimal_of(unit["amount"]["value"], currency), currency, unit.get("custom_id"),
                  unit.get("invoice_id"))
    context = asked["payment_source"]["paypal"]["experience_context"]
    if not context.get("return_url") or not context.get("cancel_url") or order.intent not in ("CAPTURE", "AUTHORIZE"):
        raise Refused(400, "MISSING_REQUIRED_PARAMETER")
    _orders[order.id] = order
    return 201, order.as_object(base)


def decimal_of(value, currency):
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise Refused(400, "INVALID_PARAMETER_SYNTAX") from None
    if currency not in CURRENCIES:
        raise Refused(422, "CURRENCY_NOT_SUPPORTED")
    if amount <= 0:
        raise Refused(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
    if -amount.as_tuple().exponent > (0 if currency in WITHOUT_DECIMALS else 2):
        raise Refused(422, "DECIMALS_NOT_SUPPORTED" if currency in WITHOUT_DECIMALS else "DECIMAL_PRECISION")
    return amount


def approve(order, instrument="ok"):
    if order.status != "PAYER_ACTION_REQUIRED":
        raise Refused(422, "ORDER_ALREADY_COMPLETED")
    if instrument not in INSTRUMENTS:
        raise ValueError(f"instrument must be one of {', '.join(INSTRUMENTS)}")
    order.status, order.instrument = "APPROVED", instrument
    publish(order, "CHECKOUT.ORDER.APPROVED", "checkout-order", lambda base: order.as_object(base))


def take_approval(order, intent, done, base):
    """The approval is used up by what follows it."""
    if order.status == "COMPLETED":
        raise Refused(422, done)
    if order.intent != intent:
        raise Refused(422, "ACTION_DOES_NOT_MATCH_INTENT")
    if order.status != "APPROVED":
        raise Refused(422, "ORDER_NOT_APPROVED")
    if order.instrument in ("declined", "action"):
        order.status = "PAYER_ACTION_REQUIRED"
        again = {"href": order.approval(base), "rel": "redirect", "method": "GET"}
        raise Refused(422, "INSTRUMENT_DECLINED" if order.instrument == "declined" else "PAYER_ACTION_REQUIRED", [again])
    refuse_duplicate(order.invoice_id)
    order.status = "COMPLETED"


def capture_order(order, base):
    take_approval(order, "CAPTURE", "ORDER_ALREADY_CAPTURED", base)
    take(order, order.amount, order.invoice_id, True, None)
    return 201, order.as_object(base)


def authorize_order(order, base):
    take_approval(order, "AUTHORIZE", "ORDER_ALREADY_AUTHORIZED", base)
    one = Authorization(order, order.amount)
    order.authorizations.append(one)
    _authorizations[one.id] = one
    publish(order, "PAYMENT.AUTHORIZATION.CREATED", "authorization", lambda base: one.as_object(base, whole=True))
    return 201, order.as_object(base)


def capture_authorization(authorization, asked, base):
    order = authorization.order
    if authorization.status == "VOIDED":
        raise Refused(422, "AUTHORIZATION_VOIDED")
    if not authorization.is_open:
        raise Refused(422, "AUTHORIZATION_ALREADY_CAPTURED")
    amount = decimal_of(asked["amount"]["value"], asked["amount"]["currency_code"]) if "amount" in asked else authorization.left
    if amount > authorization.left:
        raise Refused(422, "MAX_CAPTURE_AMOUNT_EXCEEDED")
    if len(order.captures) >= MAX_CAPTURES:
        raise Refused(422, "MAX_CAPTURE_COUNT_EXCEEDED")
    invoice = asked.get("invoice_id", order.invoice_id)
    refuse_duplicate(invoice)
    is_final = asked.get("final_capture", False) or amount == authorization.left
    authorization.status = "CAPTURED" if is_final else "PARTIALLY_CAPTURED"
    return 201, take(order, amount, invoice, is_final, authorization).as_object(base, whole=True)


def refuse_duplicate(invoice):
    """As most accounts are set up: an invoice is paid once."""
    if invoice and any(one.invoice_id == invoice and one.state != "DECLINED" for one in _captures.values()):
        raise Refused(422, "DUPLICATE_INVOICE_ID")


def take(order, amount, invoice, is_final, authorization):
    state = "PENDING" if order.instrument == "pending" else "COMPLETED"
    one = Capture(order, amount, invoice, is_final, authorization, state)
    order.captures.append(one)
    _captures[one.id] = one
    tell_capture(one)
    return one


def tell_capture(one):
    kind = {"DECLINED": "DENIED"}.get(one.state, one.state)
    publish(one.order, f"PAYMENT.CAPTURE.{kind}", "capture", lambda base: one.as_object(base, whole=True))


def void(authorization):
    if authorization.status == "VOIDED":
        raise Refused(422, "PREVIOUSLY_VOIDED")
    if not authorization.is_open:
        raise Refused(422, "PREVIOUSLY_CAPTURED")
    authorization.status = "VOIDED"
    publish(authorization.order, "PAYMENT.AUTHORIZATION.VOIDED", "authorization",
            lambda base: authorization.as_object(base, whole=True))
    return 204, None


def refund(capture, asked, base):
    currency = capture.order.currency
    if not capture.is_taken:
        raise Refused(422, "PENDING_CAPTURE")
    left = capture.amount - capture.refunded
    if not left:
        raise Refused(422, "CAPTURE_FULLY_REFUNDED")
    amount = decimal_of(asked["amount"]["value"], currency) if "amount" in asked else left
    if amount > left:
        raise Refused(422, "REFUND_AMOUNT_EXCEEDED")
    one = Refund(capture, amount, asked.get("custom_id"), "PENDING" if capture.order.instrument == "pending" else "COMPLETED")
    capture.refunds.append(one)
    _refunds[one.id] = one
    tell_refund(one)
    return 201, one.as_object(base)


def tell_refund(one):
    kind = {"COMPLETED": "PAYMENT.CAPTURE.REFUNDED", "PENDING": "PAYMENT.REFUND.PENDING"}.get(one.status, "PAYMENT.REFUND.FAILED")
    publish(one.capture.order, kind, "refund", one.as_object)


def settle(asked):
    if "refund" in asked:
        one = known(_refunds, asked["refund"])
        one.status = asked["status"]
        return tell_refund(one)
    one = known(_captures, asked.get("capture"))
    if one.state != "PENDING":
        raise Refused(422, "CAPTURE_STATUS_NOT_VALID")
    one.state = asked["status"]
    tell_capture(one)


def dispute(capture, amount=None):
    one = Dispute(capture, capture.amount if amount is None else Decimal(str(amount)))
    capture.disputes.append(one)
    _disputes[one.id] = one
    publish(capture.order, "CUSTOMER.DISPUTE.CREATED", "dispute", lambda _: one.as_object())
    return {"dispute": one.id}


def decide(one, outcome):
    one.status, one.outcome = "RESOLVED", outcome
    publish(one.capture.order, "CUSTOMER.DISPUTE.RESOLVED", "dispute", lambda _: one.as_object())


# --- Webhooks -------------------------------------------------------------------------------------------------------


def publish(order, kind, resource_type, resource):
    event = {"id": f"WH-{new_id()}", "event_version": "1.0", "create_time": written(now()), "resource_type": resource_type,
             "event_type": kind, "summary": f"The sandbox says {kind}", "resource": resource("https://api.sandbox.paypal.com")}
    order.last_event = event
    fault = faults.consume(lambda fault: fault.matches(SERVICE, "Webhook", json.dumps(event).encode()))
    webhooks.send(deliveries(order), fault)


def deliveries(order):
    webhook_id = _account.get("webhookId")
    if not webhook_id:
        return
    # PayPal's own texts have spaces and escapes that a serializer here or there would write differently.
    body = json.dumps(order.last_event, indent=1).encode()
    transmission, time = str(uuid.uuid4()), written(now())
    headers = {"paypal-auth-algo": "SHA256withRSA", "paypal-cert-url": CERTIFICATE, "paypal-transmission-id": transmission,
               "paypal-transmission-time": time,
               "paypal-transmission-sig": signature(transmission, time, webhook_id, body)}
    order.last_delivery = {"headers": headers, "body": body.decode()}
    yield webhooks.Delivery(WEBHOOKS, body, lambda: headers)


def signature(transmission, time, webhook_id, body):
    signed = f"{transmission}|{time}|{webhook_id}|{zlib.crc32(body)}"
    return base64.b64encode(hmac.new(SIGNING_KEY, signed.encode(), hashlib.sha256).digest()).decode()


def verify(raw):
    """The event is taken as it stands in the request: its bytes were signed."""
    asked = json.loads(raw)
    event = raw.split(b'"webhook_event":', 1)[1].rstrip()[:-1].strip()
    wanted = signature(asked["transmission_id"], asked["transmission_time"], asked["webhook_id"], event)
    is_proven = asked["webhook_id"] == _account.get("webhookId") and hmac.compare_digest(wanted, asked["transmission_sig"])
    return 200, {"verification_status": "SUCCESS" if is_proven else "FAILURE"}


# --- The API --------------------------------------------------------------------------------------------------------


async def serve(scope, receive, send):
    """One call of the API, with the fault that it meets, or the buyer's page."""
    if (scope["method"], path_of(scope)) == ("GET", "checkoutnow"):
        token = "".join(char for char in query(scope).get("token", "") if char.isalnum())
        return await send_page(send, (PAGE % (token, token)).encode())
    body = await read_body(receive)
    fault = faults.take(faults.Call(SERVICE, operation_of(scope)), body)
    await faults.serve(fault, answer, scope, body, receive, send)


def path_of(scope):
    return scope["path"].removeprefix(PREFIX).strip("/")


def is_api(scope):
    return path_of(scope).startswith(("v1/", "v2/")) or path_of(scope) == "checkoutnow"


def operation_of(scope):
    parts = path_of(scope).split("/")
    for at in (None, 3):
        shape = "/".join("*" if index == at else part for index, part in enumerate(parts))
        if operation := OPERATIONS.get((scope["method"], shape)):
            return operation
    return ""


async def answer(scope, receive, send):
    status, body = once(scope, await read_body(receive))
    if body is None:
        return await send_bytes(send, status, b"", "application/json")
    await send_json(send, status, body)


def once(scope, raw):
    """The same request id again gets the first success."""
    key = header(scope, "paypal-request-id") and (path_of(scope), header(scope, "paypal-request-id"))
    try:
        if operation_of(scope) == "CreateToken":
            return create_token(scope)
        if header(scope, "authorization").removeprefix("Bearer ") not in _tokens:
            return 401, {"error": "invalid_token", "error_description": "Token signature verification failed"}
        if key in _answers:
            return 200, current(_answers[key], base_of(scope))
        answered = handle(scope, raw)
    except Refused as refused:
        return refused.status, refused.body
    except (KeyError, TypeError, IndexError, ValueError):
        return 400, Refused(400, "MALFORMED_REQUEST_JSON").body
    if key:
        _answers[key] = answered[1]
    return answered


def current(answered, base):
    """A repeated request gets the resource as it is now."""
    order = _orders.get((answered or {}).get("id"))
    return order.as_object(base) if order else answered


def create_token(scope):
    wanted = base64.b64encode(f"{_account.get('clientId')}:{_account.get('clientSecret')}".encode()).decode()
    if "clientId" not in _account or header(scope, "authorization") != f"Basic {wanted}":
        return 401, {"error": "invalid_client", "error_description": "Client Authentication failed"}
    token = secrets.token_urlsafe(32)
    _tokens.add(token)
    return 200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": "local"}


def base_of(scope):
    return f"http://{header(scope, 'host') or '127.0.0.1'}{PREFIX.rstrip('/')}"


def handle(scope, raw):
    parts, base = path_of(scope).split("/"), base_of(scope)
    one = parts[3] if len(parts) > 3 else None
    asked = json.loads(raw) if raw and operation_of(scope) != "VerifyWebhook" else {}
    match operation_of(scope):
        case "CreateOrder":
            if not header(scope, "paypal-request-id"):
                raise Refused(400, "PAYPAL_REQUEST_ID_REQUIRED")
            return create(asked, base)
        case "FindOrder":
            return 200, known(_orders, one).as_object(base)
        case "CaptureOrder":
            return capture_order(known(_orders, one), base)
        case "AuthorizeOrder":
            return authorize_order(known(_orders, one), base)
        case "CaptureAuthorization":
            return capture_authorization(known(_authorizations, one), asked, base)
        case "VoidAuthorization":
            return void(known(_authorizations, one))
        case "FindCapture":
            return 200, known(_captures, one).as_object(base, whole=True)
        case "RefundCapture":
            return refund(known(_captures, one), asked, base)
        case "ListDisputes":
            capture = _captures.get(query(scope).get("disputed_transaction_id"))
            return 200, {"items": [one.as_object(whole=False) for one in capture.disputes] if capture else []}
        case "FindDispute":
            return 200, known(_disputes, one).as_object()
        case "VerifyWebhook":
            return verify(raw)
    raise Refused(404, "INVALID_RESOURCE_ID")


def known(objects, object_id):
    if object_id not in objects:
        raise Refused(404, "INVALID_RESOURCE_ID")
    return objects[object_id]


# --- /_local/paypal -------------------------------------------------------------------------------------------------


async def show(scope, _receive, send):
    wanted = query(scope).get("reference")
    found = [order.summary() for order in _orders.values()]
    await send_json(send, 200, [one for one in found if wanted in (None, one["reference"])])


def void_in_dashboard(order):
    for one in order.authorizations:
        if one.is_open:
            return void(one) and None
    raise Refused(422, "AUTHORIZATION_ALREADY_CAPTURED")


def forget(order):
    if order.status != "PAYER_ACTION_REQUIRED":
        raise Refused(422, "ORDER_ALREADY_COMPLETED")
    del _orders[order.id]


def resend(order):
    if order.last_event is None:
        raise Refused(422, "NO_EVENT")
    webhooks.send(deliveries(order))


def refund_in_dashboard(asked):
    capture = known(_captures, asked.get("capture"))
    amount = {"amount": {"value": str(asked["amount"])}} if "amount" in asked else {}
    refund(capture, amount, "")


ACTIONS = {
    "account": _account.update,
    "approve": lambda asked: approve(known(_orders, asked.get("order")), asked.get("instrument", "ok")),
    "decide": lambda asked: decide(known(_disputes, asked.get("dispute")), asked.get("outcome")),
    "dispute": lambda asked: dispute(known(_captures, asked.get("capture")), asked.get("amount")),
    "forget": lambda asked: forget(known(_orders, asked.get("order"))),
    "refund": refund_in_dashboard,
    "resend": lambda asked: resend(known(_orders, asked.get("order"))),
    "revoke": lambda _asked: _tokens.clear(),
    "settle": settle,
    "void": lambda asked: void_in_dashboard(known(_orders, asked.get("order"))),
}


async def act(name, _scope, receive, send):
    try:
        done = ACTIONS[name](json.loads(await read_body(receive)))
    except Refused as refused:
        return await send_json(send, refused.status, refused.body)
    except (KeyError, ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not understood: {error}"})
    await send_json(send, 200, done if isinstance(done, dict) and "dispute" in done else {})
