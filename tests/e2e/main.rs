//! End to end: HTTP only, against the local cloud, which enforces IAM as AWS does.

mod analytics;
mod authority;
mod badges;
mod bodies;
mod catalog;
mod commerce;
mod community;
mod cursors;
mod events;
mod flows;
mod flows_community;
mod identity;
mod media;
mod notifications;
mod orders;
mod payments;
mod platform;
mod points;
mod providers;
mod realtime;
mod recommendations;
mod search;
mod security_headers;
mod standing;
mod storefront;
mod wallet;
