"""The sandbox of PayPal: it answers as PayPal does, and its buyers do as they are told."""
import base64
import json
import unittest

from cloud.front import paypal

ORDERS = "v2/checkout/orders"
PAYMENTS = "v2/payments"


class PayPal(unittest.TestCase):
    def setUp(self):
        for kept in (paypal._orders, paypal._authorizations, paypal._captures, paypal._refunds, paypal._disputes,
                     paypal._tokens, paypal._answers, paypal._account):
            kept.clear()
        paypal._account.update({"clientId": "id", "clientSecret": "secret", "webhookId": "WH1"})
        self.deliveries = []
        self.sent = paypal.webhooks.send
        paypal.webhooks.send = lambda deliveries, fault=None: self.deliveries.extend(deliveries)
        self.addCleanup(setattr, paypal.webhooks, "send", self.sent)
        basic = base64.b64encode(b"id:secret").decode()
        self.token = self.call("POST", "v1/oauth2/token", authorization=f"Basic {basic}")[1]["access_token"]

    def call(self, method, path, asked=None, key=None, authorization=None):
        path, _, queried = path.partition("?")
        headers = [(b"authorization", (authorization or f"Bearer {self.token}").encode()), (b"host", b"localhost:4566")]
        headers += [(b"paypal-request-id", key.encode())] if key else []
        raw = asked if isinstance(asked, bytes) else json.dumps(asked or {}).encode()
        return paypal.once({"method": method, "path": paypal.PREFIX + path, "headers": headers,
                            "query_string": queried.encode()}, raw)

    def made(self, value="12.50", currency="EUR", intent="CAPTURE", key="k"):
        context = {"return_url": "https://shop.example/return", "cancel_url": "https://shop.example/cancel"}
        return self.call("POST", ORDERS, key=key, asked={
            "intent": intent, "payment_source": {"paypal": {"experience_context": context}},
            "purchase_units": [{"amount": {"currency_code": currency, "value": value}, "custom_id": "here:p1",
                                "invoice_id": f"A{key}"}]})

    def approved(self, instrument="ok", **more):
        order = self.made(**more)[1]
        paypal.ACTIONS["approve"]({"order": order["id"], "instrument": instrument})
        return order["id"]

    def issue(self, answered):
        return answered[1]["details"][0]["issue"]

    def kinds(self):
        return [json.loads(delivery.body)["event_type"] for delivery in self.deliveries]

    def test_an_approval_moves_no_money_and_a_capture_does_so_once(self):
        status, order = self.made()
        self.assertEqual((status, order["status"]), (201, "PAYER_ACTION_REQUIRED"))
        self.assertIn("/_local/paypal/checkoutnow?token=", order["links"][1]["href"])
        self.assertEqual(self.issue(self.call("POST", f"{ORDERS}/{order['id']}/capture", key="c0")), "ORDER_NOT_APPROVED")
        paypal.ACTIONS["approve"]({"order": order["id"]})
        self.assertEqual(self.call("GET", f"{ORDERS}/{order['id']}")[1]["status"], "APPROVED")
        status, taken = self.call("POST", f"{ORDERS}/{order['id']}/capture", key="c")
        self.assertEqual((status, taken["status"]), (201, "COMPLETED"))
        self.assertEqual(taken["purchase_units"][0]["payments"]["captures"][0]["amount"]["value"], "12.50")
        self.assertEqual(self.call("POST", f"{ORDERS}/{order['id']}/capture", key="c"), (200, taken))
        self.assertEqual(self.issue(self.call("POST", f"{ORDERS}/{order['id']}/capture", key="d")), "ORDER_ALREADY_CAPTURED")
        self.assertEqual(self.kinds(), ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"])

    def test_an_authorization_is_captured_in_parts_and_the_rest_is_voided(self):
        order = self.approved(intent="AUTHORIZE")
        made = self.call("POST", f"{ORDERS}/{order}/authorize", key="a")[1]["purchase_units"][0]["payments"]
        one = made["authorizations"][0]["id"]
        part = {"amount": {"currency_code": "EUR", "value": "5.00"}, "invoice_id": "Ak-1"}
        self.assertEqual(self.call("POST", f"{PAYMENTS}/authorizations/{one}/capture", part, key="c1")[0], 201)
        much = {"amount": {"currency_code": "EUR", "value": "7.51"}, "invoice_id": "Ak-2"}
        refused = self.call("POST", f"{PAYMENTS}/authorizations/{one}/capture", much, key="c2")
        self.assertEqual(self.issue(refused), "MAX_CAPTURE_AMOUNT_EXCEEDED")
        self.assertEqual(self.issue(self.call("POST", f"{PAYMENTS}/authorizations/{one}/capture", part, key="c3")),
                         "DUPLICATE_INVOICE_ID")
        self.assertEqual(self.call("POST", f"{PAYMENTS}/authorizations/{one}/void"), (204, None))
        self.assertEqual(self.issue(self.call("POST", f"{PAYMENTS}/authorizations/{one}/void")), "PREVIOUSLY_VOIDED")

    def test_refunds_never_exceed_a_capture_and_a_key_refunds_once(self):
        order = self.approved()
        taken = self.call("POST", f"{ORDERS}/{order}/capture", key="c")[1]
        one = taken["purchase_units"][0]["payments"]["captures"][0]["id"]
        part = {"amount": {"currency_code": "EUR", "value": "10.00"}, "custom_id": "here:refund:r1"}
        first = self.call("POST", f"{PAYMENTS}/captures/{one}/refund", part, key="r")
        self.assertEqual(self.call("POST", f"{PAYMENTS}/captures/{one}/refund", part, key="r")[1]["id"], first[1]["id"])
        self.assertEqual(self.issue(self.call("POST", f"{PAYMENTS}/captures/{one}/refund", part, key="s")),
                         "REFUND_AMOUNT_EXCEEDED")
        paypal.ACTIONS["settle"]({"refund": first[1]["id"], "status": "FAILED"})
        self.assertEqual(self.call("POST", f"{PAYMENTS}/captures/{one}/refund", part, key="t")[0], 201)

    def test_a_declined_instrument_leads_back_to_the_approval(self):
        order = self.approved("declined")
        status, refused = self.call("POST", f"{ORDERS}/{order}/capture", key="c")
        self.assertEqual((status, refused["details"][0]["issue"]), (422, "INSTRUMENT_DECLINED"))
        self.assertEqual(refused["links"][0]["rel"], "redirect")
        paypal.ACTIONS["approve"]({"order": order})
        self.assertEqual(self.call("POST", f"{ORDERS}/{order}/capture", key="d")[0], 201)

    def test_amounts_are_refused_that_paypal_does_not_write(self):
        for value, currency, status in [("80", "JPY", 201), ("80.00", "JPY", 422), ("1045", "HUF", 201), ("10.5", "HUF", 422),
                                        ("1.005", "EUR", 422), ("0", "EUR", 422), ("5.12", "KWD", 422), ("x", "EUR", 400)]:
            self.assertEqual(self.made(value, currency, key=f"{value}{currency}")[0], status, (value, currency))

    def test_events_are_proven_by_their_raw_body(self):
        self.approved()
        delivery = self.deliveries[0]
        headers = delivery.headers()
        claim = json.dumps({"transmission_id": headers["paypal-transmission-id"], "webhook_id": "WH1",
                            "transmission_time": headers["paypal-transmission-time"],
                            "transmission_sig": headers["paypal-transmission-sig"]}).encode()
        verify = "v1/notifications/verify-webhook-signature"
        ask = lambda body: self.call("POST", verify, claim[:-1] + b',"webhook_event":' + body + b"}")[1]["verification_status"]
        self.assertEqual(ask(delivery.body), "SUCCESS")
        self.assertEqual(ask(json.dumps(json.loads(delivery.body)).encode()), "FAILURE")
        self.assertEqual(ask(delivery.body.replace(b"here:p1", b"here:p2")), "FAILURE")

    def test_a_dispute_tells_its_outcome_by_itself_alone(self):
        order = self.approved()
        taken = self.call("POST", f"{ORDERS}/{order}/capture", key="c")[1]
        one = taken["purchase_units"][0]["payments"]["captures"][0]["id"]
        made = paypal.ACTIONS["dispute"]({"capture": one})["dispute"]
        paypal.ACTIONS["decide"]({"dispute": made, "outcome": "RESOLVED_BUYER_FAVOUR"})
        listed = self.call("GET", f"v1/customer/disputes?disputed_transaction_id={one}")[1]["items"]
        self.assertEqual([(item["dispute_id"], item["status"], "dispute_outcome" in item) for item in listed],
                         [(made, "RESOLVED", False)])
        whole = self.call("GET", f"v1/customer/disputes/{made}")[1]
        self.assertEqual(whole["dispute_outcome"]["outcome_code"], "RESOLVED_BUYER_FAVOUR")

    def test_a_wrong_or_revoked_token_reaches_nothing(self):
        self.assertEqual(self.call("POST", "v1/oauth2/token", authorization="Basic eA==")[0], 401)
        paypal.ACTIONS["revoke"]({})
        self.assertEqual(self.call("GET", f"{ORDERS}/X")[0], 401)
