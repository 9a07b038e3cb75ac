//! Authentication of connection attempts.

/// The supported WebSocket subprotocol.
pub const PROTOCOL: &str = "atoll.v1";

/// Credentials of a connection attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The access token.
    pub token: &'a str,
    /// Subprotocol to select. A client that offered any closes the connection unless one is selected.
    pub protocol: Option<&'static str>,
}

/// Reads the token from `Sec-WebSocket-Protocol: atoll.v1, <token>`, which browsers can send, or from `?token=`.
///
/// The header takes precedence, because URLs end up in logs more easily than headers.
pub fn read<'a>(protocols: impl Iterator<Item = &'a str>, query_token: Option<&'a str>) -> Option<Offer<'a>> {
    let (ours, others): (Vec<_>, Vec<_>) = protocols.partition(|name| *name == PROTOCOL);
    let protocol = (!ours.is_empty()).then_some(PROTOCOL);
    let in_header = protocol.and_then(|_| others.into_iter().find(|name| !name.is_empty()));
    let token = in_header.or(query_token.filter(|token| !token.is_empty()))?;
    Some(Offer { token, protocol })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_the_header_or_in_the_query() {
        let both = Offer { token: "t", protocol: Some(PROTOCOL) };
        assert_eq!(read(["atoll.v1", "t"].into_iter(), None), Some(both));
        assert_eq!(read(["atoll.v1", "t"].into_iter(), Some("other")), Some(both));
        assert_eq!(read(["atoll.v1"].into_iter(), Some("t")), Some(both));
        assert_eq!(read([].into_iter(), Some("t")), Some(Offer { token: "t", protocol: None }));
    }

    #[test]
    fn without_a_token_there_is_no_offer() {
        assert_eq!(read([].into_iter(), None), None);
        assert_eq!(read(["atoll.v1"].into_iter(), Some("")), None);
        // Without the subprotocol name the other values are not for this API.
        assert_eq!(read(["chat", "t"].into_iter(), None), None);
    }
}
