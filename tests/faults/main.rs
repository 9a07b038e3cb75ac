//! What goes wrong in production, made to go wrong here: one at a time, since faults are the whole cloud's.

mod abandoned;
mod badges;
mod bus;
mod checkout;
mod commerce;
mod community;
mod dead_letters;
mod exports;
mod fan_out;
mod kills;
mod lost_responses;
mod media;
mod order_payments;
mod payments;
mod permissions;
mod points;
mod providers;
mod races;
mod realtime;
mod redelivery;
mod rotation;
mod throttling;
mod timeline;
mod whole_run;
