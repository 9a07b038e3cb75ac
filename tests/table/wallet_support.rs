//! Wallet's store and functions in the process, on a table of the test's own.

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::events::EventReported;
use contracts::identity::UserRegistered;
use contracts::points::{PointCreated, PointKind};
use contracts::wallet::{Funding, Recipient};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{Entity, Outbox};
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::RequestExt;
use ledger::Shards;
use serde_json::Value;
use testkit::{Reply, TestTable, leak, request};
use types::{CurrencyCode, DonationId, EventId, GeoPoint, Money, PersonName, PointId, TransferId, UserId};
use wallet::consumers::credit_rewards::credit_rewards;
use wallet::consumers::keep_copies::keep_copies;
use wallet::ctx::{ConsumerContext, Ctx};
use wallet::domain::account::{Account, Holder, System};
use wallet::domain::donation::{Donation, Wish};
use wallet::domain::ledger::{Balance, Entry, Heading, Kind, Transfer};
use wallet::store::{Given, NotGiven, NotPosted, Posted, Store, Wallet};

use crate::identity_support::{Deployment, stage};

pub fn eur(amount_minor: i64) -> Money {
    tests::money(amount_minor, "EUR")
}

/// A deployment's wallet functions.
pub struct Purse {
    pub table: TestTable,
    pub store: Store,
    pub clock: Clock,
    pub consumer: &'static ConsumerContext,
}

impl Purse {
    pub async fn start() -> Self {
        Self::with(Shards::default()).await
    }

    pub async fn with(shards: Shards) -> Self {
        Self::on(TestTable::start().await, shards)
    }

    pub fn on(table: TestTable, shards: Shards) -> Self {
        Self::at(table, shards, Clock::manual(Timestamp::from_second(1_800_000_000).unwrap()))
    }

    pub fn at(table: TestTable, shards: Shards, clock: Clock) -> Self {
        let store = Store::new(table.of::<Wallet>()).with_shards(shards);
        let consumer = leak(ConsumerContext::new(store.clone(), clock.clone()));
        Self { table, store, clock, consumer }
    }

    /// The endpoints' context, for tokens of this deployment of identity.
    pub fn ctx(&self, identity: &Deployment) -> &'static Ctx {
        leak(Ctx::new(self.store.clone(), Clock::System, identity.verifier()))
    }

    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Somebody of whom this context has heard.
    pub async fn person(&self) -> UserId {
        let user_id = UserId::generate();
        self.hear(registered(user_id)).await.unwrap();
        user_id
    }

    pub async fn hear<T: DomainEvent>(&self, fact: T) -> Handled {
        keep_copies(self.consumer, event(fact, self.clock.now())).await
    }

    pub async fn reward<T: DomainEvent>(&self, fact: T) -> Handled {
        credit_rewards(self.consumer, event(fact, self.clock.now())).await
    }

    pub fn transfer(&self, from: Account, to: Account, money: Money) -> Transfer {
        self.transfer_as(TransferId::generate(), from, to, money)
    }

    pub fn transfer_as(&self, id: TransferId, from: Account, to: Account, money: Money) -> Transfer {
        let heading = Heading { id, kind: Kind::Transfer, at: self.clock.now(), reference: None, message: None };
        Transfer::between(heading, from, to, money).unwrap()
    }

    pub async fn post(&self, transfer: &Transfer) -> Result<Posted, NotPosted> {
        self.store.post(transfer, &Outbox::none(), |transaction| transaction).await
    }

    /// Money from outside.
    pub async fn give(&self, to: Account, money: Money) {
        self.post(&self.transfer(Account::System(System::Provider), to, money)).await.unwrap();
    }

    pub async fn has(&self, holder: Holder) -> i64 {
        self.store.totals(holder).await.unwrap().get(&eur(0).currency).map_or(0, |total| total.available)
    }

    pub fn donation(&self, donor_id: UserId, recipient: Recipient, money: Money) -> (Donation, Transfer) {
        let wish = Wish {
            donor_id,
            recipient,
            money,
            funding: Funding::Balance,
            message: Some("for the cats".into()),
            card: None,
        };
        let now = self.clock.now();
        let donation = Donation::started(DonationId::generate(), wish, "c".to_owned(), now).completed(now);
        let transfer = donation.transfer(Account::user(donor_id), now).unwrap();
        (donation, transfer)
    }

    /// A point that is known here, and its keeper.
    pub async fn kept_point(&self) -> (PointId, UserId) {
        let (point_id, keeper) = (PointId::generate(), self.person().await);
        self.hear(created(point_id, keeper)).await.unwrap();
        (point_id, keeper)
    }

    /// Gives a donation to a recipient as it is now.
    pub async fn give_donation(&self, donation: &Donation, transfer: &Transfer) -> Result<Given, NotGiven> {
        let receiver = self.store.receiver(donation.recipient).await.unwrap().unwrap();
        self.store.give(donation, &receiver, transfer, &Outbox::none()).await
    }

    /// What a user owes.
    pub async fn owes(&self, user: UserId) -> i64 {
        self.store.totals(Holder::User(user)).await.unwrap().get(&eur(0).currency).map_or(0, |total| total.owed)
    }

    /// What a user cannot spend.
    pub async fn held(&self, user: UserId) -> i64 {
        self.store.totals(Holder::User(user)).await.unwrap().get(&eur(0).currency).map_or(0, |total| total.held)
    }

    /// Every item that can be read as one of these.
    pub async fn all<E: Entity>(&self, part: &str) -> Vec<E> {
        let items = self.table.items().await;
        let wanted = items.into_iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk.starts_with(part)));
        wanted.map(|item| serde_dynamo::from_item(item).unwrap()).collect()
    }

    /// What must hold at any time, of the table as a whole.
    pub async fn check(&self) {
        let records: Vec<Transfer> = self.all("transfer").await;
        let entries: Vec<Entry> = self.all("entry#").await;
        let parts: Vec<Balance> = self.all("balance#").await;
        let mut sums: BTreeMap<CurrencyCode, i128> = BTreeMap::new();
        for posting in records.iter().flat_map(Transfer::postings) {
            *sums.entry(posting.money.currency.clone()).or_default() += i128::from(posting.money.amount_minor);
        }
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
        let lines = |account, currency: &CurrencyCode| -> i64 {
            let own = entries.iter().filter(|entry| entry.account == account && entry.money.currency == *currency);
            own.map(|entry| entry.money.amount_minor).sum()
        };
        for part in &parts {
            assert!(part.amount >= 0 && part.owed >= 0, "{part:?}");
            assert!(part.amount == 0 || part.owed == 0, "a debt was not repaid first: {part:?}");
            if let Account::Free(holder @ Holder::User(_)) = part.account {
                assert_eq!(-part.owed, lines(Account::Debt(holder), &part.currency), "the debt of {holder}");
            }
            let own = parts.iter().filter(|other| (other.account, &other.currency) == (part.account, &part.currency));
            let balance: i64 = own.map(|part| part.amount).sum();
            assert_eq!(balance, lines(part.account, &part.currency), "{}", part.account);
        }
    }
}

