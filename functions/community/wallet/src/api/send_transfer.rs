//! `POST /v1/community/wallet/transfers`: sends money to a user. Requires `Idempotency-Key`.
//!
//! Emits `wallet.transfer_completed.v1` and a notification request for the recipient.

use axum::extract::State;
use contracts::wallet::{Recipient, TransferCompleted};
use dynamo::{Outbox, Transaction};
use jiff::Timestamp;
use kit::auth::{Caller, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{Money, PointId, PositiveMoney, TransferId, UserId};
use utoipa::ToSchema;

use crate::api::MoneyBody;
use crate::api::body::message;
use crate::api::refused::not_posted;
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::currency::Currency;
use crate::domain::ledger::{Heading, Kind, Transfer, Written};
use crate::domain::notice::Notice;
use crate::domain::people::Receiver;
use crate::problem::Refusal;
use crate::store::{NotPosted, Participants, Posted, RequestId, Wallet, while_represented};

/// Where one reads of it.
const STATEMENT: &str = "/v1/community/wallet/transactions";

/// Request to create a transfer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendTransfer {
    /// User ID of the recipient.
    #[schema(value_type = UserId)]
    recipient_id: String,
    /// Amount, greater than zero.
    #[schema(value_type = PositiveMoney)]
    money: MoneyBody,
    /// Message to the recipient.
    #[schema(max_length = 500, example = "For the food")]
    message: Option<String>,
    /// ID of a point that the caller keeps and that pays. Defaults to the wallet of the caller.
    #[schema(value_type = Option<PointId>)]
    from_point_id: Option<String>,
}

/// A validated request.
struct Request {
    to: UserId,
    money: Money,
    message: Option<String>,
    from: Option<PointId>,
}

impl SendTransfer {
    fn parse(&self) -> Result<Request, Problem> {
        let mut fields = Fields::new();
        let to = self.recipient_id.parse::<UserId>().map_err(|_| "must be the ID of a user");
        let to = fields.check("recipientId", to);
        let money = self.money.parse("money", &mut fields);
        let message = fields.check("message", message(self.message.as_deref()));
        let from = self.from_point_id.as_deref().map(str::parse::<PointId>).transpose();
        let from = fields.check("fromPointId", from.map_err(|_| "must be a point's id"));
        let (to, money, message, from) = fields.all((to, money, message, from))?;
        Ok(Request { to, money, message, from })
    }
}

/// A completed transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferView {
    /// Transfer ID.
    id: TransferId,
    /// User ID of the recipient.
    recipient_id: UserId,
    /// Amount.
    money: Money,
    /// Message to the recipient.
    message: Option<String>,
    /// ID of the point that paid, if any.
    from_point_id: Option<PointId>,
    /// Time of the transfer.
    #[serde(serialize_with = "types::time::millis")]
    at: Timestamp,
}

