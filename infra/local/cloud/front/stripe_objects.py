"""The objects of the Stripe sandbox, as the API shows them. Amounts are in Stripe's units."""
import time
import uuid
from dataclasses import dataclass, field

SEVEN_DAYS = 7 * 24 * 3600


def new_id(prefix):
    return f"{prefix}_{uuid.uuid4().hex}"


def listed(objects, path):
    return {"object": "list", "data": objects, "has_more": False, "url": path}


@dataclass
class Card:
    brand: str
    last4: str
    multicapture: bool = True


CARDS = {
    "pm_card_visa": Card("visa", "4242"),
    "pm_card_mastercard": Card("mastercard", "4444"),
    "pm_card_unionpay": Card("unionpay", "0005", multicapture=False),
    "pm_card_visa_chargeDeclined": Card("visa", "0002"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card("visa", "9995"),
    "pm_card_authenticationRequired": Card("visa", "3184"),
    "pm_card_pendingRefund": Card("visa", "7726"),
    "pm_card_refundFail": Card("visa", "5126"),
    "pm_sandbox_processing": Card("visa", "4242"),
    "pm_sandbox_stuck": Card("visa", "4242"),
}


@dataclass
class Method:
    kind: str
    customer: str | None = None
    id: str = field(default_factory=lambda: new_id("pm"))
    created: float = field(default_factory=time.time)

    @property
    def card(self):
        return CARDS[self.kind]

    def as_card(self):
        return {"brand": self.card.brand, "last4": self.card.last4, "exp_month": 12, "exp_year": 2034, "funding": "credit"}

    def as_object(self):
        return {"id": self.id, "object": "payment_method", "type": "card", "customer": self.customer,
                "card": self.as_card(), "created": int(self.created), "metadata": {}, "livemode": False}


@dataclass
class Customer:
    metadata: dict
    default: str | None = None
    id: str = field(default_factory=lambda: new_id("cus"))

    def as_object(self):
        return {"id": self.id, "object": "customer", "metadata": self.metadata, "livemode": False,
                "invoice_settings": {"default_payment_method": self.default}}


@dataclass
class Refund:
    payment: "Payment"
    amount: int
    metadata: dict
    status: str = "succeeded"
    id: str = field(default_factory=lambda: new_id("re"))

    def as_object(self):
        return {"id": self.id, "object": "refund", "amount": self.amount, "currency": self.payment.currency,
                "status": self.status, "payment_intent": self.payment.id, "charge": self.payment.charge.id,
                "metadata": self.metadata}


@dataclass
class Dispute:
    payment: "Payment"
    amount: int
    status: str = "needs_response"
    id: str = field(default_factory=lambda: new_id("dp"))

    def as_object(self):
        # A dispute has no metadata of its payment.
        return {"id": self.id, "object": "dispute", "amount": self.amount, "currency": self.payment.currency,
                "status": self.status, "charge": self.payment.charge.id, "payment_intent": self.payment.id, "metadata": {}}


@dataclass
class Charge:
    payment: "Payment"
    method: Method
    amount: int
    status: str = "succeeded"
    captured: int = 0
    id: str = field(default_factory=lambda: new_id("ch"))
    created: int = field(default_factory=lambda: int(time.time()))

    def as_object(self, with_refunds=False):
        payment = self.payment
        card = {**self.method.as_card(),
                "multicapture": {"status": "available" if payment.allows_multicapture(self.method) else "unavailable"}}
        if payment.status == "requires_capture":
            card["capture_before"] = self.created + SEVEN_DAYS
        shown = {"id": self.id, "object": "charge", "amount": self.amount, "amount_captured": self.captured,
                 "amount_refunded": payment.refunded, "captured": payment.status != "requires_capture",
                 "currency": payment.currency, "status": self.status, "paid": self.status == "succeeded",
                 "refunded": 0 < self.captured == payment.refunded, "disputed": bool(payment.disputes),
                 "payment_intent": payment.id, "payment_method": self.method.id, "metadata": payment.metadata,
                 "customer": payment.customer, "payment_method_details": {"type": "card", "card": card}}
        if with_refunds:
            shown["refunds"] = listed([refund.as_object() for refund in payment.refunds[:10]],
                                      f"/v1/charges/{self.id}/refunds")
            shown["refunds"]["has_more"] = len(payment.refunds) > 10
        return shown


@dataclass
class Payment:
    amount: int
    currency: str
    metadata: dict
    manual: bool = False
    wants_multicapture: bool = False
    customer: str | None = None
    saves_method: bool = False
    method: Method | None = None
    status: str = "requires_payment_method"
    charges: list = field(default_factory=list)
    refunds: list = field(default_factory=list)
    disputes: list = field(default_factory=list)
    error: dict | None = None
    id: str = field(default_factory=lambda: new_id("pi"))
    created: int = field(default_factory=lambda: int(time.time()))
    last_event: dict | None = None

    @property
    def secret(self):
        return f"{self.id}_secret_{self.id[-8:]}"

    @property
    def charge(self):
        return self.charges[-1] if self.charges else None

    @property
    def charged(self):
        """What was taken from the card."""
        return sum(charge.captured for charge in self.charges)

    @property
    def capturable(self):
        return self.charge.amount - self.charge.captured if self.status == "requires_capture" else 0

    @property
    def refunded(self):
        return sum(refund.amount for refund in self.refunds if refund.status not in ("failed", "canceled"))

    @property
    def disputed(self):
        return sum(dispute.amount for dispute in self.disputes if dispute.status == "lost")

    def allows_multicapture(self, method):
        return self.manual and self.wants_multicapture and method.card.multicapture

    def as_intent(self, expand=()):
        charge = self.charge
        latest = charge and (charge.as_object("latest_charge.refunds" in expand) if "latest_charge" in expand else charge.id)
        return {"id": self.id, "object": "payment_intent", "amount": self.amount, "amount_received": self.charged,
                "amount_capturable": self.capturable, "currency": self.currency, "status": self.status,
                "capture_method": "manual" if self.manual else "automatic", "client_secret": self.secret,
                "livemode": False, "metadata": self.metadata, "last_payment_error": self.error, "created": self.created,
                "customer": self.customer, "payment_method": self.method and self.method.id, "latest_charge": latest}

    def summary(self, reference):
        authorized = sum(charge.amount for charge in self.charges if charge.status == "succeeded")
        return {"id": self.id, "reference": reference, "amount": self.amount, "currency": self.currency.upper(),
                "status": self.status, "authorized": authorized,
                "charged": self.charged, "refunded": self.refunded, "disputed": self.disputed,
                "refunds": [refund.as_object() for refund in self.refunds],
                "disputes": [dispute.as_object() for dispute in self.disputes]}


@dataclass
class Setup:
    customer: str
    metadata: dict
    method: Method | None = None
    status: str = "requires_payment_method"
    id: str = field(default_factory=lambda: new_id("seti"))

    @property
    def secret(self):
        return f"{self.id}_secret_{self.id[-8:]}"

    def as_object(self, expand=()):
        method = self.method and (self.method.as_object() if "payment_method" in expand else self.method.id)
        return {"id": self.id, "object": "setup_intent", "status": self.status, "customer": self.customer,
                "client_secret": self.secret, "metadata": self.metadata, "payment_method": method, "usage": "off_session"}