pub fn registered(user_id: UserId) -> UserRegistered {
    UserRegistered { user_id, email: None, name: PersonName::parse("Ann").unwrap(), verification_id: None }
}

pub fn created(point_id: PointId, keeper: UserId) -> PointCreated {
    PointCreated {
        point_id,
        name: "Harbour".to_owned(),
        kind: PointKind::Food,
        location: GeoPoint::new(52.5, 13.4).unwrap(),
        keeper_id: Some(keeper),
        revision: 1,
    }
}

pub fn reported(user_id: UserId, reward: Option<Money>) -> EventReported {
    EventReported { occurred_at: Timestamp::UNIX_EPOCH, ..tests::care_event(user_id, reward) }
}

pub fn event<T: DomainEvent>(fact: T, at: Timestamp) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "c".to_owned(), Actor::System, fact).erase().unwrap()
}

/// Endpoints of wallet, by name.
pub struct Api(pub &'static Ctx);

impl Api {
    pub fn donate(&self) -> Endpoint {
        endpoint(wallet::api::donate::donate, self.0, stage())
    }

    pub fn get_donation(&self) -> Endpoint {
        endpoint(wallet::api::get_donation::get_donation, self.0, stage())
    }

    pub fn list_donations(&self) -> Endpoint {
        endpoint(wallet::api::list_donations::list_donations, self.0, stage())
    }

    pub fn send(&self) -> Endpoint {
        endpoint(wallet::api::send_transfer::send_transfer, self.0, stage())
    }

    pub fn wallet(&self) -> Endpoint {
        endpoint(wallet::api::get_wallet::get_wallet, self.0, stage())
    }

    pub fn transactions(&self) -> Endpoint {
        endpoint(wallet::api::list_transactions::list_transactions, self.0, stage())
    }

    pub fn currencies(&self) -> Endpoint {
        endpoint(wallet::api::list_currencies::list_currencies, self.0, stage())
    }

    pub fn currency(&self) -> Endpoint {
        endpoint(wallet::api::get_currency::get_currency, self.0, stage())
    }

    pub fn prices(&self) -> Endpoint {
        endpoint(wallet::api::list_prices::list_prices, self.0, stage())
    }

    pub fn set_currency(&self) -> Endpoint {
        endpoint(wallet::api::set_currency::set_currency, self.0, stage())
    }
}

/// Calls an endpoint with an idempotency key and a path parameter.
pub async fn call(
    endpoint: &Endpoint,
    (method, path): (&str, &str),
    token: &str,
    key: &str,
    parameter: (&str, &str),
    body: Option<&Value>,
) -> Reply {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    let parameters = std::collections::HashMap::from([(parameter.0.to_owned(), parameter.1.to_owned())]);
    let request = request(method, path, &headers, body).with_path_parameters(parameters);
    endpoint.call(request).await.into()
}