/// Create a transfer
///
/// Transfers money immediately and completely, or not at all. Notifies the recipient. Idempotent by
/// `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/wallet/transfers", operation_id = "send_transfer", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = SendTransfer,
    responses(
        (status = 201, description = "Transfer completed", body = TransferView),
        (status = 404, description = "`wallet.no_such_recipient`: no such recipient; `wallet.no_such_point`: no point with this ID that the caller keeps; `wallet.no_such_user`: the account was deleted"),
        (status = 409, description = "`wallet.insufficient_funds`: the available balance is too low; `wallet.in_debt`: the account owes money; `wallet.recipient_unavailable`: the recipient cannot receive money now; `wallet.balance_full`: the recipient has reached the maximum balance"),
        (status = 422, description = "`wallet.no_such_currency`: unknown currency; `wallet.to_oneself`: sender and recipient must differ; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn send_transfer(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<SendTransfer>,
) -> Result<Created<TransferView>, Problem> {
    let now = ctx.clock.now();
    let (requested, sender_id) = (body.parse()?, standing.user_id());
    let id = TransferId::new(attempt.derive_id("send_transfer", &sender_id.to_string()));
    let from = requested.from.map_or(Account::user(sender_id), Account::point);
    if from == Account::user(requested.to) {
        return Err(Refusal::ToOneself.into());
    }
    let heading = Heading { id, kind: Kind::Transfer, at: now, reference: None, message: requested.message.clone() };
    let transfer = Transfer::between(heading, from, Account::user(requested.to), requested.money.clone());
    let transfer = transfer.map_err(Problem::internal)?;
    let to = Recipient::User(requested.to);
    let participants = ctx.store.participants(sender_id, to, requested.from, RequestId::Transfer(id));
    let (sender, participants) = standing.with(participants).await?;
    if let Some(before) = &participants.transfer {
        return if transfer.is_same(before) { Ok(sent(requested, before)) } else { Err(Refusal::KeyReused.into()) };
    }
    let currency = ctx.store.currency(&requested.money.currency).await?.ok_or(Refusal::NoSuchCurrency)?;
    let receiver = allowed(&participants, &sender, requested.from)?;
    if participants.debtor && ctx.store.owes(sender.user_id).await? {
        return Err(Refusal::InDebt.into());
    }
    let outbox = published(&call, &sender, &requested, &currency, id, now)?;
    let written = Written::by(sender.user_id, &transfer);
    // The recipient must be able to receive money, and the keeper of a paying point must still be there.
    let beside = |transaction: Transaction<Wallet>| {
        let transaction = while_represented(transaction, to, receiver);
        match &written {
            // A receiver is requested for by the transfer itself, and no item twice.
            Some(written) if requested.to == sender.user_id => transaction.create(written, &Outbox::none()),
            Some(written) => transaction.create(written, &Outbox::none()).unless_forgotten(sender.user_id),
            None => transaction,
        }
    };
    match ctx.store.post(&transfer, &outbox, beside).await {
        Ok(Posted::Now) => Ok(sent(requested, &transfer)),
        Ok(Posted::Before(before)) => Ok(sent(requested, &before)),
        Err(NotPosted::Beside(beside)) if beside.failed(0) => {
            // The recipient was suspended or deleted within the last second.
            let receiver = ctx.store.receiver(to).await?;
            Err(receiver.map_or_else(Refusal::from, |_| Refusal::RecipientUnavailable).into())
        }
        Err(NotPosted::Beside(_)) => Err(Refusal::NoSuchUser.into()),
        Err(refused) => Err(not_posted(&ctx.store, refused, from, sender.user_id, &currency).await),
    }
}

/// The recipient, if sender and recipient may take part.
fn allowed<'a>(
    participants: &'a Participants,
    sender: &Caller,
    from: Option<PointId>,
) -> Result<&'a Receiver, Refusal> {
    if participants.suspended {
        return Err(Refusal::Suspended);
    }
    let keeper = participants.source.as_ref().and_then(|point| point.keeper_id);
    if from.is_some() && keeper != Some(sender.user_id) {
        return Err(Refusal::NoSuchPoint);
    }
    participants.receiver.as_ref().map_err(|unavailable| (*unavailable).into())
}

fn published(
    call: &Invocation,
    sender: &Caller,
    requested: &Request,
    currency: &Currency,
    id: TransferId,
    now: Timestamp,
) -> Result<Outbox, Problem> {
    let (sender_id, receiver_id) = (sender.user_id, requested.to);
    let fact = TransferCompleted { transfer_id: id, sender_id, receiver_id, money: requested.money.clone() };
    let mut outbox = Outbox::of(call.event(now, fact))?;
    // Who takes what their own point has knows of it.
    if sender_id != receiver_id {
        let amount = currency.format(requested.money.amount_minor);
        outbox.push(call.event(now, Notice::TransferReceived.request(id.uuid(), receiver_id, amount)))?;
    }
    Ok(outbox)
}

fn sent(requested: Request, transfer: &Transfer) -> Created<TransferView> {
    let Request { to, money, message, from } = requested;
    let (id, at) = (transfer.id(), transfer.at());
    Created::at(STATEMENT, TransferView { id, recipient_id: to, money, message, from_point_id: from, at })
}
