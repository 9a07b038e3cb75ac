//! Runs of consecutive periods (days or weeks) in which something happened.
//!
//! The last periods are kept exactly, with how often it happened in each, so that late facts fill gaps and removals open
//! them. What lies before that window is frozen: the longest run there, and the one that leads into the window.

use serde::{Deserialize, Serialize};

/// What happened in which period, as far as runs need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// The latest period with an event so far, the last of the window.
    newest: i32,
    /// How often it happened in the window's periods, the oldest first, without leading zeros.
    counts: Vec<u32>,
    /// The length of the run that ends right before the window.
    carried: u32,
    /// The length of the longest run before the window.
    frozen: u32,
}

impl Streak {
    /// It happened once in a period. What is older than the window changes nothing.
    pub fn add(&mut self, period: i32, window: usize) {
        if self.counts.is_empty() && self.frozen == 0 {
            self.newest = period;
        }
        self.advance(period, window);
        if let Some(age) = self.age(period, window) {
            let missing = (age + 1).saturating_sub(self.counts.len());
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.change(age, |count| count.saturating_add(1));
        }
    }

    /// It did not happen that once. What is older than the window stays as it is.
    pub fn remove(&mut self, period: i32, window: usize) {
        if let Some(age) = self.age(period, window) {
            self.change(age, |count| count.saturating_sub(1));
            let zeros = self.counts.iter().take_while(|count| **count == 0).count();
            self.counts.drain(..zeros);
        }
    }

    /// The longest run of periods, each of which it happened in.
    pub fn longest(&self, window: usize) -> u32 {
        let mut run = if self.counts.len() == window { self.carried } else { 0 };
        let mut longest = self.frozen;
        for count in &self.counts {
            run = if *count == 0 { 0 } else { run + 1 };
            longest = longest.max(run);
        }
        longest
    }

    /// How many periods before the newest one, if that is within the window.
    fn age(&self, period: i32, window: usize) -> Option<usize> {
        let age = i64::from(self.newest) - i64::from(period);
        usize::try_from(age).ok().filter(|age| *age < window)
    }

    fn change(&mut self, age: usize, by: impl Fn(u32) -> u32) {
        let place = self.counts.len().checked_sub(age + 1);
        if let Some(count) = place.and_then(|place| self.counts.get_mut(place)) {
            *count = by(*count);
        }
    }

    /// Moves the window so that it ends with a newer period.
    fn advance(&mut self, period: i32, window: usize) {
        let steps = usize::try_from(i64::from(period) - i64::from(self.newest)).unwrap_or(0);
        // After one step more than the window is long nothing of it is left, and no run leads into it.
        for _ in 0..steps.min(window + 1) {
            let leaving = if self.counts.len() == window { self.counts.remove(0) } else { 0 };
            self.carried = if leaving == 0 { 0 } else { self.carried + 1 };
            self.frozen = self.frozen.max(self.carried);
            if !self.counts.is_empty() {
                self.counts.push(0);
            }
            let zeros = self.counts.iter().take_while(|count| **count == 0).count();
            self.counts.drain(..zeros);
        }
        self.newest = self.newest.max(period);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const WINDOW: usize = 8;

    fn brute_force(counts: &BTreeMap<i32, u32>) -> u32 {
        let (mut longest, mut run, mut before) = (0, 0, None);
        for period in counts.iter().filter(|(_, count)| **count > 0).map(|(period, _)| *period) {
            run = if before == Some(period - 1) { run + 1 } else { 1 };
            longest = longest.max(run);
            before = Some(period);
        }
        longest
    }

    proptest! {
        /// Each step moves on by some periods, or tells or takes back something of within the window.
        #[test]
        fn the_longest_run_is_that_of_a_set_of_all_periods(
            steps in prop::collection::vec((any::<bool>(), 0_i32..12, 0_i32..7, any::<bool>()), 1..200),
            start in -50_i32..50,
        ) {
            let (mut streak, mut all, mut newest) = (Streak::default(), BTreeMap::<i32, u32>::new(), start);
            streak.add(start, WINDOW);
            all.insert(start, 1);
            for (moves, gap, age, removes) in steps {
                if moves {
                    // Mostly the next period, so that there are runs longer than the window.
                    newest += if gap > 9 { gap } else { 1 };
                    streak.add(newest, WINDOW);
                    *all.entry(newest).or_default() += 1;
                } else if removes {
                    let count = all.entry(newest - age).or_default();
                    if *count > 0 {
                        *count -= 1;
                        streak.remove(newest - age, WINDOW);
                    }
                } else {
                    streak.add(newest - age, WINDOW);
                    *all.entry(newest - age).or_default() += 1;
                }
                prop_assert_eq!(streak.longest(WINDOW), brute_force(&all));
                prop_assert!(streak.counts.len() <= WINDOW);
            }
        }
    }

    #[test]
    fn what_is_older_than_the_window_changes_nothing() {
        let mut streak = Streak::default();
        (0..20).for_each(|day| streak.add(day, WINDOW));
        let before = streak.clone();
        streak.add(20 - 1 - 8, WINDOW);
        streak.remove(3, WINDOW);
        assert_eq!(streak, before);
        assert_eq!(streak.longest(WINDOW), 20);
        streak.remove(15, WINDOW);
        assert_eq!(streak.longest(WINDOW), 15);
    }

    #[test]
    fn a_leap_of_any_length_ends_the_run_and_keeps_its_length() {
        let mut streak = Streak::default();
        (0..5).for_each(|day| streak.add(day, WINDOW));
        streak.add(i32::MAX, WINDOW);
        assert_eq!(streak.longest(WINDOW), 5);
        assert_eq!(streak.counts, [1]);
    }
}
