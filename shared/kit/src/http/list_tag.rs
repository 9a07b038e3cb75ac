//! Cursors name the list that gave them, so that another list refuses them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dynamo::{BadCursor, Cursor};
use lambda_http::Request;
use sha2::{Digest, Sha256};

/// Bytes of the tag. It tells lists apart and protects nothing: the partition of a list comes from the caller.
const TAG_BYTES: usize = 6;

tokio::task_local! {
    /// The list that the current request reads.
    static LIST: ListTag;
}

/// A hash of a request's path and of its parameters except `limit` and `cursor`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ListTag([u8; TAG_BYTES]);

impl ListTag {
    /// The list that a request reads.
    pub(super) fn of(request: &Request) -> Self {
        let uri = request.uri();
        let parameters = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let mut filters: Vec<_> = parameters.filter(|(name, _)| name != "limit" && name != "cursor").collect();
        filters.sort();
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        };
        part(uri.path());
        for (name, value) in &filters {
            part(name);
            part(value);
        }
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&hash.finalize()[..TAG_BYTES]);
        Self(tag)
    }

    /// Runs the handling of a request, whose cursors get this tag.
    pub(super) async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        LIST.scope(self, work).await
    }

    fn current() -> [u8; TAG_BYTES] {
        LIST.try_with(|list| list.0).unwrap_or_default()
    }
}

/// The text of a cursor of the list that the current request reads.
pub fn encode_cursor(cursor: &Cursor) -> String {
    URL_SAFE_NO_PAD.encode([ListTag::current().as_slice(), cursor.as_str().as_bytes()].concat())
}

/// Reads a cursor that the list of the current request gave.
pub fn decode_cursor(text: &str) -> Result<Cursor, BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
    let place = bytes.strip_prefix(ListTag::current().as_slice()).ok_or(BadCursor)?;
    Cursor::decode(&URL_SAFE_NO_PAD.encode(place))
}

#[cfg(test)]
mod tests {
    use lambda_http::Body;

    use super::*;

    fn list(path: &str) -> ListTag {
        ListTag::of(&lambda_http::http::Request::builder().uri(path).body(Body::Empty).unwrap())
    }

    #[tokio::test]
    async fn a_cursor_is_refused_by_every_list_but_its_own() {
        let cursor = Cursor::of("item#7");
        let text = list("/v1/media?limit=2&kind=a").scope(async { encode_cursor(&cursor) }).await;
        let read = async |path: &str| list(path).scope(async { decode_cursor(&text) }).await;
        assert_eq!(read("/v1/media?kind=a&cursor=x&limit=9").await, Ok(cursor.clone()));
        for other in ["/v1/media", "/v1/media?kind=b", "/v1/media/?kind=a", "/v1/users?kind=a"] {
            assert_eq!(read(other).await, Err(BadCursor), "{other}");
        }
        for forged in ["", "AAAA", "eyJhIjoxfQ", "!"] {
            assert_eq!(decode_cursor(forged), Err(BadCursor), "{forged}");
        }
    }
}
