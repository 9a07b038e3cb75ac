//! `POST /v1/community/donations`: donates to a user or a point. Requires `Idempotency-Key`.
//!
//! Emits `wallet.donation_completed.v1` and notification requests for both sides. Card donations emit
//! `wallet.donation_started.v1`, and the workflow emits the rest.

use axum::extract::State;
use contracts::wallet::{DonationStarted, Funding, Recipient};
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use payment_providers::{NotAMethod, NotChargeable, PaymentMethod, chargeable};
use serde::Deserialize;
use types::{DonationId, Money, PointId, PositiveMoney, UserId, Uuid};
use utoipa::ToSchema;

use crate::api::body::message;
use crate::api::refused::not_posted;
use crate::api::{DonationView, MoneyBody};
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::currency::Currency;
use crate::domain::donation::{Donation, Outcome, Wish};
use crate::domain::notice;
use crate::domain::people::Receiver;
use crate::problem::Refusal;
use crate::store::{Given, NotGiven, RequestId};

/// Request to create a donation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = CreateDonation)]
pub struct Donate {
    /// Recipient.
    recipient: RecipientBody,
    /// Amount, greater than zero.
    #[schema(value_type = PositiveMoney)]
    money: MoneyBody,
    /// Message to the recipient.
    #[schema(max_length = 500, example = "For the cats")]
    message: Option<String>,
    /// Payment method. Defaults to the wallet balance.
    #[serde(default)]
    funding: FundingBody,
}

/// A user or a point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = DonationRecipientInput)]
pub struct RecipientBody {
    /// `user` or `point`.
    #[schema(value_type = RecipientKind)]
    kind: String,
    /// User ID or point ID.
    #[schema(value_type = Uuid)]
    id: String,
}

/// Kind of a recipient.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(as = DonationRecipientKind, rename_all = "snake_case")]
pub enum RecipientKind {
    /// A user.
    User,
    /// A point. Its keeper spends the money.
    Point,
}

/// A payment method.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[schema(as = DonationFundingInput)]
pub enum FundingBody {
    /// The donor's balance.
    #[default]
    Balance,
    /// The donor's card.
    Card {
        /// The payment provider's name for the card.
        #[serde(rename = "paymentMethod")]
        #[schema(max_length = 100, pattern = "^pm_[A-Za-z0-9_]+$", example = "pm_card_visa")]
        payment_method: String,
    },
}

impl Donate {
    fn parse(&self, donor_id: UserId) -> Result<Wish, Problem> {
        let mut fields = Fields::new();
        let recipient = self.recipient.parse(&mut fields);
        let money = self.money.parse("money", &mut fields);
        let message = fields.check("message", message(self.message.as_deref()));
        let funding = fields.check("funding.paymentMethod", self.funding.parse());
        if let (Some(money), Some((Funding::Card, _))) = (&money, &funding) {
            check_charge(money, &mut fields);
        }
        let (recipient, money, message, (funding, card)) = fields.all((recipient, money, message, funding))?;
        Ok(Wish { donor_id, recipient, money, funding, message, card })
    }
}

fn check_charge(money: &Money, fields: &mut Fields) {
    match chargeable(money) {
        Ok(()) => {}
        Err(wrong @ NotChargeable::Currency) => fields.refuse("money.currency", wrong),
        Err(wrong @ (NotChargeable::Amount | NotChargeable::Step(_))) => fields.refuse("money.amountMinor", wrong),
    }
}

impl RecipientBody {
    fn parse(&self, fields: &mut Fields) -> Option<Recipient> {
        let id = fields.check("recipient.id", self.id.parse::<Uuid>().map_err(|_| "must be an id"));
        match self.kind.as_str() {
            "user" => id.map(|id| Recipient::User(UserId::new(id))),
            "point" => id.map(|id| Recipient::Point(PointId::new(id))),
            _ => {
                fields.refuse("recipient.kind", "must be user or point");
                None
            }
        }
    }
}

impl FundingBody {
    fn parse(&self) -> Result<(Funding, Option<PaymentMethod>), NotAMethod> {
        match self {
            Self::Balance => Ok((Funding::Balance, None)),
            Self::Card { payment_method } => {
                PaymentMethod::parse(payment_method).map(|method| (Funding::Card, Some(method)))
            }
        }
    }
}

