//! Endpoints that services may call too: with an API key whose scope allows it.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use dynamo::{Context, Entity, Key, Read, Table};
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};
use types::{ApiKeyId, Scope};

use super::api_key::{ApiKey, ApiKeyRecord, ApiKeyRejection};
use super::{Authenticates, Authority, Caller, CheckedCaller, IdKey, SendNotifications, Standing};
use crate::Clock;
use crate::http::Problem;

/// The header that carries a key.
const HEADER: &str = "x-api-key";

/// An authority that an API key with a scope gives too: `Access<ReadUsers>`.
pub trait Scoped: Authority {
    /// The scope.
    const SCOPE: Scope;
}

/// A context whose functions check API keys. Their roles may `dynamodb:GetItem` with the leading key
/// `identity#apikey#*`, and nothing else of identity's.
pub trait ChecksApiKeys: Authenticates {
    /// The keys.
    fn api_keys(&self) -> &ApiKeys;
}

/// The part of identity's items that functions of other contexts may read: the keys' records.
#[derive(Debug)]
pub struct ApiKeyItems;

impl Context for ApiKeyItems {
    const NAME: &'static str = "identity";
}

/// A record as an item of its own, since a trait of another crate needs a type of this one.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Item(ApiKeyRecord);

impl Entity for Item {
    type Context = ApiKeyItems;

    fn key(&self) -> Key<ApiKeyItems> {
        item_key(self.0.id)
    }
}

fn item_key(id: ApiKeyId) -> Key<ApiKeyItems> {
    Key::new(ApiKeyRecord::ENTITY, id, ApiKeyRecord::SORT)
}

/// Checks API keys: one read of one item. Nothing is kept between requests, so a deleted key is refused at once.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    table: Table<ApiKeyItems>,
    clock: Clock,
}

impl ApiKeys {
    /// The keys in this table.
    pub fn new(table: Table<ApiKeyItems>, clock: Clock) -> Self {
        Self { table, clock }
    }

    async fn check(&self, header: &HeaderValue) -> Result<(ApiKeyRecord, IdKey), Problem> {
        let invalid = || refused(ApiKeyRejection::Invalid);
        let key = ApiKey::read(header.to_str().unwrap_or_default()).map_err(|_| invalid())?;
        let item: Option<_> = self.table.get::<Item>(item_key(key.id()), Read::Strong).await?;
        let record = item.ok_or_else(invalid)?.value.0;
        record.check(&key, self.clock.now()).map_err(refused)?;
        Ok((record, key.id_key()))
    }
}

fn refused(rejection: ApiKeyRejection) -> Problem {
    let code = match rejection {
        ApiKeyRejection::Invalid => "auth.key_invalid",
        ApiKeyRejection::Expired => "auth.key_expired",
    };
    Problem::new(StatusCode::UNAUTHORIZED, code, "Use another API key").with_detail(rejection.to_string())
}

/// Who has access.
#[derive(Debug, Clone)]
pub enum Principal {
    /// A signed-in user.
    User(CheckedCaller),
    /// The service that holds this key.
    Service(ApiKeyId),
}

/// A user with an authority, or a service whose key has its scope.
///
/// A request with an access token is judged by the token and the standing of its account, whatever else it carries.
#[derive(Debug, Clone)]
pub struct Access<A> {
    /// Who it is.
    pub principal: Principal,
    authority: PhantomData<fn() -> A>,
}

impl<A: Scoped, C: ChecksApiKeys> FromRequestParts<&'static C> for Access<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Self, Problem> {
        let key = parts.headers.get(HEADER).filter(|_| !parts.headers.contains_key(AUTHORIZATION));
        let principal = match key {
            None => Principal::User(Standing::<A>::from_request_parts(parts, ctx).await?.check().await?),
            Some(header) => {
                let (record, id_key) = ctx.api_keys().check(header).await?;
                if !record.allows(A::SCOPE) {
                    return Err(Problem::forbidden(&format!("scope {}", A::SCOPE)));
                }
                parts.extensions.insert(id_key);
                Principal::Service(record.id)
            }
        };
        Ok(Self { principal, authority: PhantomData })
    }
}

/// May read everybody's account.
#[derive(Debug, Clone, Copy)]
pub struct ReadUsers;

impl Authority for ReadUsers {
    const NAME: &'static str = "role admin, or an API key with scope users:read";

    fn is_held_by(caller: &Caller) -> bool {
        caller.has_role(types::Role::Admin)
    }
}

impl Scoped for ReadUsers {
    const SCOPE: Scope = Scope::UsersRead;
}

impl Scoped for SendNotifications {
    const SCOPE: Scope = Scope::NotificationsSend;
}
