//! A payment provider that does what it is asked, loses answers as it is told, and notes each call.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::outbound::OutboundError;
use payment_providers::order_webhooks::Headers;
use payment_providers::{
    Capabilities, CaptureRequest, ClientSecret, Confirmation, Continuation, CustomerId, DisputeProgress, MethodId,
    MethodList, NewPayment, NotPayable, OrderEvent, OrderPayments, OrderWebhookError, OrderWebhooks, Owner,
    PaymentError, PaymentFacts, Progressed, ProviderCall, ProviderPayment, ProviderPaymentId, RefundProgress,
    RefundRequest, SavedMethod, SavedMethods, Setup, SetupId, SetupStatus, SignatureError, WebhookError,
};
use serde_json::Value;
use types::Money;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not reach the provider.
    Before,
    /// It takes effect, and its answer is lost.
    After,
    /// It takes effect, and the provider answers with a failure of its own.
    Failure,
}

#[derive(Debug, Clone)]
struct Row {
    reference: String,
    money: Money,
    is_automatic: bool,
    customer: Option<CustomerId>,
    facts: PaymentFacts,
    needs_confirm: bool,
}

/// A provider. `pm_card_visa` pays at once; other methods are declined.
#[derive(Default)]
pub struct Acquirer {
    rows: Mutex<BTreeMap<String, Row>>,
    setups: Mutex<BTreeMap<String, (String, CustomerId, bool)>>,
    faults: Mutex<VecDeque<Fault>>,
    calls: Mutex<Vec<String>>,
    /// Every payment needs the confirmation of an approval.
    by_approval: bool,
    /// An authorization can be captured once.
    single_capture: bool,
}

impl Acquirer {
    /// A provider where every payment needs the confirmation of an approval.
    pub fn by_approval() -> Self {
        Self { by_approval: true, ..Self::default() }
    }

    /// A provider whose authorizations can be captured once.
    pub fn with_single_capture() -> Self {
        Self { single_capture: true, ..Self::default() }
    }

    /// What happens to the next calls.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.faults.lock().unwrap() = faults.into_iter().collect();
    }

    /// The calls that it got, by their names.
    pub fn calls(&self, name: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| *call == name).count()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Row>> {
        self.rows.lock().unwrap()
    }

    /// The buyer pays with the provider's form, or approves.
    pub fn pay(&self, id: &str) {
        let mut rows = self.rows();
        let row = rows.get_mut(id).expect("a payment");
        if self.by_approval { row.needs_confirm = true } else { settle(row) }
    }

    /// Changes what the provider knows.
    pub fn set(&self, id: &str, change: impl FnOnce(&mut PaymentFacts)) {
        change(&mut self.rows().get_mut(id).expect("a payment").facts);
    }

    /// What it has taken and not returned.
    pub fn kept(&self) -> i64 {
        self.rows().values().map(|row| row.facts.captured_minor() - row.facts.refunded_minor()).sum()
    }

    /// What it knows of a payment.
    pub fn facts(&self, id: &str) -> PaymentFacts {
        self.rows()[id].facts.clone()
    }

    /// A payment of which no item exists.
    pub fn stray(&self, id: &str, reference: &str, money: Money) {
        let mut row = Row {
            reference: reference.to_owned(),
            money,
            is_automatic: true,
            customer: None,
            facts: PaymentFacts::default(),
            needs_confirm: false,
        };
        settle(&mut row);
        self.rows().insert(id.to_owned(), row);
    }

    /// The user finishes a setup.
    pub fn finish_setups(&self) {
        self.setups.lock().unwrap().values_mut().for_each(|setup| setup.2 = true);
    }

    fn call<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut BTreeMap<String, Row>) -> Result<T, PaymentError>,
    ) -> Result<T, PaymentError> {
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        if fault == Fault::Before {
            return Err(OutboundError::Unreachable.into());
        }
        self.calls.lock().unwrap().push(name.to_owned());
        let done = act(&mut self.rows());
        match fault {
            Fault::After => Err(OutboundError::TimedOut.into()),
            Fault::Failure => Err(PaymentError::Unknown(OutboundError::Status { status: 500 })),
            Fault::None | Fault::Before => done,
        }
    }

    fn view(&self, id: &str, row: &Row) -> ProviderPayment {
        let is_paid = row.facts.authorized_minor > 0;
        let is_open = !is_paid && !row.facts.closed;
        let card = is_paid.then(|| card(&format!("pm_{id}")));
        ProviderPayment {
            id: ProviderPaymentId::new(id),
            reference: Some(row.reference.clone()),
            money: row.money.clone(),
            facts: row.facts.clone(),
            our_captures: BTreeSet::new(),
            needs_confirm: row.needs_confirm,
            multi_capture: !self.single_capture,
            next: is_open.then(|| Continuation::ClientSecret(ClientSecret::new(format!("{id}_secret")))),
            decline: (!row.facts.failed_attempts.is_empty()).then(|| "card_declined".to_owned()),
            method: card,
            customer: row.customer.clone(),
        }
    }
}

