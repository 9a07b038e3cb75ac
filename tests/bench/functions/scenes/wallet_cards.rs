//! Scenes of card payments: donations on their way through the state machine, deposits that wait for their money.

use jiff::{SignedDuration, Timestamp};
use payment_providers::ProviderPaymentId;
use payment_providers::sign;
use serde_json::{Value, json};
use types::DepositId;
use wallet::domain::deposit::{Deposit, DepositOrder};
use wallet::store::{Store, Wallet};

use super::wallet::{Scene, eur, payer};
use crate::harness::services::payment_id;
use crate::harness::world::WEBHOOK_SECRET;
use crate::request::{Request, sample};
use crate::stage::Stage;

/// What is charged.
const AMOUNT_MINOR: i64 = 1_250;

pub async fn event(scene: &Scene, stage: &Stage, name: &str) -> Option<Value> {
    let event = match name {
        "wallet-charge-card" => step(name, &donate(scene, stage).await),
        "wallet-complete-donation" => {
            let id = charged(scene, stage).await;
            stage.invoke("wallet-credit-donation", &step("wallet-credit-donation", &id)).await;
            step(name, &id)
        }
        "wallet-credit-donation" | "wallet-refund-donation" => step(name, &charged(scene, stage).await),
        "wallet-receive-payment-notice" => notice(stage, name).await,
        // Of one deposit nothing was heard for an hour, each time.
        "wallet-sweep-payments" => {
            unheard(stage).await;
            sample(name)
        }
        _ => return None,
    };
    Some(event)
}

/// A donation that a card is to be charged for.
async fn donate(scene: &Scene, stage: &Stage) -> String {
    let body = json!({
        "recipient": { "kind": "user", "id": scene.bob.id }, "money": eur(AMOUNT_MINOR),
        "funding": { "kind": "card", "paymentMethod": "pm_card_visa" },
    });
    stage.made(Request::of("wallet-donate").by(&payer(stage).await).keyed().body(&body)).await
}

/// A step of the state machine.
fn step(name: &str, donation: &str) -> Value {
    let mut event = sample(name);
    event["donationId"] = donation.into();
    event
}

async fn charged(scene: &Scene, stage: &Stage) -> String {
    let id = donate(scene, stage).await;
    stage.invoke("wallet-charge-card", &step("wallet-charge-card", &id)).await;
    id
}

/// The provider tells that a deposit was paid that its owner pays at the provider.
async fn notice(stage: &Stage, name: &str) -> Value {
    let payer = payer(stage).await;
    let wish = Request::of("wallet-create-deposit").by(&payer).with("paymentMethod", Value::Null);
    let reference = format!("deposit:{}:{}", payer.id, stage.made(wish).await);
    let text = sample(name)["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&text).expect("JSON");
    body["data"]["object"]["id"] = payment_id(&reference).into();
    body["data"]["object"]["metadata"]["atoll_reference"] = reference.into();
    body["data"]["object"]["metadata"]["atoll_deployment"] = testkit::TestTable::name().into();
    let signature = sign(WEBHOOK_SECRET.as_bytes(), body.to_string().as_bytes(), Timestamp::now());
    Request::of(name).body(&body).header("stripe-signature", &signature).event()
}

async fn unheard(stage: &Stage) {
    let (id, asked_at) = (DepositId::generate(), Timestamp::now() - SignedDuration::from_hours(1));
    let user_id = payer(stage).await.id;
    let payment = ProviderPaymentId::new(payment_id(&format!("deposit:{user_id}:{id}")));
    let order = DepositOrder { id, user_id, money: eur(AMOUNT_MINOR), method: None };
    let deposit = Deposit::new(order, payment, "bench".to_owned(), asked_at);
    let store = Store::new(stage.world.table().of::<Wallet>());
    assert!(store.open_deposit(deposit).await.is_ok(), "a deposit");
}
