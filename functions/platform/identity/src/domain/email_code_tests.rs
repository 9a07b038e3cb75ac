//! Codes under random requests and guesses.

use proptest::prelude::*;

use super::*;

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn user() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

#[derive(Debug, Clone)]
enum Step {
    Request,
    /// Guesses at the request that many before the newest.
    Guess(usize),
    SignIn,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Request),
        4 => (0_usize..3).prop_map(Step::Guess),
        1 => Just(Step::SignIn),
        3 => prop_oneof![0..90_i64, 300..700_i64, 20_000..90_000_i64].prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..150)
}

proptest! {
    #[test]
    fn each_request_has_five_tries_and_each_mailbox_twenty_requests_a_day(steps in steps()) {
        let address = email("ann@example.com");
        let (mut codes, mut now) = (None::<MailboxCodes>, 0);
        // Id, time and judged guesses of each request that was sent.
        let mut sent: Vec<(Uuid, i64, u32)> = Vec::new();
        let mut used_up = false;
        for step in steps {
            match step {
                Step::Wait(seconds) => now += seconds,
                Step::Request => {
                    let id = Uuid::from_u128(sent.len() as u128 + 1);
                    match MailboxCodes::request(codes.as_ref(), &address, user(), id, at(now)) {
                        Ok((next, fact)) => {
                            prop_assert_eq!((fact.request_id, fact.email), (id, address.clone()));
                            prop_assert!(sent.last().is_none_or(|(_, then, _)| now - then >= 60));
                            sent.push((id, now, 0));
                            (codes, used_up) = (Some(next), false);
                        }
                        Err(refused) => {
                            prop_assert!((1..=86_400).contains(&refused.retry_after_seconds));
                            let later = now + i64::try_from(refused.retry_after_seconds).unwrap();
                            let retried = MailboxCodes::request(codes.as_ref(), &address, user(), id, at(later));
                            prop_assert!(retried.is_ok(), "a retry after the told time is refused");
                        }
                    }
                }
                Step::Guess(age) => {
                    let Some(index) = sent.len().checked_sub(age + 1) else { continue };
                    let (id, then, judged) = &mut sent[index];
                    let stored = codes.as_ref().unwrap();
                    let open = stored.open(*id, at(now));
                    prop_assert_eq!(open.is_ok(), age == 0 && !used_up && now - *then < 600 && *judged < MAX_TRIES);
                    if open.is_ok() {
                        *judged += 1;
                        codes = Some(stored.after_wrong_code());
                    }
                }
                Step::SignIn => {
                    codes = codes.map(|codes| codes.after_sign_in());
                    used_up = true;
                }
            }
        }
        for (_, then, _) in &sent {
            let same_day = sent.iter().filter(|(_, other, _)| day(at(*other)) == day(at(*then))).count();
            prop_assert!(same_day <= MAX_CODES_PER_DAY as usize);
        }
    }
}

#[test]
fn labels_do_not_make_another_mailbox() {
    let plain = mailbox(&email("ann@example.com"));
    assert_eq!(plain, mailbox(&email("Ann+news@example.com")));
    assert_ne!(plain, mailbox(&email("bob@example.com")));
    assert_ne!(plain, mailbox(&email("ann@example.org")));
}