fn settle(row: &mut Row) {
    row.needs_confirm = false;
    row.facts.authorized_minor = row.money.amount_minor;
    if row.is_automatic {
        row.facts.captures.insert("ch_auto".to_owned(), row.money.amount_minor);
    }
}

/// A card with this ID.
pub fn card(id: &str) -> SavedMethod {
    let (brand, last4) = ("visa".to_owned(), "4242".to_owned());
    SavedMethod { id: MethodId::new(id), brand, last4, expiry_month: 12, expiry_year: 2031 }
}

fn wrong_state<T>() -> Result<T, PaymentError> {
    Err(PaymentError::State { code: "unexpected_state".into() })
}

fn row<'a>(rows: &'a mut BTreeMap<String, Row>, id: &ProviderPaymentId) -> &'a mut Row {
    rows.get_mut(id.as_str()).expect("a payment")
}

impl OrderPayments for Acquirer {
    fn capabilities(&self) -> Capabilities {
        let multi_capture = !self.single_capture;
        Capabilities { multi_capture, find_by_reference: true, confirm_after_approval: self.by_approval }
    }

    fn payable(&self, money: &Money) -> Result<(), NotPayable> {
        let max = 100_000_000;
        (1..=max).contains(&money.amount_minor).then_some(()).ok_or(NotPayable::Amount { max })
    }

    fn create<'a>(&'a self, new: &'a NewPayment) -> ProviderCall<'a, ProviderPayment> {
        let created = self.call("create", |rows| {
            let id = format!("pi_{}", new.reference);
            let row = rows.entry(id.clone()).or_insert_with(|| Row {
                reference: new.reference.clone(),
                money: new.money.clone(),
                is_automatic: new.capture == payment_providers::CaptureMode::Automatic,
                customer: new.customer.clone(),
                facts: PaymentFacts::default(),
                needs_confirm: false,
            });
            Ok(self.view(&id, row))
        });
        async move { created }.boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        let found = self.call("find", |rows| Ok(self.view(id.as_str(), row(rows, id))));
        async move { found }.boxed()
    }

    fn find_by_reference<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, Option<ProviderPayment>> {
        let found = self.call("search", |rows| {
            Ok(rows.iter().find(|(_, row)| row.reference == reference).map(|(id, row)| self.view(id, row)))
        });
        async move { found }.boxed()
    }

