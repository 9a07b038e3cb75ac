//! Access tokens: what they say, and how every function checks them without a call; and API keys, which take one read.

mod access;
mod api_key;
mod caller;
mod claims;
mod id_key;
mod link;
mod verifier;

pub use access::{Access, ApiKeyItems, ApiKeys, ChecksApiKeys, Principal, ReadUsers, Scoped};
pub use api_key::{ApiKey, ApiKeyHash, ApiKeyRecord, ApiKeyRejection, NotAKey};
pub use caller::{Admin, Authenticates, Authority, Caller, Manager, Require, SendNotifications};
pub use claims::Claims;
pub use id_key::{IdKey, NotAnIdKey};
pub use link::{BadLink, LinkKey, Purpose};
pub use verifier::{ALGORITHM, Jwks, Rejection, Verifier};
