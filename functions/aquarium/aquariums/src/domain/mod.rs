//! Rules of aquariums: pure and synchronous. Time, IDs and random values are arguments.

pub mod access;
