//! Donations by card: the steps that the state machine calls, and that the sweep goes through for what was left lying.
//!
//! Each step loads the donation, does what its stage asks for, and writes the next stage on the condition that nothing has
//! changed. So a step may be killed at any point, repeated, or done by two at once.

use contracts::wallet::{DonationFailed, DonationRefunded, Funding};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::task::{Failure, Input};
use kit::{Clock, ConfigError, Environment};
use payment_providers::{CALL_IN_STEP, PaymentError, PaymentMethod, PaymentProvider, PaymentStatus, Payments};
use serde::{Deserialize, Serialize};
use types::{DonationId, EventId, TransferId};

use std::sync::Arc;

use crate::charging::{Charged, drive, payment_of, waits_for};
use crate::ctx::ConsumerContext;
use crate::domain::account::{Account, System};
use crate::domain::card::{CHARGE, CREDIT, REFUND, Stage};
use crate::domain::charging::Plan;
use crate::domain::currency;
use crate::domain::donation::Donation;
use crate::domain::ledger::{Heading, Kind, Transfer};
use crate::domain::notice::{self, Notice};
use crate::store::{Given, NotGiven, NotPosted, PaymentReference, Store};

/// The most steps that one run of the sweep does for a donation.
const MAX_STEPS: u32 = 5;
/// Why money cannot reach its recipient.
const RECIPIENT_UNAVAILABLE: &str = "recipient_unavailable";
/// Why a step was not done in time, or by nobody.
const PROVIDER_UNAVAILABLE: &str = "provider_unavailable";

/// What the state machine gives each step.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepInput {
    /// Which donation.
    pub donation_id: DonationId,
    /// What the lines in the log are found by.
    pub correlation_id: String,
}

impl Input for StepInput {
    fn correlation_id(&self) -> &str {
        &self.correlation_id
    }
}

/// What the state machine does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Money moves to the recipient.
    Credit,
    /// Donor and beneficiary are notified.
    Complete,
    /// Money goes back.
    Refund,
    /// The same again, later.
    Wait,
    /// Nothing: it has ended.
    End,
}

/// A step's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepOutput {
    /// What comes next.
    pub next: NextStep,
}

/// All that a step needs.
pub struct Saga {
    /// Donations and the ledger.
    pub store: Store,
    /// The provider.
    pub payments: Payments,
    /// The time.
    pub clock: Clock,
}

impl Saga {
    /// Reads `TABLE_NAME`, `POINT_SHARDS` if it is there, and what [`Payments`] reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let payments = Payments::from_env(env, CALL_IN_STEP).await?;
        Ok(Self { payments, ..Self::of_ledger(env).await? })
    }

    /// Reads `TABLE_NAME` and `POINT_SHARDS`: for steps that have no business with the provider.
    pub async fn of_ledger(env: &mut Environment) -> Result<Self, ConfigError> {
        let ConsumerContext { store, clock } = ConsumerContext::from_env(env).await?;
        Ok(Self::new(store, Payments::off(), clock))
    }

    /// From its parts.
    pub fn new(store: Store, payments: Payments, clock: Clock) -> Self {
        Self { store, payments, clock }
    }

    async fn provider(&self, now: Timestamp) -> Result<Arc<dyn PaymentProvider>, Failure> {
        self.payments.provider(now).await.ok_or_else(|| Failure::Stop("card payments are off".to_owned()))
    }
}

/// The result of one attempt at a step.
enum Attempt {
    /// What comes next.
    Done(NextStep),
    /// The step went on to this state, and continues with it.
    Newer(Box<Versioned<Donation>>),
    /// Another writer was faster: the step is decided again with this state.
    Conflict(Box<Versioned<Donation>>),
}

impl From<NextStep> for Attempt {
    fn from(next: NextStep) -> Self {
        Self::Done(next)
    }
}

/// The next step at a stage, for every caller.
fn due(donation: &Donation) -> Option<NextStep> {
    match donation.stage() {
        None => Some(NextStep::End),
        Some(Stage::Charging) => None,
        Some(Stage::Charged) => Some(NextStep::Credit),
        Some(Stage::Credited) => Some(NextStep::Complete),
        Some(Stage::Refunding { .. }) => Some(NextStep::Refund),
    }
}

async fn load(saga: &Saga, id: DonationId) -> Result<Versioned<Donation>, Failure> {
    let read = saga.store.donation(id).await?;
    let read = read.ok_or_else(|| Failure::Stop("there is no such donation".to_owned()))?;
    let by_card = read.value.funding == Funding::Card;
    if by_card { Ok(read) } else { Err(Failure::Stop("this donation is not by card".to_owned())) }
}

