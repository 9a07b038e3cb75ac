//! Access tokens: what they say, and how every function checks them without a call.

mod caller;
mod claims;
mod link;
mod verifier;

pub use caller::{Admin, Authenticates, Authority, Caller, Manager, Require, SendNotifications};
pub use claims::Claims;
pub use link::{BadLink, LinkKey, Purpose};
pub use verifier::{ALGORITHM, Jwks, Rejection, Verifier};
