//! Endpoints: one axum handler per function, without a router, since API Gateway has routed already.

mod body;
mod fields;
mod headers;
mod invocation;
mod page;
mod path;
mod problem;
mod query;
mod reply;
mod service;

pub use body::Json;
pub use fields::Fields;
pub use headers::{IdempotencyKey, IfMatch};
pub use invocation::Invocation;
pub(crate) use invocation::note_caller;
pub use page::{List, Page};
pub use path::{Id, Path};
pub use problem::{FieldError, Problem};
pub use query::Query;
pub use reply::{Accepted, Created, Document, NoContent, Tagged};
pub use service::{Endpoint, endpoint, serve};
