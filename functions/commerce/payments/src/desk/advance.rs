//! Brings a payment as far as it gets now.

use futures::future::BoxFuture;
use jiff::Timestamp;
use payment_providers::{
    CaptureMode, CaptureRequest, Confirmation, Continuation, NewPayment, OrderPayments, PaymentError, ProviderPayment,
    RefundRequest,
};
use types::Money;

use super::{Desk, NotAdvanced};
use crate::domain::payment::Payment;
use crate::domain::steps::{Request, Step};
use crate::store::Saved;

/// The most steps of one call. What is left is the sweep's.
const MAX_STEPS: usize = 8;
/// Statuses of refusals that say something about the configuration or the load, and nothing about the request.
const NOT_ABOUT_THE_REQUEST: [u16; 4] = [401, 403, 408, 429];

/// How far a payment got.
#[derive(Debug)]
pub struct Advanced {
    /// As it is stored now.
    pub payment: Saved,
    /// How the buyer goes on.
    pub next: Option<Continuation>,
    /// Why it did not get further, if the provider could not be asked. The sweep goes on.
    pub stopped: Option<NotAdvanced>,
}

/// What one step led to.
enum Progress {
    /// The provider answered with its view.
    View(Box<ProviderPayment>),
    /// Something was written.
    Written(Saved),
    /// The provider refuses it in this state.
    Refused(Saved, PaymentError),
}

