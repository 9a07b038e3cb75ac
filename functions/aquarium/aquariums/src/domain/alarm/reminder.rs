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

/// How many reminders of an alarm were due before a time. Those are never sent: its samples arrived late, or nothing
/// was sent during a quiet time.
pub fn passed(fired: i64, now: i64) -> u8 {
    let hours = (now - fired).div_euclid(EVERY_S).clamp(0, i64::from(MAX_REMINDERS));
    u8::try_from(hours).unwrap_or(MAX_REMINDERS)
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

    #[test]
    fn reminders_that_were_due_before_are_passed_over() {
        assert_eq!([0, 3_699, 3_700, 7_300, 1_000_000].map(|now| passed(100, now)), [0, 0, 1, 2, MAX_REMINDERS]);
        assert_eq!(next(100, passed(100, 7_400), false), Some(10_900));
    }
}
