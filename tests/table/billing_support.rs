//! Functions of billing in the process, on a table of the test's own.

use std::collections::HashMap;

use billing::api;
use billing::consumers::forget_user::forget_user;
use billing::store::{Billing, Store};
use billing::{ConsumerContext, Ctx};
use contracts::billing::EntitlementChanged;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{EventId, Role, UserId};

use crate::identity_support::{Deployment, stage};

/// A deployment of billing, and of identity for tokens and accounts.
pub struct Till {
    pub table: TestTable,
    pub store: Store,
    pub clock: Clock,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    /// The admin.
    pub admin: UserId,
    pub token: String,
    /// Keeps the accounts.
    pub identity: Deployment,
}

/// An event as the bus delivers it.
pub fn event<T: DomainEvent>(at: Timestamp, fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, fact).erase().unwrap()
}

impl Till {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn on(table: TestTable) -> Self {
        let identity = Deployment::start().await;
        let signed_up = identity.sign_up("admin@example.com").await;
        let admin = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(admin, |account| account.roles.push(Role::Admin)).await;
        let signed_in = identity.sign_in("admin@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let store = Store::new(table.of::<Billing>());
        let ctx = leak(Ctx::new(store.clone(), clock.clone(), identity.verifier()));
        let consumer = leak(ConsumerContext::new(store.clone(), clock.clone()));
        Self { table, store, clock, ctx, consumer, admin, token, identity }
    }

    /// With the product `atoll`, the plans `family` and `premium`, and a monthly price of the first.
    pub async fn stocked() -> Self {
        let till = Self::start().await;
        till.stock().await;
        till
    }

    pub async fn stock(&self) {
        assert_eq!(self.call("set_product", "atoll", Some(&json!({ "name": "Atoll" }))).await.status, 200);
        for (code, rank) in [("premium", 10), ("family", 20)] {
            let reply = self.call("set_plan", code, Some(&plan(rank))).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
        assert_eq!(self.publish("first", &price(999)).await.status, 201);
    }

    /// An endpoint, by its name.
    pub fn operation(&self, name: &str) -> Endpoint {
        match name {
            "create_coupon" => endpoint(api::create_coupon::create_coupon, self.ctx, stage()),
            "end_grant" => endpoint(api::end_grant::end_grant, self.ctx, stage()),
            "get_billing" => endpoint(api::get_billing::get_billing, self.ctx, stage()),
            "get_catalogue" => endpoint(api::get_catalogue::get_catalogue, self.ctx, stage()),
            "get_user_billing" => endpoint(api::get_user_billing::get_user_billing, self.ctx, stage()),
            "list_coupons" => endpoint(api::list_coupons::list_coupons, self.ctx, stage()),
            "list_plans" => endpoint(api::list_plans::list_plans, self.consumer, stage()),
            "publish_price" => endpoint(api::publish_price::publish_price, self.ctx, stage()),
            "retire_coupon" => endpoint(api::retire_coupon::retire_coupon, self.ctx, stage()),
            "retire_plan" => endpoint(api::retire_plan::retire_plan, self.ctx, stage()),
            "retire_price" => endpoint(api::retire_price::retire_price, self.ctx, stage()),
            "retire_product" => endpoint(api::retire_product::retire_product, self.ctx, stage()),
            "set_grant" => endpoint(api::set_grant::set_grant, self.ctx, stage()),
            "set_plan" => endpoint(api::set_plan::set_plan, self.ctx, stage()),
            "set_product" => endpoint(api::set_product::set_product, self.ctx, stage()),
            other => panic!("no operation {other}"),
        }
    }

    /// Calls an endpoint as the admin, about something with this code or ID.
    pub async fn call(&self, name: &str, about: &str, body: Option<&Value>) -> Reply {
        self.call_with(name, about, &[], body).await
    }

    /// Calls an endpoint as the admin, with more headers.
    pub async fn call_with(&self, name: &str, about: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Reply {
        self.call_as(&self.token, name, about, headers, body).await
    }

    /// Calls an endpoint with a token.
    pub async fn call_as(
        &self,
        token: &str,
        name: &str,
        about: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let bearer = format!("Bearer {token}");
        let headers: Vec<_> = [("authorization", bearer.as_str())].iter().chain(headers).copied().collect();
        let path: HashMap<_, _> = ["code", "id"].map(|parameter| (parameter.to_owned(), about.to_owned())).into();
        let request = request("PUT", "/v1/billing/test", &headers, body).with_path_parameters(path);
        self.operation(name).call(request).await.into()
    }

    /// Publishes a price under an idempotency key.
    pub async fn publish(&self, key: &str, body: &Value) -> Reply {
        self.call_with("publish_price", "-", &[("idempotency-key", key)], Some(body)).await
    }

    /// Grants a user a plan for some seconds.
    pub async fn grant(&self, user: UserId, plan: &str, seconds: i64) -> Reply {
        let until = self.clock.now() + SignedDuration::from_secs(seconds);
        self.call("set_grant", &user.to_string(), Some(&json!({ "plan": plan, "until": until.to_string() }))).await
    }

    /// A new user, with the access token.
    pub async fn user(&self, name: &str) -> (UserId, String) {
        let body = self.identity.sign_up(&format!("{name}@example.com")).await.body;
        let id = body["user"]["id"].as_str().unwrap().parse().unwrap();
        (id, body["tokens"]["accessToken"].as_str().unwrap().to_owned())
    }

    /// The event that the holdings of a user carry now.
    pub async fn told(&self, user: UserId) -> Option<EntitlementChanged> {
        let items = self.table.items().await;
        let partition = format!("billing#user#{user}");
        let item = items.iter().find(|item| {
            item["pk"].as_s().is_ok_and(|pk| *pk == partition) && item["sk"].as_s().is_ok_and(|sk| sk == "holdings")
        })?;
        let text = item.get("outbox")?.as_s().unwrap();
        let mut events = serde_json::from_str::<Vec<Envelope<Value>>>(text).unwrap();
        assert_eq!(events.len(), 1, "{text}");
        Some(events.remove(0).decode::<EntitlementChanged>().unwrap().data)
    }

    /// Handles an event of identity about a user.
    pub async fn forget(&self, event: Envelope<Value>) -> Handled {
        forget_user(self.consumer, event).await
    }
}

/// A plan of the product `atoll`.
pub fn plan(rank: u16) -> Value {
    let devices = json!({ "name": "devices", "allowance": { "kind": "limit", "limit": 10 } });
    json!({ "product": "atoll", "name": "Family", "rank": rank, "entitlements": [devices] })
}

/// A monthly price of the plan `family`.
pub fn price(amount: i64) -> Value {
    json!({
        "code": "family-month-eur", "plan": "family", "interval": "month", "amountMinor": amount, "currency": "EUR",
        "trialDays": 14,
    })
}
