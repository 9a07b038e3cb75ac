//! A payment provider in the process that does what it is asked, and loses answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use contracts::wallet::{Funding, Recipient};
use dynamo::Outbox;
use futures::FutureExt;
use jiff::SignedDuration;
use kit::outbound::OutboundError;
use payment_providers::{
    ClientSecret, Payment, PaymentError, PaymentMethod, PaymentProvider, PaymentStatus, Payments, ProviderCall,
    ProviderPaymentId, WebhookInbox,
};
use testkit::leak;
use types::{DepositId, DonationId, Money, UserId};
use wallet::cards::Notices;
use wallet::domain::account::{Account, System};
use wallet::domain::deposit::{Deposit, DepositOrder};
use wallet::domain::donation::{Donation, Status, Wish};
use wallet::domain::ledger::Transfer;
use wallet::saga::{self, NextStep, Saga};
use wallet::store::Opened;

use crate::wallet_support::{Purse, eur};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not reach the provider.
    Before,
    /// It takes effect, and its answer is lost.
    After,
}

#[derive(Debug, Clone)]
struct Row {
    money: Money,
    status: PaymentStatus,
    charged: i64,
    refunded: i64,
    /// How often it is asked for until it has been decided.
    decided_in: u32,
}

/// The provider. `pm_card_visa` pays; others do as they are named.
#[derive(Debug, Default)]
pub struct Bank {
    rows: Mutex<BTreeMap<String, Row>>,
    faults: Mutex<VecDeque<Fault>>,
    takes_nothing_back: Mutex<bool>,
}

impl Bank {
    /// What happens to the next calls.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.faults.lock().unwrap() = faults.into_iter().collect();
    }

    /// From now on it gives nothing back to a card.
    pub fn take_nothing_back(&self) {
        *self.takes_nothing_back.lock().unwrap() = true;
    }

    /// What it has taken from cards and not given back.
    pub fn kept(&self) -> i64 {
        self.rows.lock().unwrap().values().map(|row| row.charged - row.refunded).sum()
    }

    /// What it has ever taken from cards.
    pub fn charged(&self) -> i64 {
        self.rows.lock().unwrap().values().map(|row| row.charged).sum()
    }

    /// What is under way is paid, or whose card it is says yes.
    pub fn decide(&self) {
        for row in self.rows.lock().unwrap().values_mut() {
            if matches!(row.status, PaymentStatus::Processing | PaymentStatus::RequiresAction) {
                (row.status, row.charged) = (PaymentStatus::Succeeded, row.money.amount_minor);
            }
        }
    }

    /// Some payment of a client's own making.
    pub fn paid(&self, id: &str, money: &Money) {
        let row = Row {
            money: money.clone(),
            status: PaymentStatus::Succeeded,
            charged: money.amount_minor,
            refunded: 0,
            decided_in: 0,
        };
        self.rows.lock().unwrap().insert(id.to_owned(), row);
    }

    fn call<T>(
        &self,
        act: impl FnOnce(&mut BTreeMap<String, Row>) -> Result<T, PaymentError>,
    ) -> Result<T, PaymentError> {
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        if fault == Fault::Before {
            return Err(OutboundError::Unreachable.into());
        }
        let done = act(&mut self.rows.lock().unwrap());
        if fault == Fault::After { Err(OutboundError::TimedOut.into()) } else { done }
    }
}

fn told(id: &str, row: &Row) -> Payment {
    let (id, client_secret) = (ProviderPaymentId::new(id), Some(ClientSecret::new("secret")));
    Payment { id, money: row.money.clone(), status: row.status.clone(), client_secret }
}

fn wrong_state<T>() -> Result<T, PaymentError> {
    Err(PaymentError::State { code: "payment_intent_unexpected_state".into() })
}

fn row<'a>(rows: &'a mut BTreeMap<String, Row>, id: &ProviderPaymentId) -> &'a mut Row {
    rows.get_mut(id.as_str()).expect("a payment")
}