/// Create a donation
///
/// Balance donations complete immediately. Card donations require a verified e-mail address, start as `processing` and end as `completed`, `failed`
/// (not charged) or `refunded`; read the status with `GET /v1/community/donations/{id}`. Notifies donor and
/// recipient. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/donations", operation_id = "donate", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = Donate,
    responses(
        (status = 201, description = "Donation completed, or `processing` for card payments", body = DonationView),
        (status = 403, description = "`auth.email_unverified`: donations by card require a verified e-mail address"),
        (status = 404, description = "`wallet.no_such_recipient`: no such recipient; `wallet.no_such_user`: the account was deleted"),
        (status = 409, description = "`wallet.insufficient_funds`: the available balance is too low; `wallet.in_debt`: the account owes money; `wallet.recipient_unavailable`: the recipient cannot receive money now; `wallet.balance_full`: the recipient has reached the maximum balance"),
        (status = 429, description = "`request.limit_exceeded`: too many card payments, or too many declined cards, today; retry after `Retry-After` seconds"),
        (status = 422, description = "`wallet.no_such_currency`: unknown currency; `wallet.to_oneself`: sender and recipient must differ; `wallet.funding_unavailable`: the payment method is not available; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn donate(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<Donate>,
) -> Result<Created<DonationView>, Problem> {
    let now = ctx.clock.now();
    let donor_id = standing.user_id();
    let wish = body.parse(donor_id)?;
    let id = DonationId::new(attempt.derive_id("donate", &donor_id.to_string()));
    let participants = ctx.store.participants(donor_id, wish.recipient, None, RequestId::Donation(id));
    let (checked, participants) = standing.with(participants).await?;
    if let Some(before) = participants.donation {
        return replay(before, &wish);
    }
    if wish.funding == Funding::Card {
        checked.require_verified_email()?;
    }
    if wish.recipient == Recipient::User(donor_id) {
        return Err(Refusal::ToOneself.into());
    }
    let currency = ctx.store.currency(&wish.money.currency).await?.ok_or(Refusal::NoSuchCurrency)?;
    if participants.suspended {
        return Err(Refusal::Suspended.into());
    }
    if participants.debtor && ctx.store.owes(donor_id).await? {
        return Err(Refusal::InDebt.into());
    }
    let receiver = participants.receiver.map_err(Refusal::from)?;
    let donation = Donation::started(id, wish.clone(), call.correlation_id.clone(), now);
    if wish.funding == Funding::Card {
        return by_card(ctx, &call, donation, &wish, now).await;
    }
    from_balance(ctx, &call, donation, &wish, receiver, &currency).await
}

/// The money is there: the donation, its transfer and its events are one transaction. The recipient is decided again if it
/// changed meanwhile.
async fn from_balance(
    ctx: &Ctx,
    call: &Invocation,
    started: Donation,
    wish: &Wish,
    mut receiver: Receiver,
    currency: &Currency,
) -> Result<Created<DonationView>, Problem> {
    let now = started.created_at;
    let donation = started.stepped("transfer", Outcome::Done, None, now).completed(now);
    let transfer = donation.transfer(Account::user(donation.donor_id), now).map_err(Problem::internal)?;
    let mut retry = ConflictRetry::default();
    loop {
        let mut outbox = Outbox::of(call.event(now, donation.arrival(Some(receiver.beneficiary_id))))?;
        for notice in notice::of_arrival(&donation, Some(&receiver), currency) {
            outbox.push(call.event(now, notice))?;
        }
        match ctx.store.give(&donation, &receiver, &transfer, &outbox).await {
            Ok(Given::Now) => return Ok(created(donation)),
            Ok(Given::Before(before)) => return replay(*before, wish),
            Err(NotGiven::NotPosted(refused)) => {
                let (payer, donor) = (Account::user(donation.donor_id), donation.donor_id);
                return Err(not_posted(&ctx.store, refused, payer, donor, currency).await);
            }
            Err(NotGiven::Forgotten) => return Err(Refusal::NoSuchUser.into()),
            Err(NotGiven::Newer(newer)) => return replay(newer.value, wish),
            Err(NotGiven::Store(error)) => return Err(error.into()),
            Err(NotGiven::Unrepresented) => {}
        }
        receiver = ctx.store.receiver(wish.recipient).await?.map_err(Refusal::from)?;
        retry.pause().await?;
    }
}

/// The money comes later: an event starts the steps that bring it.
async fn by_card(
    ctx: &Ctx,
    call: &Invocation,
    donation: Donation,
    wish: &Wish,
    now: Timestamp,
) -> Result<Created<DonationView>, Problem> {
    if !ctx.takes_cards {
        return Err(Refusal::FundingUnavailable.into());
    }
    ctx.store.admit_card_payment(donation.donor_id, now).await?;
    let started = DonationStarted {
        donation_id: donation.id,
        donor_id: donation.donor_id,
        recipient: donation.recipient,
        money: donation.money.clone(),
    };
    let outbox = Outbox::of(call.event(now, started))?;
    match ctx.store.start(&donation, &outbox).await {
        Ok(Given::Now) => Ok(created(donation)),
        Ok(Given::Before(before)) => replay(*before, wish),
        Err(NotGiven::Newer(newer)) => replay(newer.value, wish),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => Err(Refusal::NoSuchUser.into()),
        Err(NotGiven::Store(error)) => Err(error.into()),
    }
}

/// Returns the existing resource if the request is the same, for a retry with the same key.
fn replay(before: Donation, wish: &Wish) -> Result<Created<DonationView>, Problem> {
    if before.is_of(wish) { Ok(created(before)) } else { Err(Refusal::KeyReused.into()) }
}

fn created(donation: Donation) -> Created<DonationView> {
    Created::at(format!("/v1/community/donations/{}", donation.id), DonationView::for_donor(donation))
}
