//! Access tokens, which every function verifies without a call; the standing of accounts and API keys, which take one read.

mod access;
mod api_key;
mod buyer;
mod caller;
mod checked;
mod claims;
mod id_key;
mod link;
mod standing;
mod verifier;

pub use access::{Access, ApiKeyItems, ApiKeys, ChecksApiKeys, Principal, ReadUsers, Scoped};
pub use api_key::{ApiKey, ApiKeyHash, ApiKeyRecord, ApiKeyRejection, NotAKey};
pub use buyer::{Buyer, CheckedBuyer, FormerGuest, GUEST_KEY_HEADER, GuestKey};
pub use caller::{Admin, Authenticates, Authority, Caller, Manager, SendNotifications};
pub use checked::{CheckedCaller, Requirement, SignedIn, Standing, VerifiedEmail};
pub use claims::Claims;
pub use id_key::{IdKey, NotAnIdKey};
pub use link::{BadLink, LinkKey, Purpose};
pub use standing::{AccountItems, AccountStanding, StandingError, StandingStatus, Standings};
pub use verifier::{ALGORITHM, Jwks, Rejection, Verifier};
