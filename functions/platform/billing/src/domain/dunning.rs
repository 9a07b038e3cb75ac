//! Dunning: what happens after a payment failed, as data by the provider's decline code.
//!
//! A case belongs to an invoice. One attempt runs at a time; its idempotency key is the invoice and the attempt's number, so
//! a new card and the sweep cannot both charge. A second failure is not announced; that all attempts failed is said once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::InvoiceId;

use super::period::whole_second;

/// The most attempts of a case, those with a new payment method included.
pub const MAX_ATTEMPTS: u32 = 20;
/// After so long without an answer, an attempt is repeated with its own key.
pub const ATTEMPT_LEASE: SignedDuration = SignedDuration::from_mins(10);

static USUAL: LazyLock<Schedule> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the binary, and a test reads it")]
    serde_json::from_str(include_str!("../../dunning.json")).expect("dunning.json is valid")
});

/// What a decline code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Charge again on the next day of the schedule.
    #[default]
    Retry,
    /// The method will never work: ask for another one, and do not charge until then.
    AskForMethod,
    /// The payer must confirm the payment.
    WaitForPayer,
}

/// When a failed payment is tried again, and how long the subscription lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Schedule {
    /// Days after the first attempt, from 0 on.
    #[serde(rename = "attemptDays")]
    attempts: Vec<u16>,
    /// Length of the grace period in days.
    #[serde(rename = "graceDays")]
    grace: u16,
    /// Days after which the subscription ends.
    #[serde(rename = "endDays")]
    end: u16,
    codes: BTreeMap<String, Treatment>,
}

/// A schedule as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    #[serde(rename = "attemptDays")]
    attempts: Vec<u16>,
    #[serde(rename = "graceDays")]
    grace: u16,
    #[serde(rename = "endDays")]
    end: u16,
    codes: BTreeMap<String, Treatment>,
}

/// The days of a schedule are out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("attempts start on day 0 and are on rising days, and neither they nor the grace period end after the last day")]
pub struct NotASchedule;

impl TryFrom<Unchecked> for Schedule {
    type Error = NotASchedule;

    fn try_from(schedule: Unchecked) -> Result<Self, NotASchedule> {
        let Unchecked { attempts, grace, end, codes } = schedule;
        let rises = attempts.windows(2).all(|pair| pair.first() < pair.last());
        let last = attempts.last().copied().unwrap_or(0);
        let fits = attempts.first() == Some(&0) && rises && last <= end && grace <= end;
        if fits { Ok(Self { attempts, grace, end, codes }) } else { Err(NotASchedule) }
    }
}

impl Schedule {
    /// The schedule in `dunning.json`.
    pub fn usual() -> &'static Self {
        &USUAL
    }

    /// What a decline code asks for. An unknown code is tried again.
    pub fn treatment(&self, code: &str) -> Treatment {
        self.codes.get(code).copied().unwrap_or_default()
    }

    /// Until when the subscription keeps its plan after the first failure.
    pub fn grace_until(&self, since: Timestamp) -> Timestamp {
        since.saturating_add(days(self.grace)).unwrap_or(since)
    }

    /// When the subscription ends without payment.
    pub fn ends_at(&self, since: Timestamp) -> Timestamp {
        since.saturating_add(days(self.end)).unwrap_or(since)
    }

    /// The first attempt after an instant, of a case that was opened at another.
    fn next_after(&self, opened: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let mut attempts = self.attempts.iter().filter_map(|day| opened.checked_add(days(*day)).ok());
        attempts.find(|at| *at > now)
    }
}