impl PaymentProvider for Bank {
    fn create<'a>(&'a self, reference: &'a str, money: &'a Money) -> ProviderCall<'a, Payment> {
        let created = self.call(|rows| {
            let id = format!("pi_{reference}");
            let new = || Row {
                money: money.clone(),
                status: PaymentStatus::Open,
                charged: 0,
                refunded: 0,
                decided_in: u32::MAX,
            };
            Ok(told(&id, rows.entry(id.clone()).or_insert_with(new)))
        });
        async move { created }.boxed()
    }

    fn confirm<'a>(
        &'a self,
        _: &'a str,
        id: &'a ProviderPaymentId,
        method: &'a PaymentMethod,
    ) -> ProviderCall<'a, Payment> {
        let confirmed = self.call(|rows| {
            let row = row(rows, id);
            if row.status != PaymentStatus::Open {
                return wrong_state();
            }
            row.status = match method.as_str() {
                "pm_declined" => PaymentStatus::Declined { code: "card_declined".into() },
                "pm_processing" | "pm_stuck" => PaymentStatus::Processing,
                "pm_action" => PaymentStatus::RequiresAction,
                "pm_unknown" => return Err(PaymentError::Refused { status: 400, code: "resource_missing".into() }),
                _ => PaymentStatus::Succeeded,
            };
            row.decided_in = if method.as_str() == "pm_processing" { 2 } else { u32::MAX };
            if row.status == PaymentStatus::Succeeded {
                row.charged = row.money.amount_minor;
            }
            Ok(told(id.as_str(), row))
        });
        async move { confirmed }.boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment> {
        let found = self.call(|rows| {
            let row = row(rows, id);
            if row.status == PaymentStatus::Processing && row.decided_in != u32::MAX {
                row.decided_in -= 1;
                if row.decided_in == 0 {
                    (row.status, row.charged) = (PaymentStatus::Succeeded, row.money.amount_minor);
                }
            }
            Ok(told(id.as_str(), row))
        });
        async move { found }.boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment> {
        let canceled = self.call(|rows| {
            let row = row(rows, id);
            if matches!(row.status, PaymentStatus::Succeeded | PaymentStatus::Processing | PaymentStatus::Canceled) {
                return wrong_state();
            }
            row.status = PaymentStatus::Canceled;
            Ok(told(id.as_str(), row))
        });
        async move { canceled }.boxed()
    }

    fn refund<'a>(&'a self, _: &'a str, id: &'a ProviderPaymentId) -> ProviderCall<'a, ()> {
        let refuses = *self.takes_nothing_back.lock().unwrap();
        let refunded = self.call(|rows| {
            let row = row(rows, id);
            match row.status {
                PaymentStatus::Succeeded if refuses => {
                    Err(PaymentError::Refused { status: 400, code: "refund_failed".into() })
                }
                PaymentStatus::Succeeded => {
                    row.refunded = row.charged;
                    Ok(())
                }
                _ => wrong_state(),
            }
        });
        async move { refunded }.boxed()
    }
}

/// A deployment's card payments.
pub struct Till {
    pub purse: Purse,
    pub bank: Arc<Bank>,
    pub saga: &'static Saga,
    pub notices: &'static Notices,
    pub donor: UserId,
    pub recipient: UserId,
}

/// The name of the deployment whose payments these are.
pub const DEPLOYMENT: &str = "tests";
/// The secret of its webhooks.
pub const SECRET: &str = "whsec_table";

impl Till {
    pub async fn start() -> Self {
        Self::of(Purse::start().await).await
    }

    /// With deposits that are held for so long.
    pub async fn holding(card_hold: SignedDuration) -> Self {
        let purse = Purse::start().await;
        let store = purse.store.clone().with_card_hold(card_hold);
        Self::of(Purse { store, ..purse }).await
    }

    async fn of(purse: Purse) -> Self {
        let bank = Arc::new(Bank::default());
        let saga = leak(Saga::new(purse.store.clone(), Payments::fixed(bank.clone()), purse.clock.clone()));
        let notices = leak(Notices::new(
            purse.store.clone(),
            purse.clock.clone(),
            WebhookInbox::fixed(DEPLOYMENT, SECRET),
            Payments::fixed(bank.clone()),
        ));
        let (donor, recipient) = (purse.person().await, purse.person().await);
        Self { purse, bank, saga, notices, donor, recipient }
    }

