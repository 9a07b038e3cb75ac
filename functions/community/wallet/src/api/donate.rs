//! `POST /v1/community/donations`: gives money to a person or a point. Needs `Idempotency-Key`.
//! Emits `wallet.donation_completed.v1` and asks for notifications of both sides; by card `wallet.donation_started.v1`,
//! and the rest comes later.

use axum::extract::State;
use contracts::wallet::{DonationStarted, Funding, Recipient};
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{DonationId, Money, PointId, UserId, Uuid};
use utoipa::ToSchema;

use crate::api::body::message;
use crate::api::{DonationView, MoneyBody};
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::currency::Currency;
use crate::domain::donation::{Donation, Outcome, Wish};
use crate::domain::notice;
use crate::domain::payment::{NotAMethod, NotChargeable, PaymentMethod, chargeable};
use crate::domain::people::Receiver;
use crate::problem::{self, Refusal};
use crate::store::{Before, Given, NotGiven};

/// What somebody gives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Donate {
    /// Who gets it.
    recipient: RecipientBody,
    /// How much, above zero.
    #[schema(value_type = Money)]
    money: MoneyBody,
    /// What the recipient reads.
    #[schema(max_length = 500, example = "For the cats")]
    message: Option<String>,
    /// Where the money comes from; from the balance unless told.
    #[serde(default)]
    funding: FundingBody,
}

/// A person or a point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipientBody {
    /// `user` or `point`.
    #[schema(example = "point")]
    kind: String,
    /// Its id.
    #[schema(value_type = Uuid)]
    id: String,
}

/// A way to pay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum FundingBody {
    /// The donor's balance.
    #[default]
    Balance,
    /// The donor's card.
    Card {
        /// The payment provider's name for the card.
        #[serde(rename = "paymentMethod")]
        #[schema(max_length = 100, example = "pm_card_visa")]
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
        Err(wrong @ NotChargeable::Amount) => fields.refuse("money.amountMinor", wrong),
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

/// Give to a person or a point
///
/// From the balance it arrives at once. By card it is `processing` at first: the card is charged, the money moves on, and it
/// ends as `completed`, `failed` (nobody paid) or `refunded`; `GET /v1/community/donations/{id}` tells its steps. The same request with the same `Idempotency-Key` gets the same donation.
#[utoipa::path(
    post, path = "/v1/community/donations", operation_id = "donate", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = Donate,
    responses(
        (status = 201, description = "It is given, or, by card, under way", body = DonationView),
        (status = 403, description = "`wallet.suspended`: the caller may not take part now"),
        (status = 404, description = "`wallet.no_such_recipient`: there is nobody, or no point, with this id; `wallet.no_such_user`: the account is gone"),
        (status = 409, description = "`wallet.insufficient_funds`: there is too little money; `wallet.recipient_unavailable`: the recipient may not take part now; `wallet.balance_full`: the recipient cannot have more"),
        (status = 422, description = "`wallet.no_such_currency`; `wallet.to_oneself`; `wallet.funding_unavailable`: donations cannot be paid in this way here; `wallet.key_reused`: the `Idempotency-Key` has asked for something else"),
    )
)]
pub async fn donate(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    donor: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<Donate>,
) -> Result<Created<DonationView>, Problem> {
    let now = ctx.clock.now();
    let wish = body.parse(donor.user_id)?;
    let id = DonationId::new(attempt.derive_id("donate", &donor.user_id.to_string()));
    let parties = ctx.store.parties(donor.user_id, wish.recipient, None, Before::Donation(id)).await?;
    if let Some(before) = parties.donation {
        return again(before, &wish);
    }
    if wish.recipient == Recipient::User(donor.user_id) {
        return Err(Refusal::ToOneself.into());
    }
    let currency = ctx.store.currency(&wish.money.currency).await?.ok_or(Refusal::NoSuchCurrency)?;
    if parties.suspended {
        return Err(Refusal::Suspended.into());
    }
    let receiver = parties.receiver.map_err(Refusal::from)?;
    let donation = Donation::started(id, wish.clone(), call.correlation_id.clone(), now);
    if wish.funding == Funding::Card {
        return by_card(ctx, &call, donation, &wish, now).await;
    }
    from_balance(ctx, &call, donation, &wish, &receiver, &currency, now).await
}

/// The money is there: the donation, its transfer and what is told of it are one transaction.
async fn from_balance(
    ctx: &Ctx,
    call: &Invocation,
    started: Donation,
    wish: &Wish,
    receiver: &Receiver,
    currency: &Currency,
    now: Timestamp,
) -> Result<Created<DonationView>, Problem> {
    let donation = started.stepped("transfer", Outcome::Done, None, now).completed(now);
    let transfer = donation.transfer(Account::user(donation.donor_id), now).map_err(Problem::internal)?;
    let mut outbox = Outbox::of(call.event(now, donation.arrival(receiver.beneficiary_id)))?;
    for notice in notice::of_arrival(&donation, receiver, currency) {
        outbox.push(call.event(now, notice))?;
    }
    match ctx.store.give(&donation, &transfer, &outbox).await {
        Ok(Given::Now) => Ok(created(donation)),
        Ok(Given::Before(before)) => again(*before, wish),
        Err(NotGiven::NotPosted(refused)) => Err(problem::not_posted(refused, donation.donor_id)),
        Err(NotGiven::Forgotten) => Err(Refusal::NoSuchUser.into()),
        Err(NotGiven::Newer(newer)) => again(newer.value, wish),
        Err(NotGiven::Store(error)) => Err(error.into()),
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
    let started = DonationStarted {
        donation_id: donation.id,
        donor_id: donation.donor_id,
        recipient: donation.recipient,
        money: donation.money.clone(),
    };
    let outbox = Outbox::of(call.event(now, started))?;
    match ctx.store.start(&donation, &outbox).await {
        Ok(Given::Now) => Ok(created(donation)),
        Ok(Given::Before(before)) => again(*before, wish),
        Err(NotGiven::Newer(newer)) => again(newer.value, wish),
        Err(NotGiven::Forgotten | NotGiven::NotPosted(_)) => Err(Refusal::NoSuchUser.into()),
        Err(NotGiven::Store(error)) => Err(error.into()),
    }
}

/// A repeat gets what the first try made, if it asks for the same.
fn again(before: Donation, wish: &Wish) -> Result<Created<DonationView>, Problem> {
    if before.is_of(wish) { Ok(created(before)) } else { Err(Refusal::KeyReused.into()) }
}

fn created(donation: Donation) -> Created<DonationView> {
    Created::at(format!("/v1/community/donations/{}", donation.id), DonationView::for_donor(donation))
}
