//! Rules on points: where they are listed, which are near, and what becomes of them, their photos and subscriptions.

pub mod album;
pub mod covering;
pub mod medium;
pub mod nearby;
pub mod place;
pub mod point;
pub mod subscription;

#[cfg(test)]
mod places_support;
