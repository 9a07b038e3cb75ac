//! The buyer, as an argument: a signed-in user, or a guest with the key of a cart.
//!
//! A guest's key is made by the server with the first cart and returned once. Only its hash is stored. A request that has both
//! an access token and a key is the user's.

use std::future::Future;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use types::random::RandomError;
use types::{BuyerId, GuestKeyHash};

use super::{Authenticates, CheckedCaller, IdKey, Rejection, SignedIn, Standing};
use crate::http::{Fields, Problem};

/// Header that a guest's key is sent in.
pub const GUEST_KEY_HEADER: &str = "guest-key";
/// Number of random bytes of a key.
const KEY_BYTES: usize = 32;
/// Maximum length of the header in bytes. A key has 43.
const MAX_HEADER_BYTES: usize = 256;

/// A new key of a guest. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct GuestKey(String);

types::redacted!(GuestKey);

impl GuestKey {
    /// Generates a key.
    pub fn generate() -> Result<Self, RandomError> {
        let mut bytes = [0; KEY_BYTES];
        types::random::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Returns the key itself, for the response that hands it over.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the hash, which is what may be stored.
    pub fn hash(&self) -> GuestKeyHash {
        GuestKeyHash::of(&self.0)
    }
}

/// Who buys. A user's token is verified when this is extracted; [`Self::with`] or [`Self::check`] also checks the account, as
/// every operation that changes something does. Reads rely on the token.
///
/// 401 without a token and without a key. A key is compared with the stored hash by the handler: a wrong one gets the 404 of
/// an unknown ID.
#[derive(Debug)]
pub enum Buyer {
    /// A signed-in user.
    User(Standing<SignedIn>),
    /// The guest who has this key.
    Guest(GuestKeyHash),
}

/// A buyer who may change something: a guest, or a user in good standing.
#[derive(Debug, Clone)]
pub enum CheckedBuyer {
    /// A user in good standing.
    User(CheckedCaller),
    /// The guest who has this key.
    Guest(GuestKeyHash),
}

impl CheckedBuyer {
    /// Returns whose things the buyer may see and change.
    pub fn id(&self) -> BuyerId {
        match self {
            Self::User(caller) => BuyerId::User(caller.user_id),
            Self::Guest(hash) => BuyerId::Guest(*hash),
        }
    }
}

impl Buyer {
    /// Returns whose things the buyer may see, as the token or the key says.
    pub fn id(&self) -> BuyerId {
        match self {
            Self::User(standing) => BuyerId::User(standing.user_id()),
            Self::Guest(hash) => BuyerId::Guest(*hash),
        }
    }

    /// Checks a user's standing while `load` reads what the handler needs: one round trip for both. A refusal of the caller
    /// comes before an error of `load`. Guests have no standing.
    pub fn with<T, E>(
        &self,
        load: impl Future<Output = Result<T, E>>,
    ) -> impl Future<Output = Result<(CheckedBuyer, T), Problem>>
    where
        Problem: From<E>,
    {
        // On the heap: the futures of handlers stay small.
        let load = Box::pin(load);
        async move {
            match self {
                Self::User(standing) => {
                    let (caller, loaded) = standing.with(load).await?;
                    Ok((CheckedBuyer::User(caller), loaded))
                }
                Self::Guest(hash) => Ok((CheckedBuyer::Guest(*hash), load.await?)),
            }
        }
    }

    /// Checks a user's standing.
    pub async fn check(&self) -> Result<CheckedBuyer, Problem> {
        match self {
            Self::User(standing) => standing.check().await.map(CheckedBuyer::User),
            Self::Guest(hash) => Ok(CheckedBuyer::Guest(*hash)),
        }
    }
}

/// The hash of the key that the request has, if it has one.
pub(super) fn guest_key(parts: &Parts) -> Option<&str> {
    let text = parts.headers.get(GUEST_KEY_HEADER)?.to_str().ok()?;
    (1..=MAX_HEADER_BYTES).contains(&text.len()).then_some(text)
}

impl<C: Authenticates> FromRequestParts<&'static C> for Buyer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Self, Problem> {
        let buyer = <Self as OptionalFromRequestParts<&'static C>>::from_request_parts(parts, ctx).await?;
        buyer.ok_or_else(|| Problem::unauthenticated(Rejection::NeitherTokenNorKey))
    }
}

/// `None` with neither a token nor a key; an invalid token is refused all the same.
impl<C: Authenticates> OptionalFromRequestParts<&'static C> for Buyer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Option<Self>, Problem> {
        if parts.headers.contains_key(AUTHORIZATION) {
            return Standing::from_request_parts(parts, ctx).await.map(|standing| Some(Self::User(standing)));
        }
        let Some(key) = guest_key(parts) else { return Ok(None) };
        let (hash, id_key) = (GuestKeyHash::of(key), IdKey::of_guest(key));
        parts.extensions.insert(id_key);
        Ok(Some(Self::Guest(hash)))
    }
}

/// The key of a guest beside the caller's own token, for a user who takes over what they did as a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerGuest(pub GuestKeyHash);

impl<S: Send + Sync> FromRequestParts<S> for FormerGuest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut fields = Fields::of_parameters();
        let hash = fields.required("Guest-Key", guest_key(parts).map(GuestKeyHash::of));
        fields.all((hash,)).map(|(hash,)| Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(key: &str) -> Parts {
        Request::builder().header(GUEST_KEY_HEADER, key).body(()).unwrap().into_parts().0
    }

    #[test]
    fn keys_are_random_and_found_by_their_hash() {
        let (one, other) = (GuestKey::generate().unwrap(), GuestKey::generate().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert_ne!(one.expose(), other.expose());
        assert_eq!(GuestKeyHash::of(guest_key(&parts(one.expose())).unwrap()), one.hash());
        assert!(!format!("{one:?}").contains(one.expose()));
    }

    #[test]
    fn an_empty_or_endless_header_is_no_key() {
        assert_eq!(guest_key(&parts("")), None);
        assert_eq!(guest_key(&parts(&"a".repeat(MAX_HEADER_BYTES + 1))), None);
    }

    #[test]
    fn the_stored_hash_does_not_determine_the_ids_of_a_guest() {
        let key = IdKey::of_guest("secret").derive_id(&["order", "1"]);
        assert_eq!(key, IdKey::of_guest("secret").derive_id(&["order", "1"]));
        assert_ne!(key, IdKey::of_guest("other").derive_id(&["order", "1"]));
        assert_ne!(key, IdKey::of_guest(&GuestKeyHash::of("secret").to_string()).derive_id(&["order", "1"]));
    }
}
