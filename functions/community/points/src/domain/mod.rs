//! Rules on points: where they are listed, which are near, and what becomes of them, their photos and subscriptions.

pub mod album;
pub mod figures;
pub mod limits;
pub mod medium;
pub mod point;
pub mod subscription;
