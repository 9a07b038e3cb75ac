//! What the integration tests share: the local cloud as a client sees it, and waiting with a bound.

mod admin;
mod authenticator;
mod budgets;
mod cards;
pub mod carts;
mod catalog;
mod cloud;
mod consumers;
mod exports;
mod messages;
mod money;
mod notices;
pub mod order_samples;
mod orders;
mod payments;
mod pictures;
mod points;
mod recommendations;
mod redelivery;
mod socket;
mod telegram;
mod tell;
mod wait;
mod watch;

pub use self::payments::{OrderToPay, PAYMENTS, PayingBuyer, in_nine_minutes};
pub use authenticator::Authenticator;
pub use budgets::{Cost, budget, budget_at_most, cost};
pub use cards::{CARD, Charged};
pub use catalog::{new_sku, new_slug, new_word};
pub use cloud::{Call, Cloud, DeadLetter, Mail, Reply, User};
pub use messages::Push;
pub use money::{care_event, money, reported};
pub use notices::{inbox_item, notification};
pub use orders::LOCATIONS;
pub use points::lonely_place;
pub use redelivery::skip_if_held;
pub use socket::{Follower, Socket};
pub use telegram::{MiniApp, TelegramUser};
pub use tell::tell;
pub use wait::{eventually, eventually_within};
pub use watch::Watch;

/// A password that is strong enough.
pub const PASSWORD: &str = "correct horse battery staple";

/// Every OpenAPI document of the repository, sorted by name.
pub fn documents() -> Vec<serde_json::Value> {
    let files = std::fs::read_dir(root().join("docs/openapi")).expect("the documents");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("a readable document");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

/// The repository's root.
pub fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a parent").to_path_buf()
}
