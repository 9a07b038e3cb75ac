//! What every function is made of: runners for each kind of trigger, extractors, problems, configuration, telemetry.
//!
//! A function's binary names its handler and its context's constructor, and nothing else:
//!
//! ```ignore
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), kit::Error> {
//!     kit::http::serve(identity::api::login::login, identity::Ctx::from_env).await
//! }
//! ```

pub mod auth;
mod clock;
mod config;
pub mod event;
pub mod http;
mod parameters;
pub mod schedule;
pub mod sdk;
pub mod sqs;
pub mod stream;
pub mod telemetry;

pub use clock::Clock;
pub use config::{ConfigError, Environment, Stage};
pub use lambda_runtime::Error;
pub use parameters::{Parameters, SecretError};
