//! Rules of aquariums: pure and synchronous. Time, IDs and random values are arguments.

pub mod access;
pub mod aquarium;
pub mod contribution;
pub mod equipment;
pub mod invitation;
pub mod limits;
pub mod livestock;
pub mod moment;
pub mod quota;
pub mod share;
