//! A shop of its own at each provider.

use std::time::Duration;

use kit::Clock;
use kit::outbound::{Limits, Outbound};
use payment_providers::{
    CaptureMode, CaptureRequest, Confirmation, Credentials, MethodId, NewPayment, OrderPayments, PayPal,
    ProviderPaymentId, RefundRequest, Stripe,
};
use serde_json::{Value, json};
use tests::Cloud;
use types::{CurrencyCode, Money, Uuid};

/// The keys of the sandboxes: those of the local cloud's deployment.
const STRIPE_KEY: &str = "sk_test_local";
const PAYPAL: &str =
    r#"{"clientId": "paypal-client-local", "clientSecret": "paypal-secret-local", "webhookId": "WHLOCAL000000001"}"#;

pub(crate) struct Shop {
    pub(crate) cloud: Cloud,
    /// The name of the deployment, and our payment id.
    pub(crate) name: String,
}

pub(crate) fn money(amount_minor: i64, code: &str) -> Money {
    Money::new(amount_minor, CurrencyCode::parse(code).unwrap())
}

pub(crate) fn eur(amount_minor: i64) -> Money {
    money(amount_minor, "EUR")
}

fn outbound() -> Outbound {
    let pause = (Duration::from_millis(10), Duration::from_millis(50));
    // Faults must open no circuit: other tests of this process call the same host.
    let open = (Duration::from_nanos(1), Duration::from_nanos(1));
    Outbound::new(Limits { pause, open, ..Limits::within(Duration::from_secs(20)) }).unwrap()
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self { cloud: Cloud::connect().await, name: format!("shop-{}", Uuid::now_v7().simple()) }
    }

    pub(crate) fn stripe(&self) -> Stripe {
        Stripe::new(outbound(), &self.cloud.url("/_local/payments"), &self.name, STRIPE_KEY)
    }

    pub(crate) fn paypal(&self) -> PayPal {
        let credentials = Credentials::parse(PAYPAL).unwrap();
        PayPal::new(outbound(), &self.cloud.url("/_local/paypal"), &self.name, credentials, Clock::System)
    }

    /// A payment whose reference is unique, so that faults and look-ups find it.
    pub(crate) fn payment(&self, capture: CaptureMode, money: Money) -> NewPayment {
        NewPayment {
            reference: format!("p-{}", self.name),
            order_number: self.name.clone(),
            money,
            capture,
            customer: None,
            method: None,
            save_method: false,
            return_url: Some("https://shop.example/return".into()),
            cancel_url: None,
            attempt: 0,
        }
    }

    pub(crate) fn confirmation(&self, capture: CaptureMode, method: Option<MethodId>) -> Confirmation {
        let (reference, off_session) = (format!("p-{}", self.name), method.is_some());
        Confirmation { reference, capture, method, off_session, return_url: None, attempt: 0 }
    }

    pub(crate) fn capture(&self, number: u32, amount_minor: i64, is_final: bool) -> CaptureRequest {
        CaptureRequest { id: self.id(number), money: eur(amount_minor), is_final, attempt: 0 }
    }

    /// Our id of a capture or refund: unique, since the sandbox knows the keys of all tests.
    fn id(&self, number: u32) -> String {
        format!("{}{number}", &self.name["shop-".len()..])
    }

    pub(crate) fn refund(&self, number: u32, amount_minor: i64) -> RefundRequest {
        RefundRequest { id: self.id(number), money: eur(amount_minor), attempt: 0 }
    }

    /// Acts in a sandbox: as the buyer, or in the dashboard.
    pub(crate) async fn act(&self, sandbox: &str, action: &str, body: Value) -> Value {
        self.cloud.local("POST", &format!("{sandbox}/{action}")).json(&body).send().await.expect(200)
    }

    /// The buyer's card in Stripe's form. A declined card is an answer too.
    pub(crate) async fn pay(&self, payment: &ProviderPaymentId, method: &str) {
        let secret = format!("{payment}_secret_x");
        let body = json!({ "clientSecret": secret, "paymentMethod": method });
        let reply = self.cloud.local("POST", "payments/confirm").json(&body).send().await;
        assert!(matches!(reply.status, 200 | 402), "{}", reply.body);
    }

    pub(crate) async fn approve(&self, order: &ProviderPaymentId) {
        self.act("paypal", "approve", json!({ "order": order.as_str() })).await;
    }

    /// The next calls about this shop's payment fail, or lose their answer.
    pub(crate) async fn fail(&self, service: &str, operation: &str, error: &str, when: &str, count: u32) {
        let fault = json!({ "service": service, "operation": operation, "error": error, "when": when, "count": count,
            "contains": self.name });
        self.cloud.inject(&fault).await;
    }
}

/// Creates the same payment twice and has the same one.
pub(crate) async fn created(provider: &dyn OrderPayments, new: &NewPayment) -> ProviderPaymentId {
    let first = provider.create(new).await.unwrap();
    let again = provider.create(new).await.unwrap();
    assert_eq!(
        (&first.id, &first.money, first.reference.as_deref()),
        (&again.id, &new.money, Some(new.reference.as_str()))
    );
    first.id
}
