//! Whose wallet a request is about: the caller's, or that of a point that they keep.

use kit::auth::Caller;
use kit::http::Problem;
use serde::Deserialize;
use types::PointId;

use crate::domain::account::Holder;
use crate::problem::Refusal;
use crate::store::Store;

/// `?pointId=`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Whose {
    point_id: Option<String>,
}

impl Whose {
    /// The point, if one is named.
    pub fn point(&self) -> Result<Option<PointId>, &'static str> {
        let point = self.point_id.as_deref().map(str::parse::<PointId>).transpose();
        point.map_err(|_| "must be a point's id")
    }
}

/// The caller, or a point that they keep.
pub async fn holder(store: &Store, caller: &Caller, point: Option<PointId>) -> Result<Holder, Problem> {
    let Some(point) = point else { return Ok(Holder::User(caller.user_id)) };
    let known = store.point(point).await?;
    // Whether somebody else keeps it is nothing that the caller may know.
    let is_kept = known.is_some_and(|known| known.keeper_id == Some(caller.user_id));
    if is_kept { Ok(Holder::Point(point)) } else { Err(Refusal::NoSuchPoint.into()) }
}
