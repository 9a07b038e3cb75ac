//! What goes wrong in production, made to go wrong here: one at a time, since faults are the whole cloud's.

mod bus;
mod dead_letters;
mod permissions;
mod providers;
mod races;
mod rotation;
mod throttling;
mod whole_run;
