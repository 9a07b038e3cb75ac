//! Tasks of an aquarium: when they are due, and what becomes of each occurrence.

pub mod schedule;