fn days(number: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(number))
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseState {
    /// The next attempt is due then.
    Scheduled {
        /// When.
        at: Timestamp,
    },
    /// An attempt waits for the provider's answer.
    Charging {
        /// Since when.
        since: Timestamp,
    },
    /// Only another payment method helps.
    AwaitingMethod,
    /// The payer must confirm.
    AwaitingPayer,
    /// It was paid.
    Recovered,
    /// No attempt is left on the schedule. Another payment method allows one, as long as the invoice is open.
    Exhausted,
    /// The invoice was voided while an attempt waited for its answer, which may be a success: look it up.
    Closing {
        /// Since when.
        since: Timestamp,
    },
    /// The invoice was voided.
    Closed,
}

/// A case of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DunningCase {
    /// Invoice.
    pub invoice: InvoiceId,
    /// First attempt.
    pub opened_at: Timestamp,
    /// Number of the last attempt. 0: none was made.
    pub attempt: u32,
    /// Where it stands.
    pub state: CaseState,
    /// The first failure was announced.
    pub is_announced: bool,
    /// It was announced that no attempt is left.
    #[serde(default)]
    pub is_exhaustion_announced: bool,
}

/// What to tell the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The payment failed and will be tried again.
    FirstFailure,
    /// Another payment method is needed.
    MethodNeeded,
    /// The payment must be confirmed.
    ConfirmationNeeded,
    /// All attempts failed.
    Exhausted,
}

/// What to do at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Charge, with the key.
    Charge,
    /// Look for a charge with the key, and make none.
    LookUp,
}

/// Permission for one charge, or for looking it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What to do.
    pub purpose: Purpose,
    /// Number.
    pub number: u32,
    /// Idempotency key for the provider.
    pub key: String,
}

/// Why no charge may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAttempt {
    /// One is running.
    #[error("a payment is in progress")]
    InProgress,
    /// It is not time yet.
    #[error("the next payment is due later")]
    NotDue,
    /// The customer must act first.
    #[error("the payment waits for the customer")]
    CustomerMustAct,
    /// The case is over.
    #[error("nothing is to be paid")]
    Over,
}

/// What a success means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Success {
    /// The invoice is paid.
    Recovered,
    /// It was recorded before.
    Known,
    /// The case is over: refund the payment and list it for an operator.
    TooLate,
}

impl DunningCase {
    /// A case whose first attempt is due at once.
    pub fn open(invoice: InvoiceId, now: Timestamp) -> Self {
        let now = whole_second(now);
        Self {
            invoice,
            opened_at: now,
            attempt: 0,
            state: CaseState::Scheduled { at: now },
            is_announced: false,
            is_exhaustion_announced: false,
        }
    }

    /// Starts an attempt, or repeats one that got no answer, with the same key.
    pub fn begin(&self, now: Timestamp) -> Result<(Attempt, Self), NoAttempt> {
        let charging = CaseState::Charging { since: now };
        let (purpose, number, state) = match self.state {
            CaseState::Scheduled { at } if now < at => return Err(NoAttempt::NotDue),
            CaseState::Scheduled { .. } => (Purpose::Charge, self.attempt + 1, charging),
            CaseState::Charging { since } | CaseState::Closing { since }
                if now.duration_since(since) < ATTEMPT_LEASE =>
            {
                return Err(NoAttempt::InProgress);
            }
            CaseState::Charging { .. } => (Purpose::Charge, self.attempt, charging),
            CaseState::Closing { .. } => (Purpose::LookUp, self.attempt, CaseState::Closing { since: now }),
            CaseState::AwaitingMethod | CaseState::AwaitingPayer | CaseState::Exhausted => {
                return Err(NoAttempt::CustomerMustAct);
            }
            CaseState::Recovered | CaseState::Closed => return Err(NoAttempt::Over),
        };
        let key = format!("{}-{number}", self.invoice);
        Ok((Attempt { purpose, number, key }, Self { attempt: number, state, ..self.clone() }))
    }

    /// Records that the provider knows of no charge with the key of the attempt that was looked up.
    #[must_use]
    pub fn found_nothing(&self) -> Self {
        match self.state {
            CaseState::Closing { .. } => Self { state: CaseState::Closed, ..self.clone() },
            CaseState::Scheduled { .. }
            | CaseState::Charging { .. }
            | CaseState::AwaitingMethod
            | CaseState::AwaitingPayer
            | CaseState::Recovered
            | CaseState::Exhausted
            | CaseState::Closed => self.clone(),
        }
    }

