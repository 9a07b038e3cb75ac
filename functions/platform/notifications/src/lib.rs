//! Sends notifications through the channels that each user has chosen.
//!
//! The layers, each of which uses only those above it: `domain` (pure: preferences, quiet hours, deliveries, localization,
//! branding), `templates` (texts), `pages` (HTML pages), `unsubscribe` (tokens in e-mails), `store` (items in the table),
//! `endpoints` (devices at SNS), `queue` (retries), `ctx` and `channels` (dependencies of a function, and one file per
//! channel), `problem` (error responses), `api` and `consumers` (one file per function), `bin` (five lines per function).

pub mod api;
pub mod channels;
pub mod consumers;
pub mod ctx;
pub mod domain;
pub mod endpoints;
pub mod pages;
pub mod problem;
pub mod queue;
pub mod store;
pub mod templates;
pub mod unsubscribe;

pub use ctx::{
    Applications, ConsumerContext, NewPhones, PhoneProofs, Planner, Public, PushDevices, Sender, Services, Sweeper,
    TextMessages, Unsubscriber,
};
