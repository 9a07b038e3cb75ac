//! Who calls, as an argument: a handler that takes a [`Caller`] cannot forget to check.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::HeaderValue;
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
        verifier.verify(bearer_token(header)?).map(Self::from)
    }
}

/// The token of a header `Bearer <token>`, whose scheme is written in any case (RFC 9110).
fn bearer_token(header: &HeaderValue) -> Result<&str, Rejection> {
    let text = header.to_str().map_err(|_| Rejection::Scheme)?;
    let (scheme, token) = text.trim().split_once(' ').ok_or(Rejection::Scheme)?;
    let token = Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"));
    token.filter(|token| !token.contains(' ')).ok_or(Rejection::Scheme)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_the_scheme_and_the_token() {
        for right in ["Bearer eyJ.a.b", "bearer   eyJ.a.b "] {
            assert_eq!(bearer_token(&HeaderValue::from_static(right)), Ok("eyJ.a.b"), "{right}");
        }
        for wrong in ["", "Bearer", "Bearer ", "eyJ.a.b", "Basic YTpi", "Token eyJ.a.b", "Bearer Bearer eyJ.a.b"] {
            assert_eq!(bearer_token(&HeaderValue::from_static(wrong)), Err(Rejection::Scheme), "{wrong}");
        }
    }

    #[test]
    fn a_header_without_bearer_is_told_what_to_send() {
        let problem = serde_json::to_value(Problem::unauthenticated(Rejection::Scheme)).unwrap();
        assert_eq!(problem["code"], "auth.token_invalid");
        assert!(problem["detail"].as_str().unwrap().ends_with("Bearer <access token>"), "{problem}");
    }
}
