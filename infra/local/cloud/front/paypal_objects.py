"""The objects of the PayPal sandbox, as the API shows them. Amounts are decimals in the currency's main unit."""
import random
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal

# PayPal refuses decimals in these; all of its others have two.
WITHOUT_DECIMALS = ("HUF", "JPY", "TWD")
CURRENCIES = ("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS", "MXN", "MYR", "NOK", "NZD", "PHP",
              "PLN", "SEK", "SGD", "THB", "USD", *WITHOUT_DECIMALS)
AUTHORIZATION_DAYS = 29


def new_id():
    return "".join(random.choices(string.ascii_uppercase + string.digits, k=17))


def now():
    return datetime.now(timezone.utc)


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount, currency):
    value = f"{amount:.0f}" if currency in WITHOUT_DECIMALS else f"{amount:.2f}"
    return {"currency_code": currency, "value": value}


@dataclass
class Refund:
    capture: "Capture"
    amount: Decimal
    custom_id: str | None
    status: str = "COMPLETED"
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)

    def as_object(self, base):
        shown = {"id": self.id, "status": self.status, "amount": money(self.amount, self.capture.order.currency),
                 "create_time": written(self.created),
                 "links": [{"href": f"{base}/v2/payments/refunds/{self.id}", "rel": "self", "method": "GET"},
                           {"href": f"{base}/v2/payments/captures/{self.capture.id}", "rel": "up", "method": "GET"}]}
        # A refund of the dashboard has the capture's.
        return {**shown, "custom_id": self.custom_id or self.capture.order.custom_id}


@dataclass
class Dispute:
    capture: "Capture"
    amount: Decimal
    status: str = "WAITING_FOR_SELLER_RESPONSE"
    outcome: str | None = None
    id: str = field(default_factory=lambda: f"PP-D-{random.randrange(10**5)}")

    def as_object(self, whole=True):
        order = self.capture.order
        shown = {"dispute_id": self.id, "status": self.status, "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
                 "dispute_amount": money(self.amount, order.currency)}
        if whole:
            # The list of disputes has neither.
            shown["disputed_transactions"] = [{"seller_transaction_id": self.capture.id, "custom": order.custom_id}]
            if self.outcome:
                shown["dispute_outcome"] = {"outcome_code": self.outcome}
        return shown


@dataclass
class Capture:
    order: "Order"
    amount: Decimal
    invoice_id: str | None
    final: bool
    authorization: "Authorization | None" = None
    state: str = "COMPLETED"
    refunds: list = field(default_factory=list)
    disputes: list = field(default_factory=list)
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)

    @property
    def refunded(self):
        return sum((one.amount for one in self.refunds if one.status in ("COMPLETED", "PENDING")), Decimal(0))

    @property
    def is_taken(self):
        return self.state == "COMPLETED"

    @property
    def status(self):
        if not self.is_taken or not self.refunded:
            return self.state
        return "REFUNDED" if self.refunded == self.amount else "PARTIALLY_REFUNDED"

    def as_object(self, base, whole=False):
        parent = f"authorizations/{self.authorization.id}" if self.authorization else None
        up = f"{base}/v2/payments/{parent}" if parent else f"{base}/v2/checkout/orders/{self.order.id}"
        shown = {"id": self.id, "status": self.status, "amount": money(self.amount, self.order.currency),
                 "final_capture": self.final, "custom_id": self.order.custom_id, "invoice_id": self.invoice_id,
                 "create_time": written(self.created), "update_time": written(now()),
                 "links": [{"href": f"{base}/v2/payments/captures/{self.id}", "rel": "self", "method": "GET"},
                           {"href": f"{base}/v2/payments/captures/{self.id}/refund", "rel": "refund", "method": "POST"},
                           {"href": up, "rel": "up", "method": "GET"}]}
        return {**shown, "supplementary_data": {"related_ids": {"order_id": self.order.id}}} if whole else shown


@dataclass
class Authorization:
    order: "Order"
    amount: Decimal
    status: str = "CREATED"
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)

    @property
    def left(self):
        return self.amount - sum((one.amount for one in self.order.captures if one.state != "DECLINED"), Decimal(0))

    @property
    def is_open(self):
        return self.status in ("CREATED", "PARTIALLY_CAPTURED")

    def as_object(self, base, whole=False):
        shown = {"id": self.id, "status": self.status, "amount": money(self.amount, self.order.currency),
                 "custom_id": self.order.custom_id, "invoice_id": self.order.invoice_id,
                 "expiration_time": written(self.created + timedelta(days=AUTHORIZATION_DAYS)),
                 "create_time": written(self.created), "update_time": written(now()),
                 "links": [{"href": f"{base}/v2/payments/authorizations/{self.id}", "rel": "self", "method": "GET"},
                           {"href": f"{base}/v2/checkout/orders/{self.order.id}", "rel": "up", "method": "GET"}]}
        return {**shown, "supplementary_data": {"related_ids": {"order_id": self.order.id}}} if whole else shown


@dataclass
class Order:
    intent: str
    amount: Decimal
    currency: str
    custom_id: str | None
    invoice_id: str | None
    status: str = "PAYER_ACTION_REQUIRED"
    instrument: str = "ok"
    authorizations: list = field(default_factory=list)
    captures: list = field(default_factory=list)
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)
    last_event: dict | None = None
    last_delivery: dict | None = None

    def approval(self, base):
        return f"{base}/checkoutnow?token={self.id}"

    def as_object(self, base):
        refunds = [refund.as_object(base) for capture in self.captures for refund in capture.refunds]
        payments = {"authorizations": [one.as_object(base) for one in self.authorizations],
                    "captures": [one.as_object(base) for one in self.captures], "refunds": refunds}
        unit = {"reference_id": "default", "amount": money(self.amount, self.currency), "custom_id": self.custom_id,
                "invoice_id": self.invoice_id, "payments": {name: found for name, found in payments.items() if found}}
        links = [{"href": f"{base}/v2/checkout/orders/{self.id}", "rel": "self", "method": "GET"}]
        if self.status == "PAYER_ACTION_REQUIRED":
            links.append({"href": self.approval(base), "rel": "payer-action", "method": "GET"})
        return {"id": self.id, "intent": self.intent, "status": self.status, "purchase_units": [unit],
                "create_time": written(self.created), "links": links}

    def summary(self):
        taken = [one for one in self.captures if one.is_taken]
        return {"id": self.id, "reference": (self.custom_id or "").partition(":")[2], "status": self.status,
                "currency": self.currency, "amount": str(self.amount),
                "authorized": str(sum((one.amount for one in self.authorizations), Decimal(0))),
                "captured": str(sum((one.amount for one in taken), Decimal(0))),
                "refunded": str(sum((one.refunded for one in taken), Decimal(0))),
                "lastDelivery": self.last_delivery,
                "captures": [{"id": one.id, "status": one.status, "amount": str(one.amount),
                              "refunds": [{"id": refund.id, "status": refund.status} for refund in one.refunds],
                              "disputes": [{"id": dispute.id, "status": dispute.status} for dispute in one.disputes]}
                             for one in self.captures]}
