//! Tells people what happened, where and when they want to hear of it.
//!
//! The layers, each of which knows those above it only: `domain` (pure: preferences, quiet hours, what becomes of a
//! notification, what a delivery is and when it may be sent), `templates` (texts), `unsubscribe` (tokens in mails),
//! `store` (items in the table), `endpoints` (devices at SNS), `queue` (second tries), `ctx` and `channels` (what a function holds, and one file per
//! way to reach a person), `problem` (how a refusal reads), `api` and `consumers` (one file per function), `bin` (five lines
//! per function).

pub mod api;
pub mod channels;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod endpoints;
pub mod problem;
pub mod queue;
pub mod store;
pub mod templates;
pub mod unsubscribe;

pub use ctx::{
    Applications, ConsumerContext, PhoneProofs, Planner, Public, PushDevices, Sender, Services, Sweeper, Unsubscriber,
};
