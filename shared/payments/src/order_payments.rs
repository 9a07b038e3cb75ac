//! The port to a payment provider for orders: authorization, capture, partial refunds, and saved methods.
//!
//! Each call that changes something carries an id of ours, which makes it idempotent at the provider. An answer is the
//! provider's whole view of the payment as [`PaymentFacts`], to be merged into what is known. No answer is a status.
//!
//! ```text
//! create ── the buyer acts at the provider ── confirm (if `Continuation` or the view says so) ── capture … refund
//!    └───────────────────────────── cancel ─────────────────────────────┘
//! ```

use std::collections::BTreeSet;

use types::Money;

use crate::{
    ClientSecret, PaymentFacts, ProviderCall, ProviderPaymentId,
    methods::{CustomerId, MethodId, SavedMethod, SavedMethods},
};

/// When the money of a payment is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMode {
    /// As soon as the buyer has paid.
    Automatic,
    /// Reserved when the buyer has paid, and taken by [`OrderPayments::capture`].
    Manual,
}

/// What a provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// One authorization can be captured in several parts. If the provider decides this by payment,
    /// [`ProviderPayment::multi_capture`] says so for each.
    pub multi_capture: bool,
    /// [`OrderPayments::find_by_reference`] finds payments.
    pub find_by_reference: bool,
    /// The buyer's approval moves no money: [`OrderPayments::confirm`] must follow it.
    pub confirm_after_approval: bool,
}

/// Number of the idempotency key of a call, from 0. The same number repeats a call; see [`crate::retry`] for the next one.
pub type Attempt = u32;

/// A payment to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Our payment id. It comes back in webhooks and look-ups. At most 64 characters of `A-Z a-z 0-9 - _ : .`.
    pub reference: String,
    /// A number that the buyer sees on the provider's page and their statement, such as the order's.
    pub order_number: String,
    /// Amount of the order.
    pub money: Money,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// The buyer at the provider. Required to use or to save a method.
    pub customer: Option<CustomerId>,
    /// A saved method to pay with.
    pub method: Option<MethodId>,
    /// Whether the method is saved for later payments.
    pub save_method: bool,
    /// Where the provider's page sends the buyer after the approval. Required by PayPal.
    pub return_url: Option<String>,
    /// Where the provider's page sends a buyer who gives up. Defaults to `return_url`.
    pub cancel_url: Option<String>,
    /// Number of the idempotency key.
    pub attempt: Attempt,
}

/// How the buyer goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Continuation {
    /// With the provider's form in the client.
    ClientSecret(ClientSecret),
    /// On the provider's page. Redacted in `Debug`: a holder of the URL sees the order's amount.
    ApprovalUrl(ApprovalUrl),
}

/// The URL of a provider's page on which a buyer approves one payment.
#[derive(Clone, PartialEq, Eq)]
pub struct ApprovalUrl(String);

impl ApprovalUrl {
    /// A URL that the provider gave.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

types::redacted!(ApprovalUrl);

/// The provider's whole view of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The provider's id.
    pub id: ProviderPaymentId,
    /// Our payment id. Absent if the payment was created by another deployment or not through us.
    pub reference: Option<String>,
    /// The amount that the payment was created with.
    pub money: Money,
    /// What is known. Merge it into the facts that are stored with [`PaymentFacts::observe`].
    pub facts: PaymentFacts,
    /// Our ids of the captures that the provider surely has. Some are missing where an earlier answer was lost and the provider
    /// keeps no such id: compare [`PaymentFacts::captured_minor`] too.
    pub our_captures: BTreeSet<String>,
    /// The buyer has approved, and [`OrderPayments::confirm`] must follow.
    pub needs_confirm: bool,
    /// More than one capture is possible.
    pub multi_capture: bool,
    /// How the buyer goes on. Absent when nothing is left for them to do.
    pub next: Option<Continuation>,
    /// The provider's code for the latest failed attempt, without personal data.
    pub decline: Option<String>,
    /// The method that paid, as the buyer knows it. Absent until there is one, and for methods that are not cards.
    pub method: Option<SavedMethod>,
    /// The buyer at the provider.
    pub customer: Option<CustomerId>,
}

impl ProviderPayment {
    /// Whether a confirmation took effect: money was reserved or taken, or the buyer has to authenticate.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.facts.authorized_minor > 0 || !self.facts.captures.is_empty() || !self.facts.actions.is_empty()
    }
}

