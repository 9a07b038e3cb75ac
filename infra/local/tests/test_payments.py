"""The stand-in for the payment provider: it answers as the provider does, and its cards do as they are named."""
import asyncio
import unittest

from cloud.front import payments, webhooks

INTENTS = "payment_intents"


class Payments(unittest.TestCase):
    def setUp(self):
        payments._payments.clear()
        payments._answers.clear()
        payments._account.clear()
        payments._account["key"] = "sk_test"
        self.told = []
        self.sent = payments.webhooks.send
        payments.webhooks.send = lambda message, _secret, fault=None: self.told.append(message["type"])
        self.addCleanup(setattr, payments.webhooks, "send", self.sent)

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

    def test_a_wrong_key_reaches_nothing(self):
        self.assertEqual(self.call("POST", INTENTS, authorization="Bearer sk_other", amount="1", currency="eur")[0], 401)
        self.assertEqual(self.call("GET", f"{INTENTS}/pi_none")[0], 404)

    def test_messages_are_signed_as_the_provider_signs(self):
        # printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        signature = "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        self.assertEqual(webhooks.signature(b"{}", "whsec_test", 1700000000), f"t=1700000000,v1={signature}")
