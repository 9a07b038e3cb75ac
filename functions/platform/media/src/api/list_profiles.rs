//! `GET /v1/profiles?ids=…`: the public profiles of several users.

use std::collections::HashMap;

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Problem, Query};
use serde::Deserialize;
use types::UserId;

use crate::api::ProfileView;
use crate::ctx::Ctx;

/// Maximum number of users per request: those of one read.
const MAX_IDS: usize = 100;

/// Query parameters before validation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    ids: Option<String>,
}

impl Users {
    fn parse(&self) -> Result<Vec<UserId>, Problem> {
        let mut fields = Fields::of_parameters();
        let ids = fields.check("ids", ids(self.ids.as_deref().unwrap_or_default()));
        fields.all((ids,)).map(|(ids,)| ids)
    }
}

/// Each id once, in the order in which they were sent.
fn ids(text: &str) -> Result<Vec<UserId>, String> {
    let mut ids = Vec::new();
    for part in text.split(',') {
        let id: UserId = part.parse().map_err(|_| "must be user IDs, separated by commas".to_owned())?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.len() > MAX_IDS {
        Err(format!("must be at most {MAX_IDS} user IDs; send several requests"))
    } else {
        Ok(ids)
    }
}

/// List public profiles
///
/// Names and avatars of up to 100 users, in the order of `ids`. Users that do not exist or were deleted are left out.
/// There is one page.
#[utoipa::path(
    get, path = "/v1/profiles", operation_id = "list_profiles", tag = "media",
    security(("bearer" = [])),
    params(("ids" = String, Query, description = "User IDs, separated by commas, at most 100", max_length = 3699, example = "019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d")),
    responses((status = 200, description = "The profiles", body = List<ProfileView>))
)]
pub async fn list_profiles(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Query(users): Query<Users>,
) -> Result<Json<List<ProfileView>>, Problem> {
    let (ids, now) = (users.parse()?, ctx.clock.now());
    let found = ctx.store.profiles(&ids).await?;
    let mut found: HashMap<_, _> = found.into_iter().map(|profile| (profile.user_id, profile)).collect();
    let mut items = Vec::with_capacity(ids.len());
    for profile in ids.iter().filter_map(|id| found.remove(id)) {
        items.extend(ProfileView::of(profile, &ctx.objects, now).await?);
    }
    Ok(Json(List::new(items, None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_once_each_and_bounded() {
        let id = UserId::generate().to_string();
        assert_eq!(ids(&format!("{id},{id}")).unwrap().len(), 1);
        let many = |count| (0..count).map(|_| UserId::generate().to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(ids(&many(MAX_IDS)).unwrap().len(), MAX_IDS);
        for bad in [many(MAX_IDS + 1), String::new(), format!("{id},"), "ann".to_owned()] {
            assert!(ids(&bad).is_err(), "{bad}");
        }
    }
}
