//! Who calls, as an argument: a handler that takes a [`Caller`] cannot forget to check.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use types::{Role, SessionId, UserId};

use super::{Claims, IdKey, Rejection, Verifier};
use crate::http::Problem;

/// A context whose functions check tokens.
pub trait Authenticates: Send + Sync + 'static {
    /// The verifier.
    fn verifier(&self) -> &Verifier;
}

/// The user who calls, proven by an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user_id: UserId,
    /// The session that they call from.
    pub session_id: SessionId,
    id_key: IdKey,
    pub(super) roles: Vec<Role>,
    scopes: String,
}

impl Caller {
    /// True if the user has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// True if the token carries the scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.split(' ').any(|held| held == scope)
    }

    fn authenticate(parts: &Parts, verifier: &Verifier) -> Result<Self, Rejection> {
        let header = parts.headers.get(AUTHORIZATION).ok_or(Rejection::Missing)?;
        let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Rejection::Invalid)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Rejection::Invalid);
        }
        verifier.verify(token.trim()).map(Self::from)
    }
}

impl From<Claims> for Caller {
    fn from(claims: Claims) -> Self {
        Self {
            user_id: claims.sub,
            session_id: claims.sid,
            id_key: claims.idk,
            roles: claims.roles,
            scopes: claims.scope,
        }
    }
}

impl<C: Authenticates> FromRequestParts<&'static C> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Self, Problem> {
        let caller = Self::authenticate(parts, ctx.verifier()).map_err(Problem::unauthenticated)?;
        crate::http::note_caller(parts, &caller);
        parts.extensions.insert(caller.id_key);
        Ok(caller)
    }
}

/// `None` without an `Authorization` header; an invalid token is refused all the same.
impl<C: Authenticates> OptionalFromRequestParts<&'static C> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        <Self as FromRequestParts<&'static C>>::from_request_parts(parts, ctx).await.map(Some)
    }
}

/// Something that a caller must be allowed to do beyond being known.
pub trait Authority: Send + Sync + 'static {
    /// Its name, for the answer to those who lack it.
    const NAME: &'static str;

    /// Whether the caller has it.
    fn is_held_by(caller: &Caller) -> bool;
}

/// Declares an authority that a role or a scope gives.
macro_rules! authority {
    ($(#[$doc:meta])* $name:ident = $text:literal, |$caller:ident| $held:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Authority for $name {
            const NAME: &'static str = $text;

            fn is_held_by($caller: &Caller) -> bool {
                $held
            }
        }
    };
}

authority! {
    /// Runs all of it.
    Admin = "role admin", |caller| caller.has_role(Role::Admin)
}
authority! {
    /// Runs a part of it, or all.
    Manager = "role manager", |caller| caller.has_role(Role::Manager) || caller.has_role(Role::Admin)
}
authority! {
    /// May ask for notifications to be sent.
    SendNotifications = "scope notifications:send", |caller| caller.has_scope("notifications:send")
}
