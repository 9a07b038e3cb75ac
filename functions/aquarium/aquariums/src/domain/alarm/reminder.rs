//! Reminders of alarms that keep firing.

/// An alarm is told again each hour.
const EVERY_S: i64 = 3_600;
/// But not more often than this.
pub const MAX_REMINDERS: u8 = 6;

/// The second at which an alarm is told again. None after it was acknowledged, or told often enough.
pub const fn next(fired: i64, reminders_sent: u8, acknowledged: bool) -> Option<i64> {
    if acknowledged || reminders_sent >= MAX_REMINDERS {
        return None;
    }
    Some(fired + EVERY_S * (reminders_sent as i64 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_told_again_six_times_unless_it_is_acknowledged() {
        let all: Vec<_> = (0..10).filter_map(|sent| next(100, sent, false)).collect();
        assert_eq!(all, [3_700, 7_300, 10_900, 14_500, 18_100, 21_700]);
        assert_eq!(next(100, 0, true), None);
    }
}
