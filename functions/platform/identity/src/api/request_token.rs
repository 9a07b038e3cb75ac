//! The token that a client keeps while its user looks for the e-mail.

use kit::auth::{LinkKey, Purpose};
use types::{EmailAddress, Uuid};

use crate::problem::Refusal;

/// How tokens start, so that scanners for leaked secrets know them.
const PREFIX: &str = "atoll_mail_";

/// The token of a request for an address.
pub fn issue(key: &LinkKey, purpose: Purpose, id: Uuid, email: &EmailAddress) -> String {
    format!("{PREFIX}{}", key.sign_request(purpose, id, email.as_str()))
}

/// The request and its address, if the token is ours.
pub fn read(key: &LinkKey, purpose: Purpose, token: &str) -> Result<(Uuid, EmailAddress), Refusal> {
    let signed = token.strip_prefix(PREFIX).ok_or(Refusal::EmailCodeInvalid)?;
    let (id, email) = key.verify_request(purpose, signed).map_err(|_| Refusal::EmailCodeInvalid)?;
    Ok((id, EmailAddress::parse(&email).map_err(|_| Refusal::EmailCodeInvalid)?))
}
