use calendar::{DailyWindow, ZoneName};
use jiff::SignedDuration;
use proptest::prelude::*;
use types::UserId;

use super::*;

fn preferences(category: Category, channels: &[Channel], digest: Digest) -> Preferences {
    let choice = Choice { channels: channels.iter().copied().collect(), digest };
    let night = DailyWindow::new(Time::constant(22, 0, 0, 0), Time::constant(7, 0, 0, 0)).unwrap();
    Preferences {
        zone: ZoneName::parse("Europe/Berlin").unwrap(),
        quiet_hours: Some(night),
        categories: [(category, choice)].into(),
        ..Preferences::defaults_of(UserId::generate())
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn the_inbox_never_waits_and_what_rings_waits_for_the_morning() {
    let all = preferences(Category::Reminders, &Channel::ALL, Digest::Immediate);
    let night = at("2026-01-10T23:00:00Z");
    let fate = |channel| fate(Category::Reminders, channel, &all, night);
    assert_eq!(fate(Channel::InApp), Fate::Now);
    for channel in [Channel::Email, Channel::Push, Channel::Sms] {
        assert_eq!(fate(channel), Fate::At(at("2026-01-11T06:00:00Z")), "{channel:?}");
    }
}

#[test]
fn mails_are_collected_at_the_hour_or_at_eight_of_the_person_s_clock() {
    let now = at("2026-06-10T09:20:00Z");
    let slot = |digest| {
        let preferences = preferences(Category::Activity, &Channel::ALL, digest);
        (
            fate(Category::Activity, Channel::Email, &preferences, now),
            fate(Category::Activity, Channel::Push, &preferences, now),
        )
    };
    assert_eq!(slot(Digest::Hourly), (Fate::Collected(at("2026-06-10T10:00:00Z")), Fate::Now));
    assert_eq!(slot(Digest::Daily), (Fate::Collected(at("2026-06-11T06:00:00Z")), Fate::Now));
}

#[test]
fn what_was_turned_off_before_it_was_sent_is_not_sent() {
    let now = at("2026-06-10T09:20:00Z");
    let off = preferences(Category::Activity, &[Channel::InApp], Digest::Immediate);
    assert_eq!(fate_at_sending(Category::Activity, Channel::Push, &off, now), Fate::Suppressed(Suppression::TurnedOff));
    let daily = preferences(Category::Activity, &Channel::ALL, Digest::Daily);
    assert_eq!(fate_at_sending(Category::Activity, Channel::Email, &daily, now), Fate::Now);
}

#[test]
fn those_who_ask_for_channels_get_no_others() {
    let notification = Notification {
        id: Uuid::from_u128(1),
        category: Category::Activity,
        content: Content::plain("a", "b"),
        channels: Some([Channel::Sms].into()),
        session: None,
        to: None,
        guest: None,
        caused_at: Timestamp::UNIX_EPOCH,
    };
    let preferences = preferences(Category::Activity, &[Channel::Push], Digest::Immediate);
    assert_eq!(notification.channels(&preferences), [Channel::Sms].into());
    let usual = Notification { channels: None, ..notification };
    assert_eq!(usual.channels(&preferences), [Channel::Push].into());
}

proptest! {
    #[test]
    fn nothing_holds_security_back_and_what_waits_waits_for_a_bounded_time(
        seconds in 1_700_000_000_i64..1_900_000_000,
        category in proptest::sample::select(Category::ALL.to_vec()),
        channel in proptest::sample::select(Channel::ALL.to_vec()),
        digest in proptest::sample::select(vec![Digest::Immediate, Digest::Hourly, Digest::Daily]),
        channels in proptest::sample::subsequence(Channel::ALL.to_vec(), 0..=4),
    ) {
        let now = Timestamp::from_second(seconds).unwrap();
        let preferences = preferences(category, &channels, digest);
        let fate = fate(category, channel, &preferences, now);
        match fate {
            Fate::Now => {}
            Fate::At(due) | Fate::Collected(due) => {
                prop_assert!(due > now && due < now + SignedDuration::from_hours(26));
            }
            Fate::Suppressed(_) => {
                let costs_too_much = matches!(category, Category::Messages | Category::Activity);
                prop_assert!(!channels.contains(&channel) || (channel == Channel::Sms && costs_too_much));
            }
        }
        if category == Category::Security {
            prop_assert_eq!(fate, Fate::Now);
        }
    }
}
