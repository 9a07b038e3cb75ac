//! Attacks: customers who want time for free, clients that race, stores that lose events, operators who err, extreme clocks.

mod clock;
mod customer;
mod operator;
mod race;
mod store;
mod value;
