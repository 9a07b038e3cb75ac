//! Rules of metrics: pure and synchronous.

pub mod counting;
pub mod distinct;
pub mod metric;
pub mod metrics;
pub mod period;
pub mod pointer;
pub mod row;
pub mod series;
