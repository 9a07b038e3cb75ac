//! Whose wallet a request is about: the caller's, or that of a point that they keep.

use kit::auth::Caller;
use kit::http::Problem;
use types::PointId;

use crate::domain::account::Holder;
use crate::problem::Refusal;
use crate::store::Store;

/// `?pointId=`, if it is there.
pub fn point_id(text: Option<&str>) -> Result<Option<PointId>, &'static str> {
    text.map(str::parse::<PointId>).transpose().map_err(|_| "must be a point's id")
}

/// The caller, or a point that they keep.
pub async fn holder(store: &Store, caller: &Caller, point: Option<PointId>) -> Result<Holder, Problem> {
    let Some(point) = point else { return Ok(Holder::User(caller.user_id)) };
    let known = store.point(point).await?;
    // The caller may not learn whether another user keeps it.
    let is_kept = known.is_some_and(|known| known.keeper_id == Some(caller.user_id));
    if is_kept { Ok(Holder::Point(point)) } else { Err(Refusal::NoSuchPoint.into()) }
}
