//! `GET /v1/community/donations/{id}`: one donation, for those whom it concerns.

use axum::extract::State;
use contracts::wallet::Recipient;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::DonationId;

use crate::api::DonationView;
use crate::ctx::Ctx;
use crate::domain::donation::{Donation, Status};
use crate::problem::Refusal;

/// Read a donation
///
/// Its donor sees it in every state, with its steps. Its recipient, or the keeper of the point, sees it once it has arrived.
#[utoipa::path(
    get, path = "/v1/community/donations/{id}", operation_id = "get_donation", tag = "wallet",
    security(("bearer" = [])),
    params(("id" = DonationId, Path, description = "Which donation")),
    responses(
        (status = 200, description = "The donation", body = DonationView),
        (status = 404, description = "`wallet.no_such_donation`: there is none, or it is not for the caller's eyes"),
    )
)]
pub async fn get_donation(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<DonationId>>,
) -> Result<Json<DonationView>, Problem> {
    let donation = ctx.store.donation(id).await?.ok_or(Refusal::NoSuchDonation)?.value;
    if donation.donor_id == caller.user_id {
        return Ok(Json(DonationView::for_donor(donation)));
    }
    if donation.status == Status::Completed && is_for(ctx, &donation, &caller).await? {
        return Ok(Json(DonationView::for_recipient(donation)));
    }
    Err(Refusal::NoSuchDonation.into())
}

async fn is_for(ctx: &Ctx, donation: &Donation, caller: &Caller) -> Result<bool, Problem> {
    match donation.recipient {
        Recipient::User(id) => Ok(id == caller.user_id),
        Recipient::Point(id) => {
            let point = ctx.store.point(id).await?;
            Ok(point.is_some_and(|point| point.keeper_id == Some(caller.user_id)))
        }
    }
}
