//! What every function is made of: runners for each kind of trigger, extractors, problems, configuration, telemetry.
//!
//! A function's binary names its handler and the constructor of its context, and nothing else:
//!
//! ```ignore
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), kit::Error> {
//!     kit::http::serve(identity::api::login::login, identity::Ctx::from_env).await
//! }
//! ```
//!
//! # What every context owes the people it knows
//!
//! What a context holds on a person lies under `<context>#user#<user id>`, and nowhere else. It has a consumer
//! `forget-user` on `identity.user_deleted.v1`, which calls `dynamo::Table::forget`; identity, where the event comes from,
//! erases by itself. And it is named in `identity::domain::export::sections::SECTIONS` and in the role of `RunExport`, so that its
//! part is in the export. A contract test fails for a context that does not.

pub mod auth;
pub mod blocking;
pub mod bucket;
pub mod bus;
mod clock;
mod config;
pub mod consumer;
mod context;
mod deadline;
pub mod event;
pub mod file_urls;
pub mod fresh;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod openapi;
pub mod outbound;
mod parameters;
pub mod quote;
pub mod schedule;
pub mod sdk;
mod signer;
pub mod simulation;
pub mod snapshot;
pub mod sqs;
pub mod stream;
pub mod task;
pub mod telemetry;
pub mod timer;
pub mod upload_form;
pub mod websocket;

pub use clock::Clock;
pub use config::{ConfigError, Environment, Stage, Stateless};
pub use context::{
    ConsumerContext, EndpointContext, GalleryContext, JobContext, JobParts, LinkContext, OpenStore, ServiceContext,
    SweepContext, TimerConsumerContext, TimerEndpointContext,
};
pub use deadline::Deadline;
pub use lambda_runtime::Error;
pub use parameters::{Parameters, SecretError};
