//! Whether the time of a refused login tells if the address has an account.

use super::Written;
use crate::performance::measured::Timing;
use crate::performance::text::{count, figure, percent};

/// Medians, and how likely they are by chance.
pub fn write(timing: &Timing) -> Written {
    let mut written = Written::default();
    written.say(&format!(
        "A wrong password takes {} ms where the address has an account, and {} ms where it has none (medians of {} each, with \
         a table in the same process). Of {} shuffles of the samples {} differ as much: the difference is {}.",
        figure(timing.known_p50_millis),
        figure(timing.unknown_p50_millis),
        count(timing.pairs),
        count(timing.shuffles),
        percent(timing.shuffles_as_different / timing.shuffles),
        if timing.shuffles_as_different > timing.shuffles / 1e3 { "chance" } else { "not chance" }
    ));
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_told_from_what_is_none() {
        let timing = Timing {
            pairs: 300.0,
            known_p50_millis: 72.7,
            unknown_p50_millis: 71.5,
            shuffles: 10_000.0,
            shuffles_as_different: 6_481.0,
        };
        assert!(write(&timing).text.contains("64.8 % differ as much: the difference is chance."));
        let told = Timing { shuffles_as_different: 3.0, ..timing };
        assert!(write(&told).text.contains("is not chance."));
    }
}
