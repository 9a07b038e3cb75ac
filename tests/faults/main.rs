//! What goes wrong in production, made to go wrong here: one at a time, since faults are the whole cloud's.

mod bus;
mod dead_letters;
mod media;
mod permissions;
mod races;
mod rotation;
mod throttling;
mod whole_run;
