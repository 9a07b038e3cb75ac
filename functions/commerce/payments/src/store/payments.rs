//! Payments, and what is written with them in one transaction: the list entry, the due item, what needs attention, and what
//! leads from the provider's ID to the payment.

use contracts::payments::PaymentProviderName;
use dynamo::{Conflict, Outbox, Read, StoreError, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use kit::limits::{Limit, NotAllowed, Subject, subject_hash};
use payment_providers::{ProviderPayment, ProviderPaymentId};
use types::{BuyerId, PaymentId, PaymentMethodId, UserId};

use super::{
    DueEntry, PaymentEntry, Payments, ProviderReference, Store, UserPayment, customer_key, method_key, orphan_key,
    payment_key, reference_key,
};
use crate::domain::methods::{Customer, StoredMethod};
use crate::domain::orphan::Orphan;
use crate::domain::payment::{Beside, Payment};

/// What is known when a buyer starts to pay.
#[derive(Debug)]
pub struct Beginning {
    /// The payment of the order, if it was started before.
    pub payment: Option<Versioned<Payment>>,
    /// The user at the provider.
    pub customer: Option<Customer>,
    /// The saved method.
    pub method: Option<StoredMethod>,
}

/// A payment that was written.
pub type Saved = Versioned<Payment>;

/// Reason why a payment was not written.
#[derive(Debug)]
pub enum NotSaved {
    /// It changed since it was read: its newer state.
    Newer(Box<Versioned<Payment>>),
    /// Something beside it changed. Read it again.
    Conflict,
    /// The payer's account was erased.
    Erased,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotSaved {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Reads a payment, strongly consistent.
    pub async fn payment(&self, id: PaymentId) -> Result<Option<Versioned<Payment>>, StoreError> {
        self.table.get(payment_key(id), Read::Strong).await
    }

    /// Reads what a start of a payment needs, in one round trip.
    pub async fn beginning(
        &self,
        id: PaymentId,
        provider: PaymentProviderName,
        user: Option<UserId>,
        method: Option<PaymentMethodId>,
    ) -> Result<Beginning, StoreError> {
        let mut keys = vec![payment_key(id)];
        keys.extend(user.map(|user| customer_key(user, provider)));
        keys.extend(user.zip(method).map(|(user, method)| method_key(user, method)));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let customer = user.map(|user| found.take::<Customer>(customer_key(user, provider))).transpose()?.flatten();
        let method = user.zip(method).map(|(user, method)| found.take::<StoredMethod>(method_key(user, method)));
        let method = method.transpose()?.flatten();
        Ok(Beginning {
            payment: found.take(payment_key(id))?,
            customer: customer.map(|read| read.value),
            method: method.map(|read| read.value),
        })
    }

    /// Counts a request of a payer that calls the provider, within its limit. A guest is counted by the hash of the key.
    pub async fn admit_call(&self, payer: BuyerId, limit: Limit, now: Timestamp) -> Result<(), NotAllowed> {
        let key = subject_hash(&[&payer.to_string()]);
        let subject = payer.user_id().map_or(Subject::Hashed(&key), Subject::User);
        limit.count(&self.table, subject, now).await.map(drop)
    }

    /// Reads which payment has this ID at the provider.
    pub async fn payment_of(
        &self,
        provider: PaymentProviderName,
        id: &ProviderPaymentId,
    ) -> Result<Option<PaymentId>, StoreError> {
        let found = self.table.get::<ProviderReference>(reference_key(provider, id), Read::Strong).await?;
        Ok(found.map(|read| read.value.payment_id))
    }

    /// Writes a new payment, unless it is there.
    pub async fn create_payment(&self, payment: Payment, outbox: &Outbox) -> Result<Saved, NotSaved> {
        let (next, beside) = with_beside(None, payment);
        let mut transaction = self.table.transaction().create(&next, outbox);
        if let Some(user) = next.user_id() {
            transaction = transaction.unless_forgotten(user).create(&pointer(user, &next), &Outbox::none());
        }
        let cancelled = match beside.add_to(transaction).commit().await {
            Ok(()) => return Ok(Versioned::new(next, 1)),
            Err(TransactionError::Store(error)) => return Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => cancelled,
        };
        match cancelled.item::<Payment>(0)? {
            Some(before) => Err(NotSaved::Newer(Box::new(before))),
            None if next.user_id().is_some() && cancelled.failed(1) => Err(NotSaved::Erased),
            None => Err(NotSaved::Conflict),
        }
    }

    /// Writes a changed payment with everything that follows from it.
    pub async fn save_payment(&self, read: &Saved, next: Payment, outbox: &Outbox) -> Result<Saved, NotSaved> {
        let (next, beside) = with_beside(Some(&read.value), next);
        if beside.is_nothing() {
            return match self.table.replace(read, next, outbox).await {
                Ok(saved) => Ok(saved),
                Err(Conflict::Item(Some(newer))) => Err(NotSaved::Newer(newer)),
                Err(Conflict::Item(None)) => Err(NotSaved::Conflict),
                Err(Conflict::Store(error)) => Err(error.into()),
            };
        }
        let transaction = beside.add_to(self.table.transaction().replace(read, &next, outbox));
        match transaction.commit().await {
            Ok(()) => Ok(read.successor(next)),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => match cancelled.item::<Payment>(0)? {
                Some(newer) => Err(NotSaved::Newer(Box::new(newer))),
                None => Err(NotSaved::Conflict),
            },
        }
    }

    /// Records money that belongs to no payment here, or what became of it.
    pub async fn note_orphan(
        &self,
        provider: PaymentProviderName,
        view: &ProviderPayment,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let decide = |known: Option<&Orphan>| match known {
            Some(known) => Some(known.seen_again(view)).filter(|next| next != known),
            None => Orphan::of(provider, view, now),
        };
        self.decide(|| orphan_key(provider, &view.id), None, decide).await.map(drop)
    }
}

fn pointer(user_id: UserId, payment: &Payment) -> UserPayment {
    let Payment { id, ref number, ref money, started_at, .. } = *payment;
    UserPayment { user_id, payment_id: id, number: number.clone(), money: money.clone(), started_at }
}

/// What is written beside a payment.
struct BesideWrites {
    entry: Option<(Option<Versioned<PaymentEntry>>, PaymentEntry)>,
    due: DueWrite,
    reference: Option<ProviderReference>,
    attention: Vec<AttentionWrite>,
}

enum DueWrite {
    Keep,
    Create(DueEntry),
    Replace(Versioned<DueEntry>, DueEntry),
    Delete(Versioned<DueEntry>),
}

enum AttentionWrite {
    Create(crate::domain::attention::Attention),
    Delete(crate::domain::attention::Attention),
}

/// The payment with the versions of what is written beside it. These items are written in such transactions only, so their
/// versions are known without a read.
fn with_beside(before: Option<&Payment>, mut next: Payment) -> (Payment, BesideWrites) {
    let known = before.map(|before| before.beside.clone()).unwrap_or_default();
    let entry = entry_write(before, &next, &known);
    let due = due_write(&next, &known);
    next.beside = Beside {
        entry_version: known.entry_version + u64::from(entry.is_some()),
        due_at: next.due_at(),
        due_version: match due {
            DueWrite::Keep => known.due_version,
            DueWrite::Create(_) => 1,
            DueWrite::Replace(..) => known.due_version + 1,
            DueWrite::Delete(_) => 0,
        },
    };
    let writes =
        BesideWrites { entry, due, reference: reference_write(before, &next), attention: attention(before, &next) };
    (next, writes)
}

fn entry_write(
    before: Option<&Payment>,
    next: &Payment,
    known: &Beside,
) -> Option<(Option<Versioned<PaymentEntry>>, PaymentEntry)> {
    let entry = PaymentEntry::of(next);
    let old = before.map(PaymentEntry::of);
    if old.as_ref() == Some(&entry) {
        return None;
    }
    Some((old.map(|old| Versioned::new(old, known.entry_version)), entry))
}

fn due_write(next: &Payment, known: &Beside) -> DueWrite {
    let payment_id = next.id;
    let old = known.due_at.map(|due_at| Versioned::new(DueEntry { payment_id, due_at }, known.due_version));
    let new = next.due_at().map(|due_at| DueEntry { payment_id, due_at });
    match (old, new) {
        (None, None) => DueWrite::Keep,
        (Some(old), Some(new)) if old.value == new => DueWrite::Keep,
        (None, Some(new)) => DueWrite::Create(new),
        (Some(old), Some(new)) => DueWrite::Replace(old, new),
        (Some(old), None) => DueWrite::Delete(old),
    }
}

fn reference_write(before: Option<&Payment>, next: &Payment) -> Option<ProviderReference> {
    let session = &next.session;
    let provider_id = session.id.clone()?;
    let old = before.filter(|before| before.session.number == session.number)?.session.id.as_ref();
    let reference = ProviderReference { provider: session.provider, provider_id, payment_id: next.id };
    (old != session.id.as_ref()).then_some(reference)
}

fn attention(before: Option<&Payment>, next: &Payment) -> Vec<AttentionWrite> {
    let old = before.map(|before| before.attention.clone()).unwrap_or_default();
    let gone = old.iter().filter(|(kind, _)| !next.attention.contains_key(kind));
    let new = next.attention.iter().filter(|(kind, _)| !old.contains_key(kind));
    let delete = gone.map(|(kind, at)| AttentionWrite::Delete(next.attention_of(*kind, *at)));
    let create = new.map(|(kind, at)| AttentionWrite::Create(next.attention_of(*kind, *at)));
    delete.chain(create).collect()
}

impl BesideWrites {
    fn is_nothing(&self) -> bool {
        self.entry.is_none()
            && matches!(self.due, DueWrite::Keep)
            && self.reference.is_none()
            && self.attention.is_empty()
    }

    fn add_to(&self, mut transaction: Transaction<Payments>) -> Transaction<Payments> {
        let none = Outbox::none();
        transaction = match &self.entry {
            Some((Some(old), new)) => transaction.replace(old, new, &none),
            Some((None, new)) => transaction.create(new, &none),
            None => transaction,
        };
        transaction = match &self.due {
            DueWrite::Keep => transaction,
            DueWrite::Create(due) => transaction.create(due, &none),
            DueWrite::Replace(old, due) => transaction.replace(old, due, &none),
            DueWrite::Delete(old) => transaction.delete(old),
        };
        if let Some(reference) = &self.reference {
            transaction = transaction.create(reference, &none);
        }
        for write in &self.attention {
            transaction = match write {
                AttentionWrite::Create(attention) => transaction.create(attention, &none),
                // Such an item is written once and never changed.
                AttentionWrite::Delete(attention) => transaction.delete(&Versioned::new(attention.clone(), 1)),
            };
        }
        transaction
    }
}
