//! Card payments: deposits, donations by card, and what the sandbox of the provider has charged.

use serde::Deserialize;
use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, Reply, User, eventually};

/// A card that pays.
pub const CARD: &str = "pm_card_visa";

/// What the provider knows of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Charged {
    /// The provider's id.
    pub id: String,
    /// What was taken from the card, in minor units.
    pub charged: i64,
    /// What was given back to it, in minor units.
    pub refunded: i64,
    /// How far it is, in the provider's word.
    pub status: String,
}

impl Charged {
    /// What the provider has and did not give back.
    pub fn kept(&self) -> i64 {
        self.charged - self.refunded
    }
}

impl Cloud {
    /// Asks for a deposit of 20 euros.
    pub async fn deposit(&self, user: &User, method: Option<&str>, key: &str) -> Reply {
        let mut body = json!({ "money": { "amountMinor": 2_000, "currency": "EUR" } });
        if let Some(method) = method {
            body["paymentMethod"] = json!(method);
        }
        let call = self.post("/v1/community/wallet/deposits").bearer(&user.access_token).header("idempotency-key", key);
        call.json(&body).send().await
    }

    /// A deposit once it is this far.
    pub async fn deposit_until(&self, user: &User, id: &str, status: &str) -> Value {
        let path = format!("/v1/community/wallet/deposits/{id}");
        eventually(&format!("a deposit that is {status}"), async || {
            let read = self.get(&path).bearer(&user.access_token).send().await.expect(200);
            (read["status"] == status).then_some(read)
        })
        .await
    }

    /// Gives 12.50 euros by card.
    pub async fn give_by_card(&self, donor: &User, recipient: &User, method: &str) -> Value {
        let body = json!({ "recipient": { "kind": "user", "id": recipient.id },
            "money": { "amountMinor": 1_250, "currency": "EUR" }, "funding": { "kind": "card", "paymentMethod": method } });
        let call = self.post("/v1/community/donations").bearer(&donor.access_token);
        call.header("idempotency-key", &Uuid::now_v7().to_string()).json(&body).send().await.expect(201)
    }

    /// A donation as its donor sees it.
    pub async fn donation(&self, donor: &User, id: &str) -> Value {
        self.get(&format!("/v1/community/donations/{id}")).bearer(&donor.access_token).send().await.expect(200)
    }

    /// What the provider has of a payment with this reference: `deposit:<user>:<id>` or `donation:<user>:<id>`.
    pub async fn charged(&self, reference: &str) -> Option<Charged> {
        let reply = self.local("GET", &format!("payments.json?reference={reference}")).send().await.expect(200);
        let found: Vec<Charged> = serde_json::from_value(reply).expect("payments");
        assert!(found.len() <= 1, "several payments for {reference}: {found:?}");
        found.into_iter().next()
    }
}
