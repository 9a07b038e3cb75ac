//! Times in which rules are suspended: water changes, feeding, cleaning.

use calendar::{DailyWindow, ZoneName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most windows that are set at a time.
pub const MAX_WINDOWS: usize = 4;
/// The most windows that recur each day.
pub const MAX_DAILY_WINDOWS: usize = 4;
/// How many windows may follow each other without a gap until their end is no longer looked for.
const MAX_CHAIN: usize = 16;

/// When rules are suspended. Windows that ended stay here until late samples can no longer be in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Windows that were set once.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// Windows of every day, in the wall time of the aquarium.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub daily: Vec<DailyWindow>,
    /// The second from which they hold; none if they always did.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub daily_since: Option<i64>,
    /// Windows of every day that held before, the oldest first.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<Retired>,
    /// The zone of the aquarium.
    #[serde(rename = "z")]
    pub zone: ZoneName,
}

/// From a second since 1970 to another, which is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first second.
    #[serde(rename = "f")]
    pub from: i64,
    /// The first second after it.
    #[serde(rename = "u")]
    pub until: i64,
}

/// Windows of every day that other ones replaced. They still hold for samples from before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The windows.
    #[serde(rename = "d")]
    pub daily: Vec<DailyWindow>,
    /// Their zone.
    #[serde(rename = "z")]
    pub zone: ZoneName,
    /// The second from which they held; none if they always did.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// The first second in which they did not hold any more.
    #[serde(rename = "u")]
    pub until: i64,
}

impl Maintenance {
    /// No windows.
    pub const fn none(zone: ZoneName) -> Self {
        Self { windows: Vec::new(), daily: Vec::new(), daily_since: None, retired: Vec::new(), zone }
    }

    /// Whether a second is in a window.
    pub fn suspends(&self, second: i64) -> bool {
        self.end(second) > second
    }

    /// When the windows that contain a second are over: the second itself if it is in none. Windows that touch count as one.
    pub fn end(&self, second: i64) -> i64 {
        let mut at = second;
        for _ in 0..MAX_CHAIN {
            match self.ends_at(at) {
                Some(end) if end > at => at = end,
                _ => break,
            }
        }
        at
    }

    fn ends_at(&self, second: i64) -> Option<i64> {
        let once = self.windows.iter().filter(|window| window.from <= second && second < window.until);
        let now = Timestamp::from_second(second).ok()?;
        let daily = daily_end(&self.daily, &self.zone, now).filter(|_| self.daily_since <= Some(second));
        let retired = self.retired.iter().filter(|one| one.since <= Some(second) && second < one.until);
        let retired = retired.filter_map(|one| Some(daily_end(&one.daily, &one.zone, now)?.min(one.until)));
        once.map(|window| window.until).chain(daily).chain(retired).max()
    }
}

/// The second at which the daily windows that contain an instant are over.
fn daily_end(windows: &[DailyWindow], zone: &ZoneName, now: Timestamp) -> Option<i64> {
    windows.iter().filter_map(|window| window.end(now, zone)).map(Timestamp::as_second).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn windows_that_touch_are_one_and_daily_ones_follow_the_wall_clock() {
        let zone = ZoneName::parse("Europe/London").unwrap();
        let time = |text| DailyWindow::time(text).unwrap();
        let start = second("2022-10-30T08:00:00Z");
        let maintenance = Maintenance {
            windows: vec![Window { from: start, until: start + 600 }, Window { from: start + 600, until: start + 900 }],
            // TerrariumPI#745: on this day, London has the hour from 01:00 to 02:00 twice.
            daily: vec![DailyWindow::new(time("01:30"), time("01:45")).unwrap()],
            ..Maintenance::none(zone)
        };
        assert_eq!(maintenance.end(start + 5), start + 900);
        assert!(!maintenance.suspends(start - 1) && !maintenance.suspends(start + 900));
        for instant in ["2022-10-30T00:30:00Z", "2022-10-30T01:30:00Z", "2022-10-31T01:44:59Z"] {
            assert!(maintenance.suspends(second(instant)), "{instant}");
        }
        assert!(!maintenance.suspends(second("2022-10-31T00:30:00Z")));
    }
}
