use proptest::prelude::*;

use super::*;

fn asked(recipients: &[u128], title: &str) -> Asked {
    Asked {
        recipients: recipients.iter().map(|id| UserId::new(Uuid::from_u128(*id))).collect(),
        category: Category::Activity,
        template: PLAIN.to_owned(),
        data: [("title".to_owned(), title.to_owned())].into(),
        link: None,
        channels: None,
    }
}

fn accept(asked: Asked) -> Request {
    Request::accept(Uuid::from_u128(1), asked, Timestamp::UNIX_EPOCH).0
}

proptest! {
    #[test]
    fn a_link_leads_to_a_page_of_the_app(path in "[/\\\\a-z:.@?#%&= \t\u{e9}-]{0,20}") {
        let Ok(path) = link(&path) else { return Ok(()) };
        // What a browser takes for another host or another scheme.
        prop_assert!(path.starts_with('/') && !path.starts_with("//"), "{}", path);
        prop_assert!(!path.contains('\\') && !path.contains(char::is_whitespace) && path.is_ascii(), "{:?}", path);
    }

    #[test]
    fn the_same_request_is_known_again_and_another_is_not(
        one in proptest::collection::vec(0_u128..5, 1..5), other in proptest::collection::vec(0_u128..5, 1..5),
        titles in (0_u8..2, 0_u8..2),
    ) {
        let (one, other) = (asked(&one, &titles.0.to_string()), asked(&other, &titles.1.to_string()));
        prop_assert_eq!(accept(one.clone()).fingerprint == accept(other.clone()).fingerprint, one == other);
    }

    #[test]
    fn what_is_taken_in_is_bounded(text in "\\PC{0,200}", names in proptest::collection::vec("[a-zA-Z_0-9 ]{0,70}", 0..30)) {
        if let Ok(title) = title(&text) {
            prop_assert!((1..=MAX_TITLE_CHARS).contains(&title.chars().count()) && !title.contains('\n'));
        }
        for name in &names {
            prop_assert_eq!(field_name(name).is_ok(), !name.is_empty() && name.len() <= 64 && !name.contains(|c: char| c == ' ' || c.is_ascii_uppercase()));
        }
        let fields: BTreeMap<_, _> = names.iter().map(|name| (name.clone(), text.clone())).collect();
        prop_assert_eq!(data(fields.clone()).is_ok(), fields.len() <= MAX_FIELDS && fields.iter().map(|(a, b)| a.len() + b.len()).sum::<usize>() <= MAX_DATA_BYTES);
    }
}

#[test]
fn links_to_elsewhere_are_refused() {
    for bad in [
        "",
        "points",
        "//evil.example",
        "/a//b",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "/a b",
        "/\n",
    ] {
        assert_eq!(link(bad), Err(Wrong::Link), "{bad}");
    }
    assert!(link("/points/7?tab=1#x").is_ok() && link(&format!("/{}", "a".repeat(MAX_LINK_CHARS))).is_err());
}

#[test]
fn recipients_are_one_to_a_hundred_and_each_counts_once() {
    let people = |count: u128| (0..count).map(|id| UserId::new(Uuid::from_u128(id))).collect::<Vec<_>>();
    assert_eq!(recipients(people(0)), Err(Wrong::Recipients));
    assert_eq!(recipients(people(101)), Err(Wrong::Recipients));
    assert_eq!(recipients([people(1), people(1)].concat()).map(|people| people.len()), Ok(1));
}

#[test]
fn services_do_not_speak_for_the_account() {
    assert_eq!(category(Category::Security), Err(Wrong::Security));
    for name in OF_ACCOUNTS.iter().chain(&["no_such"]) {
        assert_eq!(template(name, &[&OF_ACCOUNTS[..], &[PLAIN]].concat()), Err(Wrong::Template), "{name}");
    }
    assert_eq!(template(PLAIN, &[PLAIN]), Ok(PLAIN.to_owned()));
}

#[test]
fn every_template_that_no_service_lists_is_one_of_accounts() {
    // What other contexts and services may name.
    let requested = [
        "aquarium_welcome",
        "badge_earned",
        "care_event",
        "care_reminder",
        "deposit_completed",
        "device_silent",
        "donation_failed",
        "donation_received",
        "donation_refunded",
        "donation_sent",
        "dose_reservoir_low",
        "order_cancelled",
        "order_confirmed",
        "order_delivered",
        "order_placed",
        "order_refunded",
        "order_shipped",
        "plain",
        "report_ready",
        "suggestion_decided",
        "task_due",
        "task_overdue",
        "transfer_received",
        "water_alarm",
        "water_alarm_ended",
        "water_alarm_reminder",
        "water_alarm_unsettled",
    ];
    let of_accounts: Vec<_> = crate::templates::NAMES.iter().filter(|name| !requested.contains(name)).collect();
    let mut expected = OF_ACCOUNTS.to_vec();
    expected.sort_unstable();
    assert_eq!(of_accounts.len(), expected.len(), "{of_accounts:?}");
    assert!(of_accounts.iter().all(|name| expected.contains(name)), "{of_accounts:?}");
}
