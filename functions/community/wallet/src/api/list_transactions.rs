//! `GET /v1/community/wallet/transactions`: the statement of the caller, or of a point that the caller keeps.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money, PointId, TransferId, Uuid};
use utoipa::ToSchema;

use crate::api::kept;
use crate::ctx::Ctx;
use crate::domain::account::{Account, Holder};
use crate::domain::ledger::{Entry, Kind};
use crate::store::Statement;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    currency: Option<String>,
    kind: Option<String>,
    point_id: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl Filter {
    fn parse(&self, fields: &mut Fields) -> Option<Statement> {
        let currency = self.currency.as_deref().map(CurrencyCode::parse).transpose();
        let kind = self.kind.as_deref().map(|text| {
            let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
            known.ok_or_else(|| format!("must be one of {}", Kind::ALL.map(Kind::as_str).join(", ")))
        });
        let currency = fields.check("currency", currency);
        let kind = fields.check("kind", kind.transpose());
        Some(Statement { currency: currency?, kind: kind? })
    }
}

/// A transaction.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionView {
    /// Transfer ID.
    transfer_id: TransferId,
    /// Kind of the transfer.
    kind: Kind,
    /// Change of the balance. Negative for outgoing money.
    money: Money,
    /// True if it changed the held amount.
    held: bool,
    /// True if it changed the debt: negative amounts increase it, positive amounts repay it.
    owed: bool,
    /// Time of the transfer.
    #[serde(serialize_with = "types::time::millis")]
    at: Timestamp,
    /// Counterparty, if there is one.
    counterparty: Option<Counterparty>,
    /// ID of the donation, deposit, care event or badge that caused it.
    reference: Option<Uuid>,
    /// Message of the sender.
    message: Option<String>,
}

/// Counterparty of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransactionCounterparty)]
pub struct Counterparty {
    /// `user`, `point`, or a system account: `issuance`, `provider`, `unclaimed`.
    #[schema(example = "user")]
    kind: &'static str,
    /// User ID or point ID.
    id: Option<Uuid>,
}

impl From<Account> for Counterparty {
    fn from(account: Account) -> Self {
        match account {
            Account::Free(Holder::User(id)) | Account::Held(Holder::User(id)) | Account::Debt(Holder::User(id)) => {
                Self { kind: "user", id: Some(id.uuid()) }
            }
            Account::Free(Holder::Point(id)) | Account::Held(Holder::Point(id)) | Account::Debt(Holder::Point(id)) => {
                Self { kind: "point", id: Some(id.uuid()) }
            }
            Account::System(system) => Self { kind: system.as_str(), id: None },
        }
    }
}

impl From<Entry> for TransactionView {
    fn from(entry: Entry) -> Self {
        Self {
            transfer_id: entry.transfer_id,
            kind: entry.kind,
            money: entry.money,
            held: matches!(entry.account, Account::Held(_)),
            owed: matches!(entry.account, Account::Debt(_)),
            at: entry.at,
            counterparty: entry.counterparty.map(Counterparty::from),
            reference: entry.reference,
            message: entry.message,
        }
    }
}

/// List wallet transactions
///
/// Newest first. All transactions of a currency add up to its balance. With filters, a page can contain fewer items
/// than `limit`, or none, although more follow: continue until `nextCursor` is null.
#[utoipa::path(
    get, path = "/v1/community/wallet/transactions", operation_id = "list_transactions", tag = "wallet",
    security(("bearer" = [])),
    params(
        ("currency" = Option<CurrencyCode>, Query, description = "Return transactions of this currency only"),
        ("kind" = Option<Kind>, Query, description = "Return transactions of this kind only"),
        ("pointId" = Option<PointId>, Query, description = "Return the transactions of a point that the caller keeps"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<TransactionView>),
        (status = 404, description = "`wallet.no_such_point`: no point with this ID that the caller keeps"),
    )
)]
pub async fn list_transactions(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Query(filter): Query<Filter>,
    page: Page,
) -> Result<Json<List<TransactionView>>, Problem> {
    let mut fields = Fields::of_parameters();
    let (point, wanted) =
        (fields.check("pointId", kept::point_id(filter.point_id.as_deref())), filter.parse(&mut fields));
    let (point, wanted) = fields.all((point, wanted))?;
    let holder = kept::holder(&ctx.store, &caller, point).await?;
    let (entries, next) = ctx.store.statement(holder, &wanted, page).await?;
    let items = entries.into_iter().map(TransactionView::from).collect();
    Ok(Json(List::new(items, next.as_ref())))
}
