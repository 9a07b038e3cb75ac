//! `GET /v1/community/donations`: donations that the caller made, or that the caller or a point of the caller
//! received.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;
use types::PointId;

use crate::api::DonationView;
use crate::api::kept;
use crate::ctx::Ctx;
use crate::domain::donation::Direction;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Which {
    received: Option<String>,
    point_id: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl Which {
    fn side(&self, has_point: bool) -> Result<Direction, &'static str> {
        match self.received.as_deref() {
            None if has_point => Ok(Direction::Received),
            None | Some("false") if !has_point => Ok(Direction::Given),
            Some("true") => Ok(Direction::Received),
            Some("false") => Err("must be true where a point is named: points do not give"),
            _ => Err("must be true or false"),
        }
    }
}

/// List donations
///
/// Newest first. Donations that you made are listed in every status, received ones once they completed.
#[utoipa::path(
    get, path = "/v1/community/donations", operation_id = "list_donations", tag = "wallet",
    security(("bearer" = [])),
    params(
        ("received" = Option<bool>, Query, description = "Return received donations instead of made ones"),
        ("pointId" = Option<PointId>, Query, description = "Return donations that a point of the caller received"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<DonationView>),
        (status = 404, description = "`wallet.no_such_point`: no point with this ID that the caller keeps"),
    )
)]
pub async fn list_donations(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Query(which): Query<Which>,
    page: Page,
) -> Result<Json<List<DonationView>>, Problem> {
    let mut fields = Fields::of_parameters();
    let point = fields.check("pointId", kept::point_id(which.point_id.as_deref()));
    let side = fields.check("received", which.side(point.flatten().is_some()));
    let (point, side) = fields.all((point, side))?;
    let holder = kept::holder(&ctx.store, &caller, point).await?;
    let (donations, next) = ctx.store.donations(holder, side, page).await?;
    let show = match side {
        Direction::Given => DonationView::for_donor,
        Direction::Received => DonationView::for_recipient,
    };
    let items = donations.into_iter().map(show).collect();
    Ok(Json(List::new(items, next.as_ref())))
}
