//! Wallets: money for people who need some, and points that get some.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::events::EventReported;
use contracts::points::{PointCreated, PointKind};
use contracts::{Actor, Envelope};
use serde_json::Value;
use types::{CareEventId, CurrencyCode, EventId, EventTypeId, GeoPoint, Money, PointId, UserId};

use crate::{Cloud, User, eventually};

/// So much of a currency.
pub fn money(amount_minor: i64, currency: &str) -> Money {
    Money::new(amount_minor, CurrencyCode::parse(currency).expect("a code"))
}

/// A care event that a user reported now, with what they get for it: the fact.
pub fn care_event(user_id: UserId, reward: Option<Money>) -> EventReported {
    EventReported {
        event_id: CareEventId::generate(),
        point_id: PointId::generate(),
        user_id,
        event_type_id: EventTypeId::generate(),
        code: "feeding".to_owned(),
        type_name: "Feeding".to_owned(),
        point_name: "Harbour".to_owned(),
        occurred_at: jiff::Timestamp::now(),
        reward,
        reward_withheld: None,
    }
}

/// The same, as it is published.
pub fn reported(user: &User, reward: Option<Money>) -> Envelope<EventReported> {
    let fact = care_event(user.user_id(), reward);
    let id = EventId::generate();
    Envelope::new(id, jiff::Timestamp::now(), id.to_string(), Actor::System, fact)
}

impl Cloud {
    /// Gives a user money, as the reward of a care event, and waits until they have it.
    pub async fn give(&self, user: &User, money: Money) {
        let before = self.available(user, money.currency.as_str()).await;
        self.publish(&reported(user, Some(money.clone()))).await;
        eventually("the reward", async || (self.available(user, money.currency.as_str()).await > before).then_some(()))
            .await;
    }

    /// What a user can spend of a currency, in minor units.
    pub async fn available(&self, user: &User, currency: &str) -> i64 {
        let wallet = self.get("/v1/community/wallet").bearer(&user.access_token).send().await.expect(200);
        available(&wallet, currency)
    }

    /// What a point can spend of a currency, in minor units, as its keeper sees it.
    pub async fn available_at(&self, keeper: &User, point: PointId, currency: &str) -> i64 {
        let path = format!("/v1/community/wallet?pointId={point}");
        let wallet = self.get(&path).bearer(&keeper.access_token).send().await.expect(200);
        available(&wallet, currency)
    }

    /// Registers a new user, and waits until wallets know of them.
    pub async fn sign_up_with_wallet(&self) -> User {
        let user = self.sign_up().await;
        eventually("the person in wallets", async || {
            self.wallet_item(&format!("wallet#user#{}", user.id), "person").await.map(drop)
        })
        .await;
        user
    }

    /// Registers a user who may pay by card: with a wallet and a verified e-mail address.
    pub async fn cardholder(&self) -> User {
        let user = self.sign_up_with_wallet().await;
        self.verify_address(&user.id).await;
        user
    }

    /// Tells of a new point, and waits until wallets know of it.
    pub async fn point_with_wallet(&self, keeper: &User, name: &str) -> PointId {
        let point_id = PointId::generate();
        let fact = PointCreated {
            point_id,
            name: name.to_owned(),
            kind: PointKind::Food,
            location: GeoPoint::new(53.54, 9.98).expect("a place"),
            keeper_id: Some(keeper.user_id()),
            revision: 1,
        };
        let id = EventId::generate();
        self.publish(&Envelope::new(id, jiff::Timestamp::now(), id.to_string(), Actor::System, fact)).await;
        eventually("the point in wallets", async || {
            self.wallet_item(&format!("wallet#point#{point_id}"), "point").await.map(drop)
        })
        .await;
        point_id
    }

    /// An item that wallets hold.
    pub async fn wallet_item(&self, pk: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
        let get = aws_sdk_dynamodb::Client::new(&self.sdk().await)
            .get_item()
            .table_name(self.table_name())
            .key("pk", AttributeValue::S(pk.to_owned()))
            .key("sk", AttributeValue::S(sk.to_owned()))
            .consistent_read(true);
        get.send().await.expect("the table").item
    }
}

fn available(wallet: &Value, currency: &str) -> i64 {
    let balances = wallet["balances"].as_array().expect("balances");
    let found = balances.iter().find(|balance| balance["currency"] == currency);
    found.map_or(0, |balance| balance["availableMinor"].as_i64().expect("an amount"))
}
