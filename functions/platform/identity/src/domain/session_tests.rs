use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use types::{UserId, Uuid};

use super::*;

const KEY: RefreshKey = RefreshKey::new([3; 32]);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn first_token(number: u8) -> RefreshToken {
    RefreshToken::first(UserId::new(Uuid::from_u128(1)), SessionId::new(Uuid::from_u128(number.into())), [number; 32])
}

fn device() -> Device {
    Device { name: "phone".into(), platform: "ios".into() }
}

fn open(sessions: &mut Sessions, number: u8, limit: usize, second: i64) -> Vec<Ended> {
    sessions.open(Session::new(&first_token(number), device(), at(second)), limit, at(second))
}

#[derive(Debug, Clone)]
enum Step {
    Open(u8),
    End(u8),
    EndOthers(u8),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        any::<u8>().prop_map(Step::Open),
        any::<u8>().prop_map(Step::End),
        any::<u8>().prop_map(Step::EndOthers),
        (0..40 * 86_400_i64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn the_list_never_exceeds_the_limit_and_never_loses_the_newest(steps in steps(), limit in 1_usize..6) {
        let mut sessions = Sessions::default();
        let mut second = 0;
        for step in steps {
            second += 1;
            match step {
                Step::Open(number) => {
                    let before: Vec<_> = sessions.live(at(second)).map(|session| session.id).collect();
                    let ended = open(&mut sessions, number, limit, second);
                    let live: Vec<_> = sessions.live(at(second)).map(|session| session.id).collect();
                    prop_assert_eq!(live.last(), Some(&first_token(number).session_id));
                    // Nobody vanishes untold: who was live is live still, or its end was told.
                    prop_assert_eq!(before.len() + 1, live.len() + ended.len());
                }
                Step::End(number) => {
                    sessions.end(first_token(number).session_id, SessionEndReason::Revoked, at(second));
                }
                Step::EndOthers(number) => {
                    let kept = first_token(number).session_id;
                    sessions.end_all(Some(kept), SessionEndReason::Revoked, at(second));
                    prop_assert!(sessions.live(at(second)).all(|session| session.id == kept));
                }
                Step::Wait(seconds) => second += seconds,
            }
            prop_assert!(sessions.live(at(second)).count() <= limit);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Three tabs share one token store and refresh at about the same time. Answers are lost, and a tab that lost one tries
    /// again with what the store holds by then. No tab is ever signed out.
    #[test]
    fn tabs_that_race_and_lose_answers_stay_signed_in(
        rounds in proptest::collection::vec(proptest::collection::vec((0_i64..5, any::<bool>(), 1_i64..5, any::<bool>()), 3), 1..20),
    ) {
        let mut sessions = Sessions::default();
        open(&mut sessions, 1, 1, 0);
        let mut stored = first_token(1);
        let mut second = 0;
        for tabs in rounds {
            // All three read the store when the access token ends. A try: when, with the token of then, is its answer lost?
            let mut tries = Vec::new();
            for (delay, first_lost, pause, second_lost) in tabs {
                tries.push((delay, Some(stored.clone()), first_lost));
                if first_lost {
                    tries.push((delay + pause, None, second_lost));
                }
                if first_lost && second_lost {
                    tries.push((delay + 2 * pause, None, false));
                }
            }
            tries.sort_by_key(|(delay, ..)| *delay);
            for (delay, read, lost) in tries {
                let token = read.unwrap_or_else(|| stored.clone());
                match sessions.refresh(&KEY, &token, at(second + delay)) {
                    Refreshed::Rotated(token) | Refreshed::Again(token) => if !lost { stored = token },
                    other => prop_assert!(false, "a tab was signed out: {other:?}"),
                }
            }
            second += 600;
        }
    }

    /// Whatever happened in between, a token that was replaced longer than the grace ago ends its session.
    #[test]
    fn every_replay_ends_the_family(rotations in 1_usize..12, replayed in 0_usize..12, gap in 1_i64..600) {
        let mut sessions = Sessions::default();
        open(&mut sessions, 1, 1, 0);
        let mut tokens = vec![first_token(1)];
        for number in 0..rotations {
            let second = gap * i64::try_from(number).unwrap();
            match sessions.refresh(&KEY, tokens.last().unwrap(), at(second)) {
                Refreshed::Rotated(token) => tokens.push(token),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        let thief = &tokens[replayed % rotations];
        let late = at(gap * i64::try_from(rotations).unwrap() + GRACE.as_secs() + 1);
        prop_assert!(matches!(sessions.refresh(&KEY, thief, late), Refreshed::Replayed(_)));
        prop_assert_eq!(sessions.refresh(&KEY, tokens.last().unwrap(), late), Refreshed::Gone);
    }
}

#[test]
fn all_who_refresh_at_once_get_the_same_successor() {
    let mut sessions = Sessions::default();
    open(&mut sessions, 1, 1, 0);
    let Refreshed::Rotated(successor) = sessions.refresh(&KEY, &first_token(1), at(10)) else { panic!("not rotated") };
    assert_eq!(sessions.refresh(&KEY, &first_token(1), at(12)), Refreshed::Again(successor.clone()));
    // Another tab has gone on meanwhile: the late one still gets the newest.
    let Refreshed::Rotated(newest) = sessions.refresh(&KEY, &successor, at(13)) else { panic!("not rotated") };
    assert_eq!(sessions.refresh(&KEY, &first_token(1), at(14)), Refreshed::Again(newest));
}

#[test]
fn sessions_end_by_themselves() {
    let mut sessions = Sessions::default();
    open(&mut sessions, 1, 1, 0);
    let idle = IDLE_LIFETIME.as_secs();
    assert_eq!(sessions.refresh(&KEY, &first_token(1), at(idle)), Refreshed::Gone);
    assert_eq!(sessions.live(at(idle)).count(), 0);
}
