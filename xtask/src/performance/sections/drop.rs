//! How long buyers wait who want the same units at the same time.

use super::Written;
use crate::performance::measured::{Drop, DropFigures};
use crate::performance::text::{count, figure};

/// The slowest of the drops: what it took, and whether that is the target.
pub fn write(drop: &Drop) -> Option<Written> {
    let slowest = drop.drops.iter().max_by(|one, other| one.p99_millis.total_cmp(&other.p99_millis))?;
    let DropFigures { p50_millis, p99_millis, max_millis, p50_round_trips, p99_round_trips } = slowest;
    let mut written = Written::default();
    written.say(&format!(
        "{} buyers place an order at the same time for {} units, half of them as a bundle. Each unit is sold once, every other \
         buyer gets `orders.out_of_stock`, and no reply asks to retry. In the slowest of {} drops the median buyer waits {} ms, \
         99 of 100 wait at most {} ms, and the last one waits {} ms; the target for 99 of 100 is {} ms, which is {}. A request \
         makes {} round trips in sequence at the median, and at most {} in 99 of 100.",
        count(drop.buyers),
        count(drop.units),
        drop.drops.len(),
        figure(*p50_millis),
        figure(*p99_millis),
        figure(*max_millis),
        count(drop.target_millis),
        if *p99_millis <= drop.target_millis { "met" } else { "missed" },
        count(*p50_round_trips),
        count(*p99_round_trips),
    ));
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(p99_millis: f64) -> DropFigures {
        DropFigures { p50_millis: 300.0, p99_millis, max_millis: 900.0, p50_round_trips: 10.0, p99_round_trips: 17.0 }
    }

    #[test]
    fn the_slowest_drop_decides_about_the_target() {
        let drop = |drops| Drop { buyers: 1_000.0, units: 500.0, target_millis: 1_000.0, drops };
        assert!(write(&drop(Vec::new())).is_none());
        assert!(write(&drop(vec![figures(700.0), figures(800.0)])).unwrap().text.contains("at most 800 ms"));
        assert!(write(&drop(vec![figures(700.0)])).unwrap().text.contains("which is met"));
        assert!(write(&drop(vec![figures(700.0), figures(1_200.0)])).unwrap().text.contains("which is missed"));
    }
}
