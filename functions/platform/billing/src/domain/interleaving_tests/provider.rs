//! A payment provider that keeps its idempotency keys, and whose answers and webhooks get lost.

use std::collections::BTreeMap;

use types::InvoiceId;

/// What became of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It succeeded.
    Succeeded,
    /// It was declined with this code.
    Declined(&'static str),
}

/// A charge as the provider has it, and as its webhook tells it.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    pub(super) key: String,
    pub(super) invoice: InvoiceId,
    pub(super) number: u32,
    pub(super) amount: i64,
    pub(super) outcome: Outcome,
}

/// The provider.
#[derive(Debug, Default)]
pub(super) struct Provider {
    charges: BTreeMap<String, Charge>,
    /// Webhooks that may still arrive, in any order and any number of times.
    pub(super) webhooks: Vec<Charge>,
}

impl Provider {
    /// Charges once per key: a repeated key gets the first answer.
    pub(super) fn charge(&mut self, charge: Charge) -> Charge {
        if let Some(known) = self.charges.get(&charge.key) {
            return known.clone();
        }
        self.charges.insert(charge.key.clone(), charge.clone());
        self.webhooks.push(charge.clone());
        charge
    }

    /// The charge of a key.
    pub(super) fn look_up(&self, key: &str) -> Option<Charge> {
        self.charges.get(key).cloned()
    }

    /// How often an invoice was charged with success.
    pub(super) fn successes(&self, invoice: InvoiceId) -> usize {
        let all = self.charges.values().filter(|charge| charge.invoice == invoice);
        all.filter(|charge| charge.outcome == Outcome::Succeeded).count()
    }

    /// What was taken from the customer in all.
    pub(super) fn taken(&self) -> i128 {
        let all = self.charges.values().filter(|charge| charge.outcome == Outcome::Succeeded);
        all.map(|charge| i128::from(charge.amount)).sum()
    }
}
