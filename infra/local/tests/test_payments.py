"""The stand-in for the payment provider: it answers as the provider does, and its cards do as they are named."""
import asyncio
import json
import unittest

from cloud.front import payments, webhooks

INTENTS = "payment_intents"


class Payments(unittest.TestCase):
    def setUp(self):
        for kept in (payments._payments, payments._answers, payments._account, payments._methods, payments._customers):
            kept.clear()
        payments._account.update({"key": "sk_test", "webhookSecret": "whsec_wallet"})
        self.told, self.deliveries = [], []
        self.sent = payments.webhooks.send
        payments.webhooks.send = self.send
        self.addCleanup(setattr, payments.webhooks, "send", self.sent)

    def send(self, deliveries, fault=None):
        for delivery in deliveries:
            self.deliveries.append(delivery)
            self.told.append(json.loads(delivery.body)["type"])

    def call(self, method, path, key=None, authorization="Bearer sk_test", **form):
        headers = [(b"authorization", authorization.encode())] + ([(b"idempotency-key", key.encode())] if key else [])
        return payments.once({"method": method, "path": payments.PREFIX + path, "headers": headers}, form)

    def made(self, **form):
        status, body = self.call("POST", INTENTS, amount="1250", currency="eur", **form)
        self.assertEqual(status, 200)
        return body["id"]

    def confirmed(self, method):
        made = self.made()
        return made, self.call("POST", f"{INTENTS}/{made}/confirm", payment_method=method)

    def test_a_card_pays_once_and_the_payment_is_told(self):
        made, (status, body) = self.confirmed("pm_card_visa")
        self.assertEqual((status, body["status"], body["amount_received"]), (200, "succeeded", 1250))
        self.assertEqual(self.told, ["payment_intent.succeeded"])
        status, body = self.call("POST", f"{INTENTS}/{made}/confirm", payment_method="pm_card_visa")
        self.assertEqual((status, body["error"]["code"]), (400, "payment_intent_unexpected_state"))

    def test_a_declined_card_is_told_and_another_one_may_be_tried(self):
        made, (status, body) = self.confirmed("pm_card_visa_chargeDeclined")
        self.assertEqual((status, body["error"]["code"]), (402, "card_declined"))
        self.assertEqual(body["error"]["payment_intent"]["last_payment_error"]["code"], "card_declined")
        status, _ = self.call("POST", f"{INTENTS}/{made}/confirm", payment_method="pm_card_visa")
        self.assertEqual((status, self.told), (200, ["payment_intent.payment_failed", "payment_intent.succeeded"]))

    def test_the_same_key_gets_the_same_answer_and_no_second_charge(self):
        first = self.call("POST", INTENTS, key="k", amount="100", currency="usd")
        self.assertEqual(self.call("POST", INTENTS, key="k", amount="100", currency="usd"), first)
        self.assertEqual(len(payments._payments), 1)
        self.assertEqual(self.call("POST", INTENTS, key="k", amount="200", currency="usd")[0], 400)

    def test_amounts_are_refused_that_the_provider_does_not_charge(self):
        for amount, currency, status in [("500", "isk", 200), ("550", "isk", 400), ("500", "ugx", 200), ("501", "ugx", 400),
                                         ("5120", "kwd", 200), ("5124", "kwd", 400), ("5", "mga", 200), ("550", "huf", 200)]:
            answer = self.call("POST", INTENTS, amount=amount, currency=currency)
            self.assertEqual(answer[0], status, (amount, currency))

    def test_a_dispute_is_told_without_metadata_and_decided_once(self):
        made, _ = self.confirmed("pm_card_visa")
        dispute = payments.ACTIONS["dispute"]({"payment": made})["dispute"]
        self.assertEqual(payments._payments[made].last_event["data"]["object"]["metadata"], {})
        payments.ACTIONS["decide"]({"dispute": dispute, "status": "lost"})
        with self.assertRaises(payments.Refused):
            payments.ACTIONS["decide"]({"dispute": dispute, "status": "won"})
        self.assertEqual(self.told, ["payment_intent.succeeded", "charge.dispute.created", "charge.dispute.closed"])
        self.assertEqual(payments._payments[made].disputed, 1250)

    def test_who_has_to_say_yes_is_waited_for(self):
        made, (status, body) = self.confirmed("pm_card_authenticationRequired")
        self.assertEqual((status, body["status"]), (200, "requires_action"))
        payments.ACTIONS["authenticate"]({"clientSecret": body["client_secret"]})
        self.assertEqual(self.call("GET", f"{INTENTS}/{made}")[1]["status"], "succeeded")

    def test_what_is_under_way_ends_by_itself_and_cannot_be_canceled(self):
        async def run():
            made, (_, body) = self.confirmed("pm_sandbox_processing")
            self.assertEqual((body["status"], self.call("POST", f"{INTENTS}/{made}/cancel")[0]), ("processing", 400))
            while payments._payments[made].status == "processing":
                await asyncio.sleep(0.02)
            return payments._payments[made].status
        self.assertEqual(asyncio.run(asyncio.wait_for(run(), 10)), "succeeded")

    def test_what_is_canceled_is_never_charged(self):
        made = self.made()
        self.assertEqual(self.call("POST", f"{INTENTS}/{made}/cancel")[1]["status"], "canceled")
        self.assertEqual(self.call("POST", f"{INTENTS}/{made}/confirm", payment_method="pm_card_visa")[0], 400)
        self.assertEqual(payments._payments[made].charged, 0)

    def test_money_goes_back_once(self):
        made, _ = self.confirmed("pm_card_visa")
        self.assertEqual(self.call("POST", "refunds", payment_intent=made)[1]["status"], "succeeded")
        status, body = self.call("POST", "refunds", payment_intent=made)
        self.assertEqual((status, body["error"]["code"]), (400, "charge_already_refunded"))
        self.assertEqual(payments._payments[made].refunded, 1250)

    def authorized(self, method="pm_card_visa", **form):
        made = self.made(capture_method="manual", **form)
        body = self.call("POST", f"{INTENTS}/{made}/confirm", payment_method=method)[1]
        self.assertEqual((body["status"], body["amount_capturable"], body["amount_received"]), ("requires_capture", 1250, 0))
        return made

    def capture(self, made, amount, final="true", **form):
        return self.call("POST", f"{INTENTS}/{made}/capture", amount_to_capture=str(amount), final_capture=final, **form)

    def test_an_authorization_is_captured_in_parts_where_the_card_allows_it(self):
        made = self.authorized(**{payments.MULTICAPTURE: "if_available"})
        status, body = self.capture(made, 500, "false", **{"metadata[cap_1]": "500"})
        self.assertEqual((status, body["status"], body["amount_capturable"], body["metadata"]["cap_1"]),
                         (200, "requires_capture", 750, "500"))
        self.assertEqual(self.capture(made, 751)[0], 400)
        self.assertEqual(self.capture(made, 750)[1]["status"], "succeeded")
        self.assertEqual(payments._payments[made].charged, 1250)
        single = self.authorized("pm_card_unionpay", **{payments.MULTICAPTURE: "if_available"})
        self.assertEqual(self.capture(single, 500, "false")[1]["error"]["param"], "final_capture")
        self.assertEqual(self.capture(single, 500)[1]["status"], "succeeded")
        self.assertEqual(self.capture(single, 1)[1]["error"]["code"], "payment_intent_unexpected_state")

    def test_an_expanded_payment_has_its_charge_and_refunds(self):
        made, _ = self.confirmed("pm_card_mastercard")
        self.call("POST", "refunds", payment_intent=made, amount="250", **{"metadata[atoll_refund]": "r"})
        expand = {"expand[]": ["latest_charge", "latest_charge.refunds"]}
        charge = self.call("GET", f"{INTENTS}/{made}", **expand)[1]["latest_charge"]
        self.assertEqual((charge["amount_captured"], charge["payment_method_details"]["card"]["brand"]), (1250, "mastercard"))
        self.assertEqual([one["metadata"] for one in charge["refunds"]["data"]], [{"atoll_refund": "r"}])
        self.assertEqual(self.call("GET", f"{INTENTS}/{made}")[1]["latest_charge"], charge["id"])

    def test_events_go_to_the_endpoints_that_are_registered_for_them(self):
        payments._account["commerceWebhookSecret"] = "whsec_commerce"
        made = self.authorized()
        self.capture(made, 1250)
        by_path = {}
        for delivery in self.deliveries:
            by_path.setdefault(delivery.path, []).append(json.loads(delivery.body)["type"])
        self.assertEqual(by_path, {
            "/v1/community/wallet/payments/webhooks": ["payment_intent.succeeded"],
            "/v1/commerce/payments/webhooks/stripe": [
                "payment_intent.amount_capturable_updated", "charge.captured", "payment_intent.succeeded"]})
        signatures = {delivery.headers()["stripe-signature"].partition("v1=")[2] for delivery in self.deliveries[-2:]}
        self.assertEqual(len(signatures), 2, "each endpoint has a secret of its own")

    def test_a_saved_method_pays_for_its_customer_alone(self):
        customer = self.call("POST", "customers")[1]["id"]
        setup = self.call("POST", "setup_intents", customer=customer)[1]
        payments.ACTIONS["confirm"]({"clientSecret": setup["client_secret"], "paymentMethod": "pm_card_visa"})
        method = self.call("GET", f"setup_intents/{setup['id']}")[1]["payment_method"]
        self.assertEqual([one["id"] for one in self.call("GET", f"customers/{customer}/payment_methods")[1]["data"]], [method])
        self.assertEqual(self.call("POST", INTENTS, amount="100", currency="eur", payment_method=method)[0], 400)
        made = self.made(customer=customer, payment_method=method)
        self.assertEqual(self.call("POST", f"{INTENTS}/{made}/confirm")[1]["status"], "succeeded")
        self.call("POST", f"payment_methods/{method}/detach")
        self.assertEqual(self.call("GET", f"customers/{customer}/payment_methods")[1]["data"], [])

    def test_who_is_absent_cannot_authenticate(self):
        made = self.made()
        status, body = self.call("POST", f"{INTENTS}/{made}/confirm", payment_method="pm_card_authenticationRequired",
                                 off_session="true")
        self.assertEqual((status, body["error"]["code"]), (402, "authentication_required"))

    def test_a_failure_that_is_stored_is_repeated_with_its_key_alone(self):
        scope = {"method": "POST", "path": payments.PREFIX + INTENTS, "stored_error": True,
                 "headers": [(b"authorization", b"Bearer sk_test"), (b"idempotency-key", b"k")]}
        form = {"amount": "100", "currency": "eur"}
        self.assertEqual(payments.once(scope, form)[0], 500)
        del scope["stored_error"]
        self.assertEqual(payments.once(scope, form)[0], 500)
        self.assertEqual(self.call("POST", INTENTS, key="k2", **form)[0], 200)

    def test_payments_are_found_by_their_metadata(self):
        made = self.made(**{"metadata[atoll_payment]": "p", "metadata[atoll_deployment]": "d"})
        self.made(**{"metadata[atoll_payment]": "p", "metadata[atoll_deployment]": "other"})
        found = self.call("GET", f"{INTENTS}/search", query="metadata['atoll_payment']:'p' AND metadata['atoll_deployment']:'d'")
        self.assertEqual([one["id"] for one in found[1]["data"]], [made])

    def test_a_wrong_key_reaches_nothing(self):
        self.assertEqual(self.call("POST", INTENTS, authorization="Bearer sk_other", amount="1", currency="eur")[0], 401)
        self.assertEqual(self.call("GET", f"{INTENTS}/pi_none")[0], 404)

    def test_messages_are_signed_as_the_provider_signs(self):
        # printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        signature = "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        self.assertEqual(webhooks.stripe_signature(b"{}", "whsec_test", 1700000000), f"t=1700000000,v1={signature}")
