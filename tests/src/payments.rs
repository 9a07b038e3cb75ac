//! Payments of orders: buyers with quotes, and what the sandboxes of the providers know.

use ::payments::domain::payment::payment_id;
use contracts::payments::CaptureMode;
use dynamo::{Outbox, Table};
use jiff::{SignedDuration, Timestamp};
use kit::auth::KeyPairs;
use kit::quote::{Quote, QuoteSigner};
use orders::domain::order::{HOLD, State};
use orders::store::{OrderEntry, Orders};
use serde_json::{Value, json};
use types::{BuyerId, GuestKeyHash, LocationId, OrderId, Uuid, VariantId};

use crate::order_samples::{OrderSample, confirmed_order};
use crate::{Call, Cloud, Reply, User, eventually, money};

/// The parameter with the keys that sign quotes.
const QUOTE_KEYS: &str = "/atoll/local/identity/quote-keys";
/// The path of payments.
pub const PAYMENTS: &str = "/v1/commerce/payments";

/// Who pays.
#[derive(Debug, Clone)]
pub enum PayingBuyer {
    /// A user, by the access token.
    User(String),
    /// A guest, by the key.
    Guest(String),
}

/// A buyer with a quote of 100.00 EUR.
#[derive(Debug, Clone)]
pub struct OrderToPay {
    /// Who pays.
    pub buyer: PayingBuyer,
    /// Order ID.
    pub order: OrderId,
    /// The quote.
    pub quote: String,
}

impl OrderToPay {
    /// Payment ID.
    pub fn payment(&self) -> String {
        payment_id(self.order).to_string()
    }

    /// Path of the payment.
    pub fn path(&self) -> String {
        format!("{PAYMENTS}/{}", self.payment())
    }

    /// The call with the buyer's proof.
    pub fn authenticate(&self, call: Call) -> Call {
        match &self.buyer {
            PayingBuyer::User(token) => call.bearer(token),
            PayingBuyer::Guest(key) => call.header("guest-key", key),
        }
    }
}

impl Cloud {
    /// Stores an order that is held and signs its quote with the keys of the deployment, as `orders` does.
    pub async fn quote(&self, payer: BuyerId, capture: CaptureMode, until: Timestamp) -> (OrderId, String) {
        let client = aws_sdk_ssm::Client::new(&self.sdk().await);
        let read = client.get_parameter().name(QUOTE_KEYS).with_decryption(true).send().await.expect("the keys");
        let text = read.parameter().and_then(|parameter| parameter.value()).expect("a value").to_owned();
        let keys: KeyPairs = text.parse().expect("keys");
        let total = money(10_000, "EUR");
        let quote = Quote {
            order: OrderId::generate(),
            number: "7ZK2M0QX9D".to_owned(),
            payer,
            amount: total.amount_minor,
            currency: total.currency,
            capture,
            until,
        };
        self.hold_order(&quote).await;
        let signer = QuoteSigner::new(&keys).expect("a signer");
        (quote.order, signer.sign(&quote, Timestamp::now()).await.expect("a quote"))
    }

    /// Stores the order of a quote, which holds no units: `orders` hears of its payment.
    async fn hold_order(&self, quote: &Quote) {
        let (variant, location) = (VariantId::generate(), LocationId::generate());
        let (id, buyer, capture) = (quote.order, quote.payer, quote.capture);
        let mut order = confirmed_order(OrderSample { id, buyer, variant, location, quantity: 1, capture });
        order.fulfilment.state = State::Held { until: Timestamp::now() + HOLD };
        order.fulfilment.lines.iter_mut().flat_map(|line| &mut line.items).for_each(|item| item.held.clear());
        order.totals.total = quote.amount;
        order.history.truncate(1);
        let table = Table::<Orders>::new(aws_sdk_dynamodb::Client::new(&self.sdk().await), self.table_name());
        let none = Outbox::none();
        let stored = table.transaction().create(&order, &none).create(&OrderEntry::of(&order), &none);
        assert!(stored.commit().await.is_ok(), "the order is stored");
    }

    /// An order of a user.
    pub async fn order_to_pay(&self, user: &User, capture: CaptureMode) -> OrderToPay {
        let payer = BuyerId::User(user.id.parse().expect("an ID"));
        let (order, quote) = self.quote(payer, capture, in_nine_minutes()).await;
        OrderToPay { buyer: PayingBuyer::User(user.access_token.clone()), order, quote }
    }

    /// An order of a guest.
    pub async fn guest_order_to_pay(&self, capture: CaptureMode) -> OrderToPay {
        let key = format!("{}{}", Uuid::now_v7().simple(), "guest-of-test");
        let payer = BuyerId::Guest(GuestKeyHash::of(&key));
        let (order, quote) = self.quote(payer, capture, in_nine_minutes()).await;
        OrderToPay { buyer: PayingBuyer::Guest(key), order, quote }
    }

    /// Starts the payment of an order.
    pub async fn start_payment(&self, order: &OrderToPay, provider: &str) -> Reply {
        let body = json!({ "quote": order.quote, "provider": provider });
        order.authenticate(self.post(PAYMENTS)).json(&body).send().await
    }

    /// Starts a payment with Stripe, and pays it with a card in the provider's form.
    pub async fn pay_by_card(&self, order: &OrderToPay) -> Value {
        let started = self.start_payment(order, "stripe").await.expect(201);
        self.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
        self.payment_until(order, |payment| payment["status"] == "captured" || payment["status"] == "authorized").await
    }

    /// The buyer enters a card in the provider's form.
    pub async fn confirm_in_form(&self, client_secret: &Value, method: &str) {
        let form = json!({ "clientSecret": client_secret, "paymentMethod": method });
        assert_eq!(self.local("POST", "payments/confirm").json(&form).send().await.status, 200);
    }

    /// The payment, once it is as expected.
    pub async fn payment_until(&self, order: &OrderToPay, is: impl Fn(&Value) -> bool) -> Value {
        eventually("the payment", async || {
            let read = order.authenticate(self.get(&order.path())).send().await.expect(200);
            is(&read).then_some(read)
        })
        .await
    }
}

/// When quotes of tests expire.
pub fn in_nine_minutes() -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(9)
}
