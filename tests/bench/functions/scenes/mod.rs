//! One scene for each context: what is there before its functions are called, and the event of each call.
//!
//! An event names what is there, and does what it does for the first time: another key, another person or another thing
//! where an effect happens once. So a new function needs one line in its context's file.

mod analytics;
mod aquariums;
mod aquariums_readings;
mod badges;
mod billing;
mod catalog;
mod events;
mod identity;
mod knowledge;
mod media;
mod notifications;
mod orders;
mod orders_checkout;
mod orders_fulfilment;
mod payments;
mod platform;
mod points;
mod realtime;
mod recommendations;
mod screens;
mod search;
mod storefront;
mod timeline;
mod vision;
mod wallet;
mod wallet_cards;

use serde_json::Value;

use crate::stage::Stage;

/// The scene of one function.
pub enum Scene {
    Analytics(Box<analytics::Scene>),
    Aquariums(Box<aquariums::Scene>),
    Badges(Box<badges::Scene>),
    Billing(Box<billing::Scene>),
    Catalog(Box<catalog::Scene>),
    Events(Box<events::Scene>),
    Identity(Box<identity::Scene>),
    Knowledge(Box<knowledge::Scene>),
    Media(Box<media::Scene>),
    Notifications(Box<notifications::Scene>),
    Orders(Box<orders::Scene>),
    Payments(Box<payments::Scene>),
    Platform,
    Points(Box<points::Scene>),
    Realtime(Box<realtime::Scene>),
    Recommendations(Box<recommendations::Scene>),
    Screens(Box<screens::Scene>),
    Search(Box<search::Scene>),
    Storefront(Box<storefront::Scene>),
    Timeline(Box<timeline::Scene>),
    Vision(Box<vision::Scene>),
    Wallet(Box<wallet::Scene>),
}

/// How many warm invocations with the table near there is room for: there are two hundred badges at most, and a user asks for missed
/// messages as often in a quarter of an hour; those before and after take some.
pub fn most_calls(name: &str) -> usize {
    match name {
        "badges-create-badge" | "badges-retire-badge" | "realtime-receive-message" => 140,
        _ => usize::MAX,
    }
}

impl Scene {
    /// Prepares what the functions of a context ask for.
    pub async fn set(stage: &Stage, name: &str) -> Self {
        match name.split('-').next().unwrap_or_default() {
            "analytics" => Self::Analytics(Box::new(Box::pin(analytics::Scene::set(stage)).await)),
            "aquariums" => Self::Aquariums(Box::new(Box::pin(aquariums::Scene::set(stage)).await)),
            "badges" => Self::Badges(Box::new(Box::pin(badges::Scene::set(stage)).await)),
            "billing" => Self::Billing(Box::new(Box::pin(billing::Scene::set(stage)).await)),
            "catalog" => Self::Catalog(Box::new(Box::pin(catalog::Scene::set(stage)).await)),
            "events" => Self::Events(Box::new(Box::pin(events::Scene::set(stage)).await)),
            "identity" => Self::Identity(Box::new(Box::pin(identity::Scene::set(stage)).await)),
            "knowledge" => Self::Knowledge(Box::new(Box::pin(knowledge::Scene::set(stage)).await)),
            "media" => Self::Media(Box::new(Box::pin(media::Scene::set(stage)).await)),
            "notifications" => Self::Notifications(Box::new(Box::pin(notifications::Scene::set(stage)).await)),
            "orders" => Self::Orders(Box::new(Box::pin(orders::Scene::set(stage)).await)),
            "payments" => Self::Payments(Box::new(Box::pin(payments::Scene::set(stage)).await)),
            "aquarium" | "commerce" | "community" | "platform" => Self::Platform,
            "points" => Self::Points(Box::new(Box::pin(points::Scene::set(stage)).await)),
            "realtime" => Self::Realtime(Box::new(Box::pin(realtime::Scene::set(stage)).await)),
            "recommendations" => Self::Recommendations(Box::new(Box::pin(recommendations::Scene::set(stage)).await)),
            "screens" => Self::Screens(Box::new(Box::pin(screens::Scene::set(stage)).await)),
            "search" => Self::Search(Box::new(Box::pin(search::Scene::set(stage)).await)),
            "storefront" => Self::Storefront(Box::new(Box::pin(storefront::Scene::set(stage)).await)),
            "timeline" => Self::Timeline(Box::new(Box::pin(timeline::Scene::set(stage)).await)),
            "vision" => Self::Vision(Box::new(Box::pin(vision::Scene::set(stage)).await)),
            "wallet" => Self::Wallet(Box::new(Box::pin(wallet::Scene::set(stage)).await)),
            other => panic!("the context {other} has no scenes: add a file to tests/bench/functions/scenes"),
        }
    }

    /// The event of the next call, with what it asks for.
    pub async fn event(&self, stage: &Stage, name: &str) -> Value {
        let event = match self {
            Self::Analytics(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Aquariums(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Badges(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Billing(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Catalog(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Events(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Identity(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Knowledge(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Media(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Notifications(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Orders(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Payments(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Platform => platform::event(name),
            Self::Points(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Realtime(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Recommendations(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Screens(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Search(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Storefront(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Timeline(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Vision(scene) => Box::pin(scene.event(stage, name)).await,
            Self::Wallet(scene) => Box::pin(scene.event(stage, name)).await,
        };
        stage.register().await;
        event.unwrap_or_else(|| panic!("{name} has no scene: add a line to its context's file in scenes"))
    }
}
