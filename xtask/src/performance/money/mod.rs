//! Dollars, from what was measured, the templates, a table of prices and stated assumptions.
//!
//! `prices` and `workload` are the two files that people write. `system` is what the templates say of functions and events.
//! `work` follows a request through them to what it uses; `traffic` says how much of that is cold and traced when so many
//! come; `month` adds up a month, with what is paid while nobody calls.

mod month;
mod prices;
mod system;
mod traffic;
mod work;
mod workload;

#[cfg(test)]
mod fixture;

pub use month::{Line, Month, always_on, idle, month};
pub use prices::{Part, Price, Prices};
pub use system::System;
pub use traffic::Traffic;
pub use work::Work;
pub use workload::Workload;

use super::measured::{Budgets, Functions};
use crate::failure::Result;
use crate::repository::Repository;
use crate::survey::Survey;

/// All that costs are computed from.
#[derive(Debug)]
pub struct Model<'a> {
    /// The price table.
    pub prices: Prices,
    /// Assumptions and requests.
    pub workload: Workload,
    /// Functions and events.
    pub system: System,
    /// What the functions take.
    pub functions: &'a Functions,
    /// What they ask of the table.
    pub budgets: &'a Budgets,
}

impl<'a> Model<'a> {
    /// Reads prices, assumptions and templates, and refuses what does not fit together.
    pub fn read(repository: &Repository, functions: &'a Functions, budgets: &'a Budgets) -> Result<Self> {
        let prices = Prices::read(repository)?;
        let workload = Workload::read(repository)?;
        let system = System::of(&Survey::of(repository)?)?;
        workload.check(&prices, &system)?;
        Ok(Self { prices, workload, system, functions, budgets })
    }
}

#[cfg(test)]
pub use fixture::{functions as fixture_functions, repository as fixture_repository};