    /// The same deployment, for donations to somebody else.
    pub fn for_recipient(&self, recipient: UserId) -> Self {
        let Purse { table, store, clock, consumer } = &self.purse;
        let (table, store, clock) = (table.clone(), store.clone(), clock.clone());
        let purse = Purse { table, store, clock, consumer };
        Self { purse, bank: self.bank.clone(), saga: self.saga, notices: self.notices, donor: self.donor, recipient }
    }

    /// A donation that a card is to be charged for.
    pub async fn donate(&self, method: &str) -> DonationId {
        let wish = Wish {
            donor_id: self.donor,
            recipient: Recipient::User(self.recipient),
            money: eur(1_250),
            funding: Funding::Card,
            message: None,
            card: Some(PaymentMethod::parse(method).unwrap()),
        };
        let donation = Donation::started(DonationId::generate(), wish, "c".to_owned(), self.purse.clock.now());
        self.purse.store.start(&donation, &Outbox::none()).await.unwrap();
        donation.id
    }

    /// A deposit of which nothing was asked yet.
    pub async fn deposit(&self, method: Option<&str>) -> Deposit {
        let method = method.map(|method| PaymentMethod::parse(method).unwrap());
        let order = DepositOrder { id: DepositId::generate(), user_id: self.donor, money: eur(2_000), method };
        let payment = self.bank.create(&order.reference().to_string(), &order.money).await.unwrap();
        let deposit = Deposit::new(order, payment.id, "c".to_owned(), self.purse.clock.now());
        match self.purse.store.open_deposit(deposit).await.unwrap() {
            Opened::Now(deposit) => deposit.value,
            other => panic!("{other:?}"),
        }
    }

    pub async fn donation(&self, id: DonationId) -> Donation {
        self.purse.store.donation(id).await.unwrap().unwrap().value
    }

    /// Goes the way of the state machine, with its retries, until it ends, waits, or fails for good.
    pub async fn machine(&self, id: DonationId) -> Option<NextStep> {
        const RETRIES: u32 = 4;
        let mut turn = None;
        for _ in 0..20 {
            let mut result = None;
            for _ in 0..RETRIES {
                let tried = match turn {
                    None => saga::charge(self.saga, id, true).await,
                    Some(NextStep::Credit) => saga::credit(self.saga, id).await,
                    Some(NextStep::Complete) => saga::complete(self.saga, id).await,
                    Some(_) => saga::refund(self.saga, id).await,
                };
                let stop = matches!(&tried, Err(failure) if failure.name() == "Stop");
                result = Some(tried);
                if stop || matches!(result, Some(Ok(_))) {
                    break;
                }
            }
            turn = match (turn, result.unwrap()) {
                (_, Ok(NextStep::End)) => return Some(NextStep::End),
                (_, Ok(NextStep::Wait)) => return Some(NextStep::Wait),
                (_, Ok(next)) => Some(next),
                // `Catch`: charging and crediting fall back to the refund, the others fail.
                (None | Some(NextStep::Credit), Err(_)) => Some(NextStep::Refund),
                (_, Err(_)) => return None,
            };
        }
        panic!("it never ends");
    }

    /// Runs the sweep until nothing is left, some hours at the most.
    pub async fn sweep(&self) {
        for _ in 0..12 {
            self.purse.wait(20 * 60);
            // What fails is told, and tried again by the next run.
            drop(wallet::consumers::sweep_payments::sweep_payments(self.saga).await);
        }
    }

    /// What the ledger says has come in through the provider and not gone out again.
    pub async fn in_ledger(&self) -> i64 {
        let transfers: Vec<Transfer> = self.purse.all("transfer").await;
        let postings = transfers.iter().flat_map(Transfer::postings);
        let provider = postings.filter(|posting| posting.account == Account::System(System::Provider));
        -provider.map(|posting| posting.money.amount_minor).sum::<i64>()
    }

    /// What must hold of a donation that has ended, whatever happened on the way.
    pub async fn check(&self, id: DonationId) -> Status {
        let donation = self.donation(id).await;
        assert!(donation.is_ended(), "{:?} {:?}", donation.status, donation.steps);
        self.purse.check().await;
        assert_eq!(self.bank.kept(), self.in_ledger().await, "{:?}", donation.steps);
        let has = self.purse.has(wallet::domain::account::Holder::User(self.recipient)).await;
        assert_eq!(has > 0, donation.status == Status::Completed);
        donation.status
    }
}
