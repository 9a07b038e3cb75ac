//! Endpoints: one axum handler per function, without a router, since API Gateway has routed already.

mod body;
mod cacheable;
mod field_error;
mod fields;
mod headers;
mod invocation;
mod json_text;
mod list_tag;
mod location;
mod page;
mod path;
mod problem;
mod query;
mod raw_query;
mod reply;
mod security_headers;
mod service;
mod shape;

pub use body::Json;
pub use cacheable::{Cacheable, IfNoneMatch};
pub use field_error::{FieldError, Rule};
pub use fields::Fields;
pub use headers::{IdempotencyKey, IfMatch};
pub use invocation::Invocation;
pub(crate) use invocation::note_caller;
pub use list_tag::{decode_cursor, encode_cursor};
pub use page::{List, Page};
pub use path::{Id, Path};
pub use problem::Problem;
pub use query::Query;
pub use reply::{Accepted, Created, Document, NoContent, Tagged};
pub use service::{Endpoint, endpoint, serve};
