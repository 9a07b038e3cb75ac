//! Scenes of wallet: two people with money, a point, twenty donations, a currency with a few prices.

use contracts::events::EventReported;
use contracts::identity::{UserDeleted, UserRegistered};
use contracts::wallet::{DonationStarted, Recipient};
use dynamo::Outbox;
use jiff::Timestamp;
use serde_json::{Value, json};
use types::{DonationId, Money, PersonName, TransferId, UserId};
use wallet::domain::account::{Account, System};
use wallet::domain::ledger::{Heading, Kind, Transfer};
use wallet::store::{Store, Wallet};

use super::wallet_cards;
use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// What donations and transfers are of.
const AMOUNT_MINOR: i64 = 100;
/// Donations of the one whose list is read.
const DONATIONS: usize = 20;
/// Prices that the currency has had.
const PRICES: i64 = 5;

pub struct Scene {
    ann: Person,
    pub bob: Person,
    admin: Person,
    donation: String,
    deposit: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, bob, admin) = (stage.person(), stage.person(), stage.admin());
        for person in [&ann, &bob] {
            stage.hear("wallet-keep-copies", registered(person.id)).await;
        }
        give(stage, ann.id, 1_000_000).await;
        let mut donation = String::new();
        for _ in 0..DONATIONS {
            donation = stage.made(donate(&ann, bob.id)).await;
        }
        for price in 1..=PRICES {
            stage.call(priced(&admin, price)).await;
        }
        let deposit = stage.made(Request::of("wallet-create-deposit").by(&ann)).await;
        Self { ann, bob, admin, donation, deposit }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.ann);
        let event = match name {
            "wallet-create-deposit" => ask().by(&payer(stage).await).event(),
            "wallet-credit-rewards" => fact(name, rewarded(self.ann.id)),
            "wallet-donate" => donate(&self.ann, self.bob.id).event(),
            "wallet-forget-user" => {
                let leaver = stage.person();
                stage.hear("wallet-keep-copies", registered(leaver.id)).await;
                give(stage, leaver.id, AMOUNT_MINOR).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "wallet-get-deposit" => ask().at("id", &self.deposit).event(),
            "wallet-get-donation" => ask().at("id", &self.donation).event(),
            "wallet-get-wallet" | "wallet-list-currencies" | "wallet-list-donations" | "wallet-list-transactions" => {
                ask().event()
            }
            "wallet-keep-copies" => fact(name, registered(UserId::generate())),
            "wallet-get-currency" | "wallet-list-prices" => ask().at("code", "FISH").event(),
            "wallet-send-transfer" => {
                let body = json!({ "recipientId": self.bob.id, "money": eur(AMOUNT_MINOR), "message": "For the food" });
                ask().keyed().body(&body).event()
            }
            "wallet-set-currency" => priced(&self.admin, 1_000 + i64::try_from(stage.number()).ok()?).event(),
            "wallet-start-donation" => fact(name, started(self.ann.id)),
            _ => return wallet_cards::event(self, stage, name).await,
        };
        Some(event)
    }
}

/// A new user who pays by card: a user does so a few times a day.
pub async fn payer(stage: &Stage) -> Person {
    let payer = stage.person();
    stage.hear("wallet-keep-copies", registered(payer.id)).await;
    payer
}

pub fn eur(amount_minor: i64) -> Money {
    tests::money(amount_minor, "EUR")
}

/// A gift from the donor's balance.
fn donate(donor: &Person, recipient: UserId) -> Request {
    let recipient = json!({ "kind": "user", "id": recipient });
    let body = json!({ "recipient": recipient, "money": eur(AMOUNT_MINOR), "message": "For the cats" });
    Request::of("wallet-donate").by(donor).keyed().body(&body)
}

fn priced(admin: &Person, price_minor: i64) -> Request {
    let body = json!({ "name": "Fish", "exponent": 0, "price": eur(price_minor) });
    Request::of("wallet-set-currency").by(admin).at("code", "FISH").body(&body)
}

/// Money from outside.
async fn give(stage: &Stage, user_id: UserId, amount_minor: i64) {
    let (id, at) = (TransferId::generate(), Timestamp::now());
    let heading = Heading { id, kind: Kind::Deposit, at, reference: None, message: None };
    let (from, to) = (Account::System(System::Provider), Account::user(user_id));
    let transfer = Transfer::between(heading, from, to, eur(amount_minor)).expect("a transfer");
    let store = Store::new(stage.world.table().of::<Wallet>());
    let posted = store.post(&transfer, &Outbox::none(), |transaction| transaction).await;
    assert!(posted.is_ok(), "a transfer");
}

fn registered(user_id: UserId) -> UserRegistered {
    let name = PersonName::parse("Ann").expect("a name");
    UserRegistered { user_id, email: None, name, verification_id: None }
}

fn rewarded(user_id: UserId) -> EventReported {
    tests::care_event(user_id, Some(tests::money(10, "POINTS")))
}

fn started(donor_id: UserId) -> DonationStarted {
    let recipient = Recipient::User(UserId::generate());
    DonationStarted { donation_id: DonationId::generate(), donor_id, recipient, money: eur(AMOUNT_MINOR) }
}