impl Desk {
    /// Asks the provider for its view, merges it, and goes on from there.
    pub fn refresh(&self, payment: Saved, with_buyer: bool) -> BoxFuture<'_, Result<Advanced, NotAdvanced>> {
        Box::pin(self.refresh_now(payment, with_buyer))
    }

    async fn refresh_now(&self, payment: Saved, with_buyer: bool) -> Result<Advanced, NotAdvanced> {
        let now = self.clock.now();
        let (payment, next) = match self.look(payment.clone(), now).await {
            Ok(looked) => looked,
            Err(error) => return stopped(payment, None, error),
        };
        let advanced = self.advance(payment, with_buyer).await?;
        Ok(Advanced { next: advanced.next.or(next), ..advanced })
    }

    /// Does what is to be done, step by step.
    pub fn advance(&self, payment: Saved, with_buyer: bool) -> BoxFuture<'_, Result<Advanced, NotAdvanced>> {
        Box::pin(self.advance_now(payment, with_buyer))
    }

    async fn advance_now(&self, mut payment: Saved, with_buyer: bool) -> Result<Advanced, NotAdvanced> {
        let (now, mut next) = (self.clock.now(), None);
        for _ in 0..MAX_STEPS {
            let step = payment.value.next_step(now, with_buyer);
            if step == Step::Wait {
                break;
            }
            let progress = match self.take(payment.clone(), &step, with_buyer, now).await {
                Ok(progress) => progress,
                Err(error) => {
                    payment = self.note_error(payment, &step, &error, now).await?;
                    return stopped(payment, next, error);
                }
            };
            payment = match progress {
                Progress::Written(written) => written,
                Progress::View(view) => {
                    next.clone_from(&view.next);
                    let merged = self.merge(payment, &view, now).await?;
                    self.close_late(&merged.value, &step, &view, now).await;
                    merged
                }
                Progress::Refused(looked, error) => {
                    let Some(request) = request_of(&step) else { return stopped(looked, next, error.into()) };
                    let refused = self.set(looked.clone(), now, |payment| payment.with_refused(&request, now)).await?;
                    // The buyer has to choose another way to pay.
                    if request == Request::Charge || refused.value.next_step(now, with_buyer) == step {
                        return stopped(refused, next, error.into());
                    }
                    refused
                }
            };
        }
        Ok(Advanced { payment, next, stopped: None })
    }

    async fn take(
        &self,
        payment: Saved,
        step: &Step,
        with_buyer: bool,
        now: Timestamp,
    ) -> Result<Progress, NotAdvanced> {
        if *step == Step::CloseUnregistered {
            let close = |payment: &Payment| {
                let is_due = payment.next_step(now, with_buyer) == Step::CloseUnregistered;
                is_due.then(|| payment.closed_unregistered(now))
            };
            return Ok(Progress::Written(self.set(payment, now, close).await?));
        }
        let provider = self.provider(payment.value.session.provider, now).await?;
        if let Step::Renew(request) = step {
            return Ok(Progress::Written(self.renew(&*provider, payment, request, with_buyer, now).await?));
        }
        match self.call(&*provider, &payment.value, step).await {
            Ok(view) => Ok(Progress::View(Box::new(view))),
            Err(error) if is_final(&error) && payment.value.session.id.is_some() => {
                let (looked, _) = self.look(payment, now).await?;
                Ok(Progress::Refused(looked, error))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn call(
        &self,
        provider: &dyn OrderPayments,
        payment: &Payment,
        step: &Step,
    ) -> Result<ProviderPayment, PaymentError> {
        let id = || payment.session.id.as_ref().ok_or_else(|| PaymentError::State { code: "unregistered".to_owned() });
        let money = |amount_minor| Money { amount_minor, ..payment.money.clone() };
        match step.clone() {
            Step::Register { attempt } => {
                let new = self.new_payment(payment, attempt).await.map_err(PaymentError::Unreadable)?;
                provider.create(&new).await
            }
            Step::Confirm { method, attempt } => {
                let (reference, capture) = (payment.reference(), capture_mode(payment));
                let return_url = self.return_url(payment);
                let confirmation = Confirmation { reference, capture, method, off_session: false, return_url, attempt };
                provider.confirm(id()?, &confirmation).await
            }
            Step::Close => provider.cancel(id()?).await,
            Step::Capture { id: capture_id, amount_minor, is_final, attempt } => {
                let request = CaptureRequest { id: capture_id, money: money(amount_minor), is_final, attempt };
                provider.capture(id()?, &request).await
            }
            Step::Refund { id: refund_id, amount_minor, attempt } => {
                let request = RefundRequest { id: refund_id.to_string(), money: money(amount_minor), attempt };
                provider.refund(id()?, &request).await
            }
            Step::CloseUnregistered | Step::Renew(_) | Step::Wait => provider.find(id()?).await,
        }
    }

    async fn new_payment(&self, payment: &Payment, attempt: u32) -> Result<NewPayment, String> {
        let session = &payment.session;
        let needs_customer = session.save_method || session.method.is_some();
        let customer = match payment.user_id().filter(|_| needs_customer) {
            Some(user) => self.store.customer(user, session.provider).await.map_err(|error| error.to_string())?,
            None => None,
        };
        let return_url = self.return_url(payment);
        Ok(NewPayment {
            reference: payment.reference(),
            order_number: payment.number.clone(),
            money: payment.money.clone(),
            capture: capture_mode(payment),
            customer: customer.map(|read| read.value.customer_id),
            method: session.method.as_ref().map(|method| method.id.clone()),
            save_method: session.save_method,
            cancel_url: return_url.clone(),
            return_url,
            attempt,
        })
    }

    /// The deployment's page with the payment's ID, so that it can read the payment.
    fn return_url(&self, payment: &Payment) -> Option<String> {
        let base = self.return_url.as_ref()?;
        let separator = if base.contains('?') { '&' } else { '?' };
        Some(format!("{base}{separator}payment={}", payment.id))
    }

    /// Reads the provider's view and merges it. A session that the provider does not know has none.
    pub async fn look(&self, payment: Saved, now: Timestamp) -> Result<(Saved, Option<Continuation>), NotAdvanced> {
        let Some(id) = payment.value.session.id.clone() else { return Ok((payment, None)) };
        let provider = self.provider(payment.value.session.provider, now).await?;
        match provider.find(&id).await {
            Ok(view) => Ok((self.merge(payment, &view, now).await?, view.next)),
            // The provider forgets what nobody paid in time. Before that, it is a mistake in the configuration.
            Err(error) if error.is_gone() && payment.value.is_overdue(now) => {
                let close = |payment: &Payment| payment.is_overdue(now).then(|| payment.closed_unregistered(now));
                Ok((self.set(payment, now, close).await?, None))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Looks whether a request was done, and gives it another idempotency key if not.
    async fn renew(
        &self,
        provider: &dyn OrderPayments,
        payment: Saved,
        request: &Request,
        with_buyer: bool,
        now: Timestamp,
    ) -> Result<Saved, NotAdvanced> {
        let payment = if payment.value.session.id.is_some() {
            self.look(payment, now).await?.0
        } else if provider.capabilities().find_by_reference {
            match provider.find_by_reference(&payment.value.reference()).await? {
                Some(view) => self.merge(payment, &view, now).await?,
                None => payment,
            }
        } else {
            payment
        };
        let still = Step::Renew(request.clone());
        let renew = |payment: &Payment| {
            (payment.next_step(now, with_buyer) == still).then(|| payment.with_renewed_key(request, now))
        };
        self.set(payment, now, renew).await
    }

    /// Closes what was registered while the payment was being closed without it. Its buyer gets no way to pay it.
    async fn close_late(&self, payment: &Payment, step: &Step, view: &ProviderPayment, now: Timestamp) {
        let is_late = payment.facts.closed || payment.session.id.as_ref() != Some(&view.id);
        if !matches!(step, Step::Register { .. }) || !is_late {
            return;
        }
        let Ok(provider) = self.provider(payment.session.provider, now).await else { return };
        if let Err(error) = provider.cancel(&view.id).await {
            // It cannot be paid. If the buyer paid already, the webhook reports it.
            tracing::warn!(%error, "a payment that was registered too late could not be cancelled");
        }
    }

    async fn note_error(
        &self,
        payment: Saved,
        step: &Step,
        error: &NotAdvanced,
        now: Timestamp,
    ) -> Result<Saved, NotAdvanced> {
        let (Some(request), NotAdvanced::Provider(error)) = (request_of(step), error) else { return Ok(payment) };
        self.set(payment, now, |payment| payment.with_noted_error(&request, error)).await
    }
}

/// Whether the answer will be the same for the same request.
pub(crate) fn is_final(error: &PaymentError) -> bool {
    match error {
        PaymentError::State { .. } | PaymentError::OtherRequest => true,
        PaymentError::Refused { status, .. } => !NOT_ABOUT_THE_REQUEST.contains(status),
        PaymentError::Unavailable(_) | PaymentError::Unknown(_) | PaymentError::Unreadable(_) => false,
    }
}

fn stopped(payment: Saved, next: Option<Continuation>, error: NotAdvanced) -> Result<Advanced, NotAdvanced> {
    match error {
        NotAdvanced::Provider(_) | NotAdvanced::Off => Ok(Advanced { payment, next, stopped: Some(error) }),
        NotAdvanced::Erased | NotAdvanced::Store(_) | NotAdvanced::Outbox(_) => Err(error),
    }
}

fn request_of(step: &Step) -> Option<Request> {
    match step {
        Step::Register { .. } | Step::Confirm { method: None, .. } => Some(Request::Session),
        Step::Confirm { method: Some(_), .. } => Some(Request::Charge),
        Step::Capture { id, .. } => Some(Request::Capture(id.clone())),
        Step::Refund { id, .. } => Some(Request::Refund(*id)),
        Step::Close | Step::CloseUnregistered | Step::Renew(_) | Step::Wait => None,
    }
}

const fn capture_mode(payment: &Payment) -> CaptureMode {
    match payment.capture {
        contracts::payments::CaptureMode::Immediate => CaptureMode::Automatic,
        contracts::payments::CaptureMode::OnShipment => CaptureMode::Manual,
    }
}