/// Runs a step, again with the newer state if others were faster.
async fn run(
    saga: &Saga,
    id: DonationId,
    step: impl AsyncFn(Versioned<Donation>, Timestamp) -> Result<Attempt, Failure>,
) -> Result<NextStep, Failure> {
    let mut read = load(saga, id).await?;
    let mut retry = ConflictRetry::default();
    loop {
        match step(read, saga.clock.now()).await? {
            Attempt::Done(next) => return Ok(next),
            Attempt::Newer(newer) => read = *newer,
            Attempt::Conflict(newer) => {
                read = *newer;
                retry.pause().await?;
            }
        }
    }
}

/// Writes a donation's next state.
async fn write(
    saga: &Saga,
    read: &Versioned<Donation>,
    next: Donation,
    outbox: &Outbox,
    then: NextStep,
) -> Result<Attempt, Failure> {
    match saga.store.change_donation(read, next, outbox).await {
        Ok(_) => Ok(then.into()),
        Err(NotGiven::Newer(newer)) => Ok(Attempt::Conflict(newer)),
        Err(NotGiven::Store(error)) => Err(error.into()),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => {
            Err(Failure::Stop("no money was to move".to_owned()))
        }
    }
}

/// Charges the card. `may_charge` is false for who only cleans up.
pub async fn charge(saga: &Saga, id: DonationId, may_charge: bool) -> Result<NextStep, Failure> {
    run(saga, id, async |read, now| match due(&read.value) {
        Some(step) => Ok(step.into()),
        None => charge_once(saga, read, may_charge, now).await,
    })
    .await
}

async fn charge_once(
    saga: &Saga,
    read: Versioned<Donation>,
    may_charge: bool,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let donation = &read.value;
    let give_up = donation.is_given_up(now);
    let Some(id) = donation.payment_id() else {
        if give_up || !may_charge {
            return end(saga, &read, CHARGE, PROVIDER_UNAVAILABLE, now).await;
        }
        return register(saga, &read, now).await;
    };
    let provider = saga.provider(now).await?;
    let reference = donation.payment_reference();
    let payment = payment_of(&*provider, &reference, Some(&id), &donation.money).await?;
    let method = donation.card.as_ref().map(|card| card.method.clone());
    let plan = Plan { method: method.as_ref(), may_charge, give_up };
    match drive(&*provider, &reference, payment, plan).await? {
        Charged::Paid(payment) if payment.money != donation.money => {
            Err(Failure::Stop("another amount was charged than was asked for".to_owned()))
        }
        Charged::Paid(_) => {
            let next = donation.charged(now).ok_or_else(moved)?;
            write(saga, &read, next, &Outbox::none(), NextStep::Credit).await
        }
        Charged::Waiting(payment) => {
            let asks = payment.status == PaymentStatus::RequiresAction;
            let secret = payment.client_secret.clone().filter(|_| asks);
            match donation.waiting(waits_for(&payment), secret, now) {
                Some(next) => write(saga, &read, next, &Outbox::none(), NextStep::Wait).await,
                None => Ok(NextStep::Wait.into()),
            }
        }
        Charged::Ended { reason } => {
            saga.store.count_decline(read.value.donor_id, &reason, now).await?;
            end(saga, &read, CHARGE, &reason, now).await
        }
    }
}

/// Makes the payment known at the provider, and writes its id down before anything can be charged under it.
async fn register(saga: &Saga, read: &Versioned<Donation>, now: Timestamp) -> Result<Attempt, Failure> {
    let donation = &read.value;
    let provider = saga.provider(now).await?;
    let payment = payment_of(&*provider, &donation.payment_reference(), None, &donation.money).await?;
    let known = PaymentReference::new(&payment.id, &donation.payment_reference(), now);
    match saga.store.register_donation_payment(read, donation.known_as(&payment.id, now), &known).await {
        Ok(changed) => Ok(Attempt::Newer(Box::new(changed))),
        Err(NotGiven::Newer(newer)) => Ok(Attempt::Conflict(newer)),
        Err(NotGiven::Store(error)) => Err(error.into()),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => {
            Err(Failure::Stop("no money was to move".to_owned()))
        }
    }
}

fn moved() -> Failure {
    Failure::Retry("the donation is at another stage by now".to_owned())
}

/// Ends a donation of which nothing was charged, and tells its donor.
async fn end(
    saga: &Saga,
    read: &Versioned<Donation>,
    step: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let next = read.value.not_charged(step, reason, now).ok_or_else(moved)?;
    let outbox = failed(&next, reason, now)?;
    write(saga, read, next, &outbox, NextStep::End).await
}

