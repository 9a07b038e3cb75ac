//! End to end: HTTP only, against the local cloud, which enforces IAM as AWS does.

mod authority;
mod events;
mod flows;
mod identity;
mod media;
mod notifications;
mod platform;
mod realtime;