/// A confirmation by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Our payment id.
    pub reference: String,
    /// As the payment was created.
    pub capture: CaptureMode,
    /// A saved method to charge. Providers with an approval of the buyer need none.
    pub method: Option<MethodId>,
    /// The buyer is not there to authenticate: what needs them fails.
    pub off_session: bool,
    /// Where the buyer returns to after an authentication at their bank.
    pub return_url: Option<String>,
    /// Number of the idempotency key.
    pub attempt: Attempt,
}

/// A capture of an authorized amount, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureRequest {
    /// Our capture id, at most 36 characters.
    pub id: String,
    /// Amount.
    pub money: Money,
    /// Whether what is left of the authorization is released. Always true in effect where
    /// [`ProviderPayment::multi_capture`] is false.
    pub is_final: bool,
    /// Number of the idempotency key.
    pub attempt: Attempt,
}

/// A refund of a captured amount, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Our refund id, at most 36 characters, without `/`.
    pub id: String,
    /// Amount, greater than zero.
    pub money: Money,
    /// Number of the idempotency key.
    pub attempt: Attempt,
}

/// Why an amount cannot be paid with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPayable {
    /// The provider does not take this currency.
    #[error("must be of a currency that the provider accepts")]
    Currency,
    /// Zero, negative, or more than the provider takes.
    #[error("must be 1 to {max} minor units")]
    Amount {
        /// The most, in minor units.
        max: i64,
    },
    /// Less than the provider takes.
    #[error("must be at least {min} minor units in this currency")]
    TooSmall {
        /// The least, in minor units.
        min: i64,
    },
    /// The provider takes whole multiples only.
    #[error("must be a multiple of {0} minor units in this currency")]
    Step(i64),
}

/// A provider of payments for orders.
pub trait OrderPayments: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Checks the amount of a payment without a call.
    fn payable(&self, money: &Money) -> Result<(), NotPayable>;

    /// Registers a payment and takes nothing. Idempotent by reference and attempt: the same returns the payment as it was
    /// created; with another amount it is [`crate::PaymentError::OtherRequest`].
    fn create<'a>(&'a self, new: &'a NewPayment) -> ProviderCall<'a, ProviderPayment>;

    /// A payment as it is now, with its refunds and disputes. An error that [is gone](crate::PaymentError::is_gone) says that the
    /// provider forgot it, which happens to payments of which nothing was taken.
    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment>;

    /// The payment with this reference of this deployment, by the provider's search, which may lag a minute behind. None is
    /// found by providers without a search ([`Capabilities::find_by_reference`]).
    fn find_by_reference<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, Option<ProviderPayment>>;

    /// Charges a saved method, or takes or reserves what the buyer approved. Idempotent. A refusal is a view with
    /// [`ProviderPayment::decline`] and no error.
    fn confirm<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        confirmation: &'a Confirmation,
    ) -> ProviderCall<'a, ProviderPayment>;

    /// Takes an authorized amount. Idempotent by our capture id and attempt. [`crate::PaymentError::State`] if the
    /// authorization ended or has too little left.
    fn capture<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        capture: &'a CaptureRequest,
    ) -> ProviderCall<'a, ProviderPayment>;

    /// Ends a payment, so that nothing more can be taken, and releases what is reserved and not captured. Idempotent. Money
    /// that was captured stays: the view says how much. [`crate::PaymentError::State`] if all of it was captured, or is just being
    /// charged.
    ///
    /// A provider whose buyers approve without paying knows no cancellation before that. There the answer is closed because
    /// nothing moves without [`OrderPayments::confirm`], which must not be called any more.
    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment>;

    /// Returns money. Idempotent by our refund id and attempt. The view has the refund under our id
    /// ([`PaymentFacts::refund`]), and less than the amount if an earlier call was lost after a part: call again. A refund that
    /// failed stays failed: another one has another id.
    /// [`crate::PaymentError::State`] if the provider has less left than the amount.
    fn refund<'a>(&'a self, id: &'a ProviderPaymentId, refund: &'a RefundRequest) -> ProviderCall<'a, ProviderPayment>;

    /// The saved methods. None if the provider's methods cannot be saved here.
    fn saved_methods(&self) -> Option<&dyn SavedMethods>;
}
