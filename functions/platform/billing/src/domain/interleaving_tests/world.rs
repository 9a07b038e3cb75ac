//! What handlers, consumers and sweeps will do with the rules, with everything in memory.

use std::collections::{BTreeMap, BTreeSet};

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use money::Rate;
use types::{CreditNoteId, InvoiceId, RefundId, SubscriptionId, UserId, Uuid, derive_id};

use super::model::Model;
use super::provider::Provider;
use crate::domain::cancel::{Cancellation, cancel, resume};
use crate::domain::catalogue::Price;
use crate::domain::change::{Ask, ChangeError, Timing, change, preview};
use crate::domain::coupon::Redemptions;
use crate::domain::documents::{Billing, Document};
use crate::domain::dunning::DunningCase;
use crate::domain::fixture::{at, entity, half_price, price, snapshot, yearly};
use crate::domain::invoice::{CreditNote, Invoice, divide_credit};
use crate::domain::managed::{Due, Managed, Step};
use crate::domain::mirror::{Mirror, Snapshot, Store, StoreState};
use crate::domain::ownership::{admitted, may_start};
use crate::domain::pending::Cause;
use crate::domain::period::Anchor;
use crate::domain::series::{Numbered, Series, SeriesKind};
use crate::domain::settlement::{RefundProgress, Settlement};
use crate::domain::subscription::{Mode, RENEWAL_TOLERANCE, Subscription};
use crate::domain::tax::{Country, Parties, PriceTax, Treatment};

/// An invoice with all that happens to it.
#[derive(Debug, Clone)]
pub(super) struct Billed {
    pub(super) invoice: Invoice,
    pub(super) settlement: Settlement,
    pub(super) case: DunningCase,
    refunds: Vec<RefundId>,
}

/// Everything.
#[derive(Debug)]
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) subscriptions: Vec<(Subscription, u64)>,
    pub(super) invoices: BTreeMap<InvoiceId, Billed>,
    pub(super) notes: Vec<CreditNote>,
    pub(super) numbered: Vec<Numbered>,
    pub(super) provider: Provider,
    pub(super) model: Model,
    series: BTreeMap<(SeriesKind, i16), Series>,
    /// What happened, by name.
    pub(super) seen: BTreeSet<&'static str>,
}

