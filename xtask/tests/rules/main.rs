//! The rules, each seen to fail on a planted violation; and the scaffold, whose work keeps all of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare its repository fails")]

mod fixture;
mod planted;
mod scaffolded;