    fn confirm<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        confirmation: &'a Confirmation,
    ) -> ProviderCall<'a, ProviderPayment> {
        let confirmed = self.call("confirm", |rows| {
            let row = row(rows, id);
            if row.facts.closed {
                return wrong_state();
            }
            match confirmation.method.as_ref().map(MethodId::as_str) {
                None if row.needs_confirm => settle(row),
                Some(method) if method.starts_with("pm_") && !method.contains("declined") => settle(row),
                Some(_) => drop(row.facts.failed_attempts.insert(format!("ch_{}", confirmation.attempt))),
                None => {}
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { confirmed }.boxed()
    }

    fn capture<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        capture: &'a CaptureRequest,
    ) -> ProviderCall<'a, ProviderPayment> {
        let captured = self.call("capture", |rows| {
            let row = row(rows, id);
            let key = format!("ch_{}", capture.id);
            let amount = capture.money.amount_minor;
            if !row.facts.captures.contains_key(&key) {
                let left = row.facts.authorized_minor - row.facts.captured_minor();
                let is_used = self.single_capture && row.facts.captured_minor() > 0;
                if row.facts.closed || amount > left || is_used {
                    return wrong_state();
                }
                row.facts.captures.insert(key, amount);
                row.facts.closed = capture.is_final;
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { captured }.boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        let cancelled = self.call("cancel", |rows| {
            let row = row(rows, id);
            if row.facts.authorized_minor > 0 && row.facts.captured_minor() >= row.facts.authorized_minor {
                return wrong_state();
            }
            row.facts.closed = true;
            Ok(self.view(id.as_str(), row))
        });
        async move { cancelled }.boxed()
    }

    fn refund<'a>(&'a self, id: &'a ProviderPaymentId, refund: &'a RefundRequest) -> ProviderCall<'a, ProviderPayment> {
        let refunded = self.call("refund", |rows| {
            let row = row(rows, id);
            let amount_minor = refund.money.amount_minor;
            if !row.facts.refunds.contains_key(&refund.id) {
                if amount_minor > row.facts.refundable_minor() {
                    return wrong_state();
                }
                let progress = RefundProgress::Succeeded;
                row.facts.refunds.insert(refund.id.clone(), Progressed { amount_minor, progress });
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { refunded }.boxed()
    }

    fn saved_methods(&self) -> Option<&dyn SavedMethods> {
        (!self.by_approval).then_some(self as &dyn SavedMethods)
    }
}

impl SavedMethods for Acquirer {
    fn create_customer<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, CustomerId> {
        let created = self.call("create_customer", |_| Ok(CustomerId::new(format!("cus_{reference}"))));
        async move { created }.boxed()
    }

    fn has_customer<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, bool> {
        async move { Ok(true) }.boxed()
    }

    fn delete_customer<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, ()> {
        let deleted = self.call("delete_customer", |_| Ok(()));
        async move { deleted }.boxed()
    }

    fn create_setup<'a>(&'a self, customer: &'a CustomerId, reference: &'a str) -> ProviderCall<'a, Setup> {
        let id = format!("seti_{reference}");
        let new = || (reference.to_owned(), customer.clone(), false);
        self.setups.lock().unwrap().entry(id.clone()).or_insert_with(new);
        let created = self.call("create_setup", |_| Ok(()));
        async move {
            created?;
            self.find_setup(&SetupId::new(id)).await
        }
        .boxed()
    }

    fn find_setup<'a>(&'a self, id: &'a SetupId) -> ProviderCall<'a, Setup> {
        let (reference, customer, is_done) = self.setups.lock().unwrap()[id.as_str()].clone();
        let setup = Setup {
            id: id.clone(),
            reference: Some(reference),
            status: if is_done { SetupStatus::Succeeded } else { SetupStatus::Open },
            client_secret: (!is_done).then(|| ClientSecret::new("seti_secret")),
            customer: Some(customer),
            method: is_done.then(|| card("pm_card_visa")),
        };
        let found = self.call("find_setup", |_| Ok(setup));
        async move { found }.boxed()
    }

    fn list_methods<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, MethodList> {
        async move { Ok(MethodList::default()) }.boxed()
    }

    fn detach_method<'a>(&'a self, _: &'a MethodId) -> ProviderCall<'a, ()> {
        let detached = self.call("detach_method", |_| Ok(()));
        async move { detached }.boxed()
    }

    fn set_default_method<'a>(&'a self, _: &'a CustomerId, _: &'a MethodId) -> ProviderCall<'a, ()> {
        let set = self.call("set_default_method", |_| Ok(()));
        async move { set }.boxed()
    }
}

/// Reads events that are proven by a header `proof: right`.
pub struct Inbox;

impl OrderWebhooks for Inbox {
    fn read<'a>(
        &'a self,
        headers: Headers<'a>,
        body: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<OrderEvent, OrderWebhookError>> {
        let proof = headers("proof");
        let read = || {
            if proof.as_deref() != Some("right") {
                return Err(WebhookError::Signature(SignatureError::Wrong).into());
            }
            let unreadable = |error: serde_json::Error| WebhookError::Unreadable(error.to_string());
            let event: Value = serde_json::from_slice(body).map_err(unreadable)?;
            let text = |name: &str| event[name].as_str().map(str::to_owned);
            let owner = text("reference").map_or(Owner::Unstated, |reference| Owner::Ours { reference });
            let owner = if event["foreign"] == true { Owner::Other } else { owner };
            Ok(match (text("payment"), text("setup")) {
                (Some(id), _) => OrderEvent::Payment { id: ProviderPaymentId::new(id), owner },
                (_, Some(id)) => OrderEvent::Setup { id: SetupId::new(id), owner, customer: None },
                _ => OrderEvent::Other,
            })
        };
        let read = read();
        async move { read }.boxed()
    }
}

/// A dispute of an amount.
pub fn dispute(amount_minor: i64, progress: DisputeProgress) -> Progressed<DisputeProgress> {
    Progressed { amount_minor, progress }
}
