//! Payments of the world: attempts, answers, webhooks and refunds.

use types::InvoiceId;

use super::provider::{Charge, Outcome};
use super::world::World;
use crate::domain::dunning::{ATTEMPT_LEASE, Purpose, Schedule, Success};
use crate::domain::invoice::InvoiceState;
use crate::domain::managed::Payment;

impl World {
    /// Charges an invoice whose attempt is due. The answer may get lost.
    pub(super) fn attempt(&mut self, index: usize, outcome: Outcome, is_lost: bool) {
        if let Some(id) = self.nth_invoice(index) {
            self.attempt_on(id, outcome, is_lost);
        }
    }

    fn attempt_on(&mut self, id: InvoiceId, outcome: Outcome, is_lost: bool) {
        let billed = self.invoices.get_mut(&id).unwrap();
        let Ok((attempt, case)) = billed.case.begin(self.now) else { return };
        billed.case = case;
        let amount = billed.invoice.owed();
        let charge = Charge { key: attempt.key.clone(), invoice: id, number: attempt.number, amount, outcome };
        if attempt.purpose == Purpose::LookUp {
            self.seen.insert("look up");
        }
        let answer = match attempt.purpose {
            Purpose::Charge => Some(self.provider.charge(charge)),
            Purpose::LookUp => self.provider.look_up(&charge.key),
        };
        match answer {
            Some(answer) if !is_lost => self.heard(&answer),
            None if !is_lost => {
                let billed = self.invoices.get_mut(&id).unwrap();
                billed.case = billed.case.found_nothing();
            }
            _ => {}
        }
    }

    pub(super) fn new_card(&mut self, index: usize) {
        let Some(id) = self.nth_invoice(index) else { return };
        let billed = self.invoices.get_mut(&id).unwrap();
        if let Ok(case) = billed.case.method_replaced(self.now) {
            billed.case = case;
        }
    }

    /// A webhook arrives: late, again, or in another order.
    pub(super) fn webhook(&mut self, index: usize, is_lost: bool) {
        let count = self.provider.webhooks.len();
        if count == 0 {
            return;
        }
        if is_lost {
            self.provider.webhooks.swap_remove(index % count);
        } else {
            let charge = self.provider.webhooks[index % count].clone();
            self.heard(&charge);
        }
    }

    /// An answer or a webhook.
    fn heard(&mut self, charge: &Charge) {
        let billed = self.invoices.get_mut(&charge.invoice).unwrap();
        let subscription = billed.invoice.draft.subscription;
        let index = self.subscriptions.iter().position(|(one, _)| one.id == subscription).unwrap();
        let started_at = self.subscriptions[index].0.started_at;
        let managed = self.managed(index).unwrap().clone();
        let billed = self.invoices.get_mut(&charge.invoice).unwrap();
        match charge.outcome {
            Outcome::Declined(code) => {
                let (case, notices) = billed.case.declined(charge.number, code, Schedule::usual(), self.now);
                let is_news = case != billed.case;
                assert!(is_news || notices.is_empty());
                billed.case = case;
                if is_news {
                    let failed = managed.payment_failed(charge.invoice, Schedule::usual());
                    if failed != managed {
                        self.seen.insert("failed payment");
                        self.model.granted(subscription, Schedule::usual().grace_until(self.now));
                        self.store(index, failed);
                    }
                }
            }
            Outcome::Succeeded => {
                billed.settlement = billed.settlement.charged(&charge.key, charge.amount);
                let (case, success) = billed.case.succeeded();
                billed.case = case;
                match managed.paid(charge.invoice, started_at, self.now) {
                    Payment::Applied(paid) => {
                        assert_eq!(success, Success::Recovered, "what is refunded pays for nothing");
                        billed.invoice = billed.invoice.after_payment(billed.settlement.paid());
                        self.model.paid(subscription, paid.paid_until.unwrap());
                        self.store(index, *paid);
                    }
                    // The subscription may have ended without anybody having recorded that.
                    Payment::Superfluous => {
                        self.seen.insert("late or repeated payment");
                        self.sweep();
                    }
                }
                self.refund_excess(charge.invoice);
            }
        }
    }

    /// Everything that is under way is answered.
    pub(super) fn settle(&mut self) {
        for charge in self.provider.webhooks.clone() {
            self.heard(&charge);
        }
        self.now += ATTEMPT_LEASE;
        let invoices: Vec<InvoiceId> = self.invoices.keys().copied().collect();
        for id in invoices {
            self.attempt_on(id, Outcome::Declined("insufficient_funds"), false);
        }
        self.sweep();
        for index in 0..self.invoices.len() {
            for refund in 0..20 {
                self.refund_answered(index, refund, true);
            }
        }
    }

    /// The invoices that wait for payment.
    pub(super) fn open_total(&self) -> i64 {
        let all = self.invoices.values().filter(|billed| matches!(billed.invoice.state, InvoiceState::Open(_)));
        all.map(|billed| billed.invoice.owed()).sum()
    }
}