/// Moves the money to the recipient, in the transaction that says so.
pub async fn credit(saga: &Saga, id: DonationId) -> Result<NextStep, Failure> {
    run(saga, id, async |read, now| match due(&read.value) {
        Some(NextStep::Credit) => credit_once(saga, read, now).await,
        Some(step) => Ok(step.into()),
        None => Err(Failure::Stop("nothing was charged yet".to_owned())),
    })
    .await
}

async fn credit_once(saga: &Saga, read: Versioned<Donation>, now: Timestamp) -> Result<Attempt, Failure> {
    let donation = &read.value;
    let Ok(receiver) = saga.store.receiver(donation.recipient).await? else {
        return turn_back(saga, &read, CREDIT, RECIPIENT_UNAVAILABLE, now).await;
    };
    let next = donation.credited(now).ok_or_else(moved)?;
    let from = Account::System(System::Provider);
    let transfer = donation.transfer(from, now).map_err(|error| Failure::Stop(error.to_string()))?;
    match saga.store.arrive(&read, &next, &receiver, &transfer).await {
        Ok(Given::Now | Given::Before(_)) => Ok(NextStep::Complete.into()),
        Err(NotGiven::Newer(newer)) => Ok(Attempt::Conflict(newer)),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(NotPosted::Forgotten(_) | NotPosted::Full)) => {
            turn_back(saga, &read, CREDIT, RECIPIENT_UNAVAILABLE, now).await
        }
        Err(NotGiven::Store(error)) => Err(error.into()),
        // The next attempt reads why.
        Err(NotGiven::Unrepresented) => Ok(Attempt::Conflict(Box::new(read))),
        Err(NotGiven::NotPosted(other)) => Err(Failure::Stop(format!("the money cannot move: {other:?}"))),
    }
}

/// From here on the money goes back, and can no longer reach the recipient.
async fn turn_back(
    saga: &Saga,
    read: &Versioned<Donation>,
    step: &str,
    reason: &str,
    now: Timestamp,
) -> Result<Attempt, Failure> {
    let next = read.value.refunding(step, reason, now).ok_or_else(moved)?;
    write(saga, read, next, &Outbox::none(), NextStep::Refund).await
}

/// Ends a donation that has arrived, and tells both.
pub async fn complete(saga: &Saga, id: DonationId) -> Result<NextStep, Failure> {
    run(saga, id, async |read, now| match due(&read.value) {
        Some(NextStep::Complete) => {
            let next = read.value.arrived(now).ok_or_else(moved)?;
            let outbox = arrived(saga, &next, now).await?;
            write(saga, &read, next, &outbox, NextStep::End).await
        }
        Some(step) => Ok(step.into()),
        None => Err(Failure::Stop("nothing was charged yet".to_owned())),
    })
    .await
}