/// The prices that subscriptions change between.
pub(super) fn prices() -> [Price; 5] {
    [price("basic", 499), price("pro", 999), price("max", 1_999), yearly("pro", 9_990), yearly("max", 19_990)]
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            now: at(0),
            subscriptions: Vec::new(),
            invoices: BTreeMap::new(),
            notes: Vec::new(),
            numbered: Vec::new(),
            provider: Provider::default(),
            model: Model::default(),
            series: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    fn rate() -> Rate {
        Rate::from_millionths(190_000).unwrap()
    }

    fn all(&self) -> Vec<Subscription> {
        self.subscriptions.iter().map(|(subscription, _)| subscription.clone()).collect()
    }

    fn next_id(&self) -> SubscriptionId {
        SubscriptionId::new(Uuid::from_u128(100 + self.subscriptions.len() as u128))
    }

    fn number(&mut self, kind: SeriesKind) -> Numbered {
        let entity = entity();
        let year = entity.date(self.now).year();
        let series = self.series.entry((kind, year)).or_insert_with(|| Series::new(&entity, kind, year));
        let (mut numbers, after) = series.take(&entity, 1, self.now).unwrap();
        *series = after;
        self.numbered.push(numbers[0].clone());
        numbers.remove(0)
    }

    pub(super) fn managed(&self, index: usize) -> Option<&Managed> {
        match &self.subscriptions.get(index)?.0.mode {
            Mode::Managed(managed) => Some(managed),
            Mode::Mirrored(_) => None,
        }
    }

    pub(super) fn store(&mut self, index: usize, managed: Managed) {
        let (subscription, version) = &mut self.subscriptions[index];
        subscription.mode = Mode::Managed(Box::new(managed));
        *version += 1;
    }

    /// Starts a subscription, unless another one stands in its way.
    pub(super) fn start(&mut self, choice: usize, with_trial: bool, with_coupon: bool) {
        if may_start(&self.all(), None, self.now).is_err() {
            self.seen.insert("second subscription refused");
            return;
        }
        let id = self.next_id();
        let price = Price { trial_days: 14, ..prices()[choice].clone() };
        let zone = ZoneName::parse("Europe/Berlin").unwrap();
        let coupon = with_coupon.then(|| half_price(2).redeem(&price, Redemptions::default(), self.now).unwrap());
        self.model.discounted(id, if with_coupon { 2 } else { 0 }, price.interval);
        let step = Managed::start(id, price, coupon, Anchor::new(self.now, zone), with_trial).unwrap();
        let user = UserId::new(Uuid::from_u128(1));
        let mode = Mode::Managed(Box::new(step.managed.clone()));
        self.subscriptions.push((Subscription { id, user, started_at: self.now, mode }, 1));
        match step.managed.trial_until {
            Some(end) => self.model.paid(id, end),
            None => self.period_started(id, &step.managed),
        }
        self.apply(self.subscriptions.len() - 1, step, None);
    }

    fn period_started(&mut self, id: SubscriptionId, managed: &Managed) {
        let period = managed.account.as_ref().unwrap().period;
        self.model.started(id, (period.start, period.end), &managed.price);
    }

    /// Saves a step with its documents.
    fn apply(&mut self, index: usize, step: Step, change: Option<InvoiceId>) {
        if let Some(void) = step.void {
            self.void(void);
        }
        let (subscription, _) = self.subscriptions[index].clone();
        let billing = Billing {
            entity: entity().code,
            parties: Parties {
                seller: Country::parse("DE").unwrap(),
                customer: Country::parse("DE").unwrap(),
                vat_id: None,
            },
            prices: PriceTax::Inclusive,
            subscription: subscription.id,
            user: subscription.user,
            currency: prices()[0].currency.clone(),
        };
        let period = || step.managed.open.as_ref().map(|open| open.invoice);
        let id = change.or_else(period).unwrap_or(InvoiceId::new(Uuid::nil()));
        let plan = |_| Some(step.managed.price.plan.clone());
        match billing.document(id, &step.lines, Self::rate(), plan).unwrap() {
            Document::None => {}
            Document::Invoice(draft) => self.invoice(&draft.taxed().unwrap()),
            Document::Credit(amount) => self.credit(&step.managed.invoices, amount),
        }
        self.store(index, step.managed);
    }

    fn invoice(&mut self, draft: &Invoice) {
        let invoice = draft.finalised(self.number(SeriesKind::Invoices)).unwrap();
        let id = invoice.draft.id;
        let case = DunningCase::open(id, self.now);
        let billed = Billed { invoice, settlement: Settlement::default(), case, refunds: Vec::new() };
        assert!(self.invoices.insert(id, billed).is_none(), "an invoice is issued once");
    }

    fn credit(&mut self, invoices: &[InvoiceId], amount: i64) {
        let all: Vec<&Invoice> = invoices.iter().map(|id| &self.invoices[id].invoice).collect();
        let parts = divide_credit(&all, amount);
        assert_eq!(parts.iter().map(|(_, part)| part).sum::<i64>(), amount, "a credit is at most what was invoiced");
        for (id, part) in parts {
            self.seen.insert("credit");
            let note_id = self.note_id();
            let (note, after) = self.invoices[&id].invoice.credit(note_id, part).unwrap();
            self.add_note(&note);
            self.invoices.get_mut(&id).unwrap().invoice = after;
            self.refund_excess(id);
        }
    }

    fn note_id(&self) -> CreditNoteId {
        CreditNoteId::new(Uuid::from_u128(self.notes.len() as u128))
    }

    fn add_note(&mut self, note: &CreditNote) {
        let note = note.finalised(self.number(SeriesKind::CreditNotes));
        self.notes.push(note);
    }

    fn void(&mut self, id: InvoiceId) {
        let (note, after) = self.invoices[&id].invoice.void(self.note_id()).unwrap();
        if let Some(note) = note {
            self.add_note(&note);
        }
        let billed = self.invoices.get_mut(&id).unwrap();
        billed.invoice = after;
        billed.case = billed.case.close();
        self.refund_excess(id);
    }

    /// Pays back what was paid beyond what is owed.
    pub(super) fn refund_excess(&mut self, id: InvoiceId) {
        let billed = self.invoices.get_mut(&id).unwrap();
        let excess = billed.settlement.paid() - billed.invoice.owed();
        if excess > 0 {
            self.seen.insert("refund");
            let count = billed.refunds.len().to_string();
            let refund = RefundId::new(derive_id(&["refund", &id.to_string(), &count]));
            billed.settlement = billed.settlement.request_refund(refund, excess).unwrap();
            billed.refunds.push(refund);
        }
    }

    /// The provider's word about a refund.
    pub(super) fn refund_answered(&mut self, invoice: usize, refund: usize, succeeded: bool) {
        let Some(id) = self.nth_invoice(invoice) else { return };
        let billed = self.invoices.get_mut(&id).unwrap();
        if billed.refunds.is_empty() || billed.refunds.len() > 20 {
            return;
        }
        let refund = billed.refunds[refund % billed.refunds.len()];
        let progress = if succeeded { RefundProgress::Succeeded } else { RefundProgress::Failed };
        billed.settlement = billed.settlement.refund_progressed(refund, progress);
        self.refund_excess(id);
    }

    pub(super) fn nth_invoice(&self, index: usize) -> Option<InvoiceId> {
        let count = self.invoices.len();
        (count > 0).then(|| *self.invoices.keys().nth(index % count).unwrap())
    }

    /// What the sweep does for each subscription, in bounded steps.
    pub(super) fn sweep(&mut self) {
        for index in 0..self.subscriptions.len() {
            for _ in 0..10 {
                let Some(managed) = self.managed(index).cloned() else { break };
                let (id, started_at) = (self.subscriptions[index].0.id, self.subscriptions[index].0.started_at);
                let step = match managed.due(started_at, self.now) {
                    Due::At(_) | Due::Never => break,
                    Due::Renewal => {
                        self.seen.insert("renewal");
                        let step = managed.renew(id, started_at, self.now).unwrap();
                        assert_eq!(managed.renew(id, started_at, self.now).as_ref(), Some(&step), "repeated");
                        self.period_started(id, &step.managed);
                        step
                    }
                    Due::Abandonment => self.abandoned(id, &managed),
                    Due::End => {
                        if managed.open.is_some() {
                            self.abandoned(id, &managed);
                        }
                        managed.finish(self.now).unwrap()
                    }
                };
                self.apply(index, step, None);
            }
        }
    }

    fn abandoned(&mut self, id: SubscriptionId, managed: &Managed) -> Step {
        match &managed.open.as_ref().unwrap().cause {
            Cause::Period { .. } => {
                self.model.emptied(id);
                self.seen.insert("period given up");
                self.model.stops(id, Some(self.now));
            }
            Cause::Change { before } => {
                self.seen.insert("change undone");
                let is_new_period = before.price.interval != managed.price.interval;
                self.model.undone(id, is_new_period);
            }
        }
        managed.abandon(self.now).unwrap()
    }

    /// Previews a change, waits, and makes it; or with a preview of something else, which must be refused.
    pub(super) fn change(&mut self, choice: usize, timing: Timing, wait: SignedDuration, is_stale: bool) {
        let Some(index) = self.subscriptions.len().checked_sub(1) else { return };
        let (subscription, version) = self.subscriptions[index].clone();
        let to = prices()[choice].clone();
        let ask =
            Ask { price: to, timing, prices: PriceTax::Inclusive, treatment: Treatment::Standard, rate: Self::rate() };
        let as_of = self.now;
        let Ok(quote) = preview(&subscription, version, &ask, as_of) else { return };
        self.now += wait;
        let of = if is_stale { version + 1 } else { version };
        let quote = match change(&subscription, of, &ask, (as_of, &quote.hash), self.now) {
            Ok(made) => {
                assert!(made == quote && !is_stale, "what was previewed is charged");
                made
            }
            Err(error) => {
                assert!(
                    is_stale
                        || matches!(
                            error,
                            ChangeError::DiffersFromPreview | ChangeError::NotInForce | ChangeError::PreviewExpired
                        )
                );
                return;
            }
        };
        let id = subscription.id;
        let before = self.managed(index).unwrap().clone();
        let Mode::Managed(next) = quote.subscription.mode else { return };
        if before.account.is_some() && next.price.id != before.price.id {
            if next.price.interval == before.price.interval {
                self.seen.insert("change in a period");
                self.model.changed(id, quote.as_of, next.price.amount);
            } else {
                self.model.changed(id, quote.as_of, 0);
                self.seen.insert("change of the interval");
                self.period_started(id, &next);
            }
            if next.open.is_none() {
                self.model.paid(id, next.account.as_ref().unwrap().period.end);
            }
        }
        let step = Step { managed: *next, lines: quote.lines, void: None };
        self.apply(index, step, Some(quote.invoice));
    }

    pub(super) fn cancel(&mut self, how: Cancellation) {
        let Some(index) = self.subscriptions.len().checked_sub(1) else { return };
        let subscription = self.subscriptions[index].0.clone();
        let first = self.managed(index).and_then(|managed| managed.invoices.first().copied());
        let how = match (how, first) {
            (Cancellation::NowRefunded { .. }, Some(invoice)) => Cancellation::NowRefunded { invoice },
            (how, _) => how,
        };
        let Ok(step) = cancel(&subscription, how, self.now) else { return };
        let before = self.managed(index).unwrap().clone();
        if before.open.is_some() {
            self.abandoned(subscription.id, &before);
        }
        if step.void.is_none() || step.managed.account.is_some() {
            match how {
                Cancellation::NowWithCredit => self.model.changed(subscription.id, self.now, 0),
                Cancellation::NowRefunded { .. } => self.model.emptied(subscription.id),
                Cancellation::PeriodEnd | Cancellation::Now => {}
            }
        }
        let stops = step.managed.ended.map(|ended| ended.at).or(step.managed.cancel_at);
        assert!(stops.is_some());
        self.model.stops(subscription.id, stops);
        self.apply(index, step, None);
    }

    pub(super) fn resume(&mut self) {
        let Some(index) = self.subscriptions.len().checked_sub(1) else { return };
        let subscription = self.subscriptions[index].0.clone();
        if let Ok(managed) = resume(&subscription, self.now) {
            self.model.stops(subscription.id, None);
            self.seen.insert("resumed");
            self.store(index, managed);
        }
    }

    /// A purchase at a store, unless another subscription stands in its way.
    pub(super) fn buy_at_store(&mut self) {
        if may_start(&self.all(), None, self.now).is_ok() {
            let id = self.next_id();
            let mode = Mode::Mirrored(Box::new(Mirror::new(Store::Google)));
            let user = UserId::new(Uuid::from_u128(1));
            self.subscriptions.push((Subscription { id, user, started_at: self.now, mode }, 1));
        }
    }

    /// A store's notification of some time arrives.
    pub(super) fn store_says(&mut self, index: usize, (clock, state, purchase): (i64, StoreState, u8), days: i64) {
        let is_mirrored = |one: &&mut (Subscription, u64)| matches!(one.0.mode, Mode::Mirrored(_));
        let count = self.subscriptions.iter_mut().filter(is_mirrored).count();
        let others = self.all();
        let mut mirrored = self.subscriptions.iter_mut().filter(is_mirrored);
        let Some((subscription, _)) = mirrored.nth(index % count.max(1)) else { return };
        let Mode::Mirrored(mirror) = &mut subscription.mode else { return };
        let ends = self.now + SignedDuration::from_hours(24 * days);
        let purchase = format!("order-{purchase}");
        let told = Snapshot { purchase, grace_until: Some(ends), ..snapshot(clock, state, ends) };
        **mirror = mirror.fold(told).0;
        let (next, attention) = admitted(subscription.clone(), &others, self.now);
        *subscription = next;
        self.model.granted(subscription.id, ends + RENEWAL_TOLERANCE);
        if attention.is_some() {
            self.seen.insert("second subscription of a store");
        }
    }
}