    /// Records that an attempt was declined. What is not about the running attempt changes nothing.
    pub fn declined(&self, number: u32, code: &str, schedule: &Schedule, now: Timestamp) -> (Self, Vec<Notice>) {
        if number != self.attempt {
            return (self.clone(), Vec::new());
        }
        if !matches!(self.state, CaseState::Charging { .. }) {
            return (self.found_nothing(), Vec::new());
        }
        let treatment = schedule.treatment(code);
        let next = schedule.next_after(self.opened_at, now).filter(|_| self.attempt < MAX_ATTEMPTS);
        let (state, notice) = match (treatment, next) {
            (Treatment::AskForMethod, _) => (CaseState::AwaitingMethod, Some(Notice::MethodNeeded)),
            (Treatment::WaitForPayer, _) => (CaseState::AwaitingPayer, Some(Notice::ConfirmationNeeded)),
            (Treatment::Retry, Some(at)) => (CaseState::Scheduled { at }, None),
            (Treatment::Retry, None) => (CaseState::Exhausted, Some(Notice::Exhausted)),
        };
        let is_exhausted = state == CaseState::Exhausted;
        let first = (!self.is_announced && notice.is_none()).then_some(Notice::FirstFailure);
        let notice = notice.filter(|_| !(is_exhausted && self.is_exhaustion_announced));
        let notices = first.into_iter().chain(notice).collect();
        let is_exhaustion_announced = self.is_exhaustion_announced || is_exhausted;
        (Self { state, is_announced: true, is_exhaustion_announced, ..self.clone() }, notices)
    }

    /// Another payment method allows one attempt at once, unless one is running.
    pub fn method_replaced(&self, now: Timestamp) -> Result<Self, NoAttempt> {
        match self.state {
            CaseState::Scheduled { .. }
            | CaseState::AwaitingMethod
            | CaseState::AwaitingPayer
            | CaseState::Exhausted => {
                if self.attempt >= MAX_ATTEMPTS {
                    return Err(NoAttempt::NotDue);
                }
                Ok(Self { state: CaseState::Scheduled { at: whole_second(now) }, ..self.clone() })
            }
            CaseState::Charging { .. } => Err(NoAttempt::InProgress),
            CaseState::Recovered | CaseState::Closing { .. } | CaseState::Closed => Err(NoAttempt::Over),
        }
    }

    /// Records that the invoice was paid, by whichever attempt.
    pub fn succeeded(&self) -> (Self, Success) {
        match self.state {
            CaseState::Recovered => (self.clone(), Success::Known),
            CaseState::Closing { .. } => (self.found_nothing(), Success::TooLate),
            CaseState::Closed => (self.clone(), Success::TooLate),
            CaseState::Scheduled { .. }
            | CaseState::Charging { .. }
            | CaseState::AwaitingMethod
            | CaseState::AwaitingPayer
            | CaseState::Exhausted => (Self { state: CaseState::Recovered, ..self.clone() }, Success::Recovered),
        }
    }

    /// Ends the case because its invoice was voided: no attempt and no message follows.
    #[must_use]
    pub fn close(&self) -> Self {
        match self.state {
            CaseState::Charging { since } => Self { state: CaseState::Closing { since }, ..self.clone() },
            CaseState::Scheduled { .. }
            | CaseState::AwaitingMethod
            | CaseState::AwaitingPayer
            | CaseState::Exhausted => Self { state: CaseState::Closed, ..self.clone() },
            CaseState::Recovered | CaseState::Closing { .. } | CaseState::Closed => self.clone(),
        }
    }
}

#[cfg(test)]
#[path = "dunning_tests.rs"]
mod tests;