/// Gives the money back, if any has left the card.
pub async fn refund(saga: &Saga, id: DonationId) -> Result<NextStep, Failure> {
    run(saga, id, async |read, now| match due(&read.value) {
        Some(NextStep::End) => Ok(NextStep::End.into()),
        Some(NextStep::Complete) => Ok(NextStep::Complete.into()),
        Some(NextStep::Refund) => refund_once(saga, read, now).await,
        Some(NextStep::Credit | NextStep::Wait) | None => {
            let next = read.value.refunding(REFUND, PROVIDER_UNAVAILABLE, now).ok_or_else(moved)?;
            match saga.store.change_donation(&read, next, &Outbox::none()).await {
                Ok(changed) => Ok(Attempt::Newer(Box::new(changed))),
                Err(NotGiven::Newer(newer)) => Ok(Attempt::Conflict(newer)),
                Err(NotGiven::Store(error)) => Err(error.into()),
                Err(NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => {
                    Err(Failure::Stop("no money was to move".to_owned()))
                }
            }
        }
    })
    .await
}

async fn refund_once(saga: &Saga, read: Versioned<Donation>, now: Timestamp) -> Result<Attempt, Failure> {
    let donation = &read.value;
    let Some(Stage::Refunding { reason }) = donation.stage() else { return Err(moved()) };
    let Some(id) = donation.payment_id() else { return end(saga, &read, REFUND, reason, now).await };
    let provider = saga.provider(now).await?;
    let reference = donation.payment_reference();
    let payment = provider.find(&id).await?;
    let method: Option<PaymentMethod> = donation.card.as_ref().map(|card| card.method.clone());
    let plan = Plan { method: method.as_ref(), may_charge: false, give_up: true };
    match drive(&*provider, &reference, payment, plan).await? {
        Charged::Ended { .. } => end(saga, &read, REFUND, reason, now).await,
        Charged::Waiting(_) => Ok(NextStep::Wait.into()),
        Charged::Paid(payment) => match provider.refund(&reference.to_string(), &payment.id).await {
            Ok(()) => {
                let next = donation.given_back("card", now).ok_or_else(moved)?;
                let outbox = refunded(&next, now)?;
                write(saga, &read, next, &outbox, NextStep::End).await
            }
            Err(PaymentError::Refused { code, .. }) => to_donor(saga, &read, &code, now).await,
            Err(error) => Err(error.into()),
        },
    }
}

/// A card that takes nothing back: the money goes to the donor's balance.
async fn to_donor(saga: &Saga, read: &Versioned<Donation>, code: &str, now: Timestamp) -> Result<Attempt, Failure> {
    let donation = &read.value;
    let next = donation.given_back("balance", now).ok_or_else(moved)?;
    let id = TransferId::new(types::derive_id(&["card_donation_back", &donation.id.to_string()]));
    let reference = Some(donation.id.uuid());
    let heading = Heading { id, kind: Kind::Refund, at: now, reference, message: None };
    let (from, to) = (Account::System(System::Provider), Account::user(donation.donor_id));
    let transfer = Transfer::between(heading, from, to, donation.money.clone());
    let transfer = transfer.map_err(|error| Failure::Stop(error.to_string()))?;
    match saga.store.give_back(read, &next, &transfer, &refunded(&next, now)?).await {
        Ok(()) => Ok(NextStep::End.into()),
        Err(NotGiven::Newer(newer)) => Ok(Attempt::Conflict(newer)),
        Err(NotGiven::Store(error)) => Err(error.into()),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => {
            Err(Failure::Stop(format!("the provider refunds nothing ({code}), and neither can the ledger")))
        }
    }
}

/// Goes through what is left of a donation that nobody works at.
pub async fn carry_on(saga: &Saga, id: DonationId) -> Result<NextStep, Failure> {
    let mut step = charge(saga, id, false).await?;
    for _ in 0..MAX_STEPS {
        step = match step {
            NextStep::Credit => credit(saga, id).await?,
            NextStep::Complete => complete(saga, id).await?,
            NextStep::Refund => match refund(saga, id).await? {
                // Later, when it is swept again.
                NextStep::Refund => return Ok(NextStep::Wait),
                step => step,
            },
            NextStep::Wait | NextStep::End => return Ok(step),
        };
    }
    Ok(step)
}

async fn arrived(saga: &Saga, donation: &Donation, now: Timestamp) -> Result<Outbox, Failure> {
    let unknown = || Failure::Stop("its currency is not known any more".to_owned());
    let currency = saga.store.currency(&donation.money.currency).await?.ok_or_else(unknown)?;
    // A recipient who has become unavailable since has the money all the same, and is not notified.
    let receiver = saga.store.receiver(donation.recipient).await?.ok();
    let beneficiary_id = receiver.as_ref().map(|receiver| receiver.beneficiary_id);
    let mut outbox = Outbox::of(event(donation, now, donation.arrival(beneficiary_id)))?;
    for notice in notice::of_arrival(donation, receiver.as_ref(), &currency) {
        outbox.push(event(donation, now, notice))?;
    }
    Ok(outbox)
}

fn failed(donation: &Donation, reason: &str, now: Timestamp) -> Result<Outbox, OutboxError> {
    let fact = DonationFailed {
        donation_id: donation.id,
        donor_id: donation.donor_id,
        recipient: donation.recipient,
        money: donation.money.clone(),
        funding: donation.funding,
        reason: reason.to_owned(),
    };
    let notice = Notice::DonationFailed { reason };
    let amount = currency::format_iso(&donation.money);
    let mut outbox = Outbox::of(event(donation, now, fact))?;
    outbox.push(event(donation, now, notice.request(donation.id.uuid(), donation.donor_id, amount)))?;
    Ok(outbox)
}

fn refunded(donation: &Donation, now: Timestamp) -> Result<Outbox, OutboxError> {
    let fact = DonationRefunded {
        donation_id: donation.id,
        donor_id: donation.donor_id,
        recipient: donation.recipient,
        money: donation.money.clone(),
        funding: donation.funding,
        reason: donation.reason.clone().unwrap_or_default(),
    };
    let amount = currency::format_iso(&donation.money);
    let mut outbox = Outbox::of(event(donation, now, fact))?;
    let notice = Notice::DonationRefunded.request(donation.id.uuid(), donation.donor_id, amount);
    outbox.push(event(donation, now, notice))?;
    Ok(outbox)
}

fn event<T: DomainEvent>(donation: &Donation, now: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), now, donation.correlation_id.clone(), Actor::System, fact)
}
