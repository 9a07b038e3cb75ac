//! The one table, as a context may use it.
//!
//! Every partition key starts with its context, and a [`Table`] takes keys of its own context only, so code cannot ask for
//! another context's items; in production the role's `dynamodb:LeadingKeys` says the same. Every item carries a
//! `version` that every change is conditional on, and the events that a change tells ride on the changed item itself
//! (attribute `outbox`), so that state and events commit together.

mod backoff;
mod batch;
mod count;
mod cursor;
mod error;
mod excerpt;
mod item;
mod key;
mod meter;
pub mod outbox;
mod pace;
mod pages;
mod personal;
mod range;
mod retry;
mod table;
mod transaction;
mod write_id;
mod written;

pub use backoff::backoff;
pub use batch::{Found, MAX_BATCH_ITEMS};
pub use count::Count;
pub use cursor::{BadCursor, Cursor, ShardCursor};
pub use error::StoreError;
pub use item::{Entity, Excerpt, Versioned};
pub use key::{Context, IndexKey, Key};
pub use meter::{Meter, Usage};
pub use outbox::Outbox;
pub use pace::Patience;
pub use pages::Pages;
pub use personal::{Forgotten, ForgottenMarker, Held, HeldPage, PersonalData, marker_key};
pub use retry::{CONFLICT_ATTEMPTS, ConflictRetry, Decision, Outcome};
pub use table::{Conflict, Page, Read, Table};
pub use transaction::{Cancelled, MAX_TRANSACTION_WRITES, Scalar, Transaction, TransactionError};
pub use written::{NotWritten, is_committed, is_written, refused};
