//! What people do is counted once, however often and in whichever order it is told, and what it earns is given once.

use badges::domain::badge::{Badge, Requirement, Unit};
use badges::domain::fact::Fact;
use badges::domain::record::Record;
use badges::store::{Badges, NotChanged};
use contracts::events::EventReported;
use contracts::notifications::PreferencesChanged;
use contracts::wallet::Recipient;
use dynamo::{Entity, Outbox, Read, Versioned};
use futures::future::join_all;
use kit::sqs::Done;
use testkit::killed_after;
use types::{BadgeId, EventTypeId, PointId, UserId};

use crate::badges_support::{Board, currency, event};

fn any_events() -> Requirement {
    Requirement::Events { event_type_id: None }
}

#[tokio::test]
async fn fifty_facts_of_one_person_at_once_are_all_counted_and_each_tier_is_given_once() {
    let board = Board::start().await;
    let badge = board.badge("feeder", any_events(), &[1, 10, 50, 51]).await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    let events: Vec<_> = (0..50).map(|_| board.reported(ann, kind, 0).1).collect();
    // Each comes twice, to functions that share nothing.
    let processes: Vec<_> = (0..100).map(|_| board.another()).collect();
    join_all(processes.iter().zip(events.iter().chain(&events)).map(|(process, event)| process.hear_until_done(event)))
        .await;
    let record = board.record(ann).await;
    assert_eq!((record.facts, record.any.count, record.tiers(badge)), (50, 50, 3));
    let recounted = board.recount(Some(ann), false, None).await;
    assert_eq!((recounted.people, recounted.differences), (1, vec![]));
}

#[tokio::test]
async fn an_award_is_told_once_with_its_reward_and_its_earner_is_notified() {
    let board = Board::start().await;
    let badge = board.badge("feeder", any_events(), &[1, 2]).await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    let (_, event) = board.reported(ann, kind, 0);
    assert_eq!(board.hear(&event).await.unwrap(), Done::Applied);
    let earned = board.told("badges.badge_earned").await;
    assert_eq!(earned.len(), 1);
    assert_eq!(earned[0]["data"]["badgeId"], badge.to_string());
    assert_eq!((&earned[0]["data"]["tier"], &earned[0]["data"]["tierName"]), (&1.into(), &"tier 1".into()));
    assert_eq!(earned[0]["data"]["reward"]["amountMinor"], 50);
    assert_eq!(earned[0]["causationId"], event.id.to_string());
    let notified = board.told("notifications.requested").await;
    assert_eq!(notified[0]["data"]["recipients"], serde_json::json!([ann]));
    assert_eq!(notified[0]["data"]["message"]["data"]["reward"], "50 POINTS");
    assert_eq!(notified[0]["data"]["message"]["link"], "/badges");

    let before = board.store.record(ann).await.unwrap().unwrap();
    assert_eq!(board.hear(&event).await.unwrap(), Done::Duplicate);
    assert_eq!(board.store.record(ann).await.unwrap().unwrap(), before, "a duplicate writes nothing");
}

/// A report that earns no reward.
fn withheld(board: &Board, user: UserId, kind: EventTypeId) -> contracts::Envelope<serde_json::Value> {
    let mut event = board.reported(user, kind, 0).1;
    event.data["rewardWithheld"] = "own_point".into();
    event
}

#[tokio::test]
async fn a_tier_s_reward_waits_for_events_that_can_earn_rewards() {
    let board = Board::start().await;
    let badge = board.badge("feeder", any_events(), &[1, 3]).await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    board.hear(&withheld(&board, ann, kind)).await.unwrap();
    let earned = board.told("badges.badge_earned").await;
    assert_eq!((earned.len(), earned[0]["data"].get("reward")), (1, None));
    let notified = board.told("notifications.requested").await;
    assert_eq!(notified[0]["data"]["message"]["data"].get("reward"), None);
    for _ in 0..2 {
        board.hear(&withheld(&board, ann, kind)).await.unwrap();
    }
    let record = board.record(ann).await;
    assert_eq!((record.tiers(badge), record.paid(badge)), (2, 0));
    assert_eq!(board.told("badges.reward_granted").await, Vec::<serde_json::Value>::new());

    // The first that can earn pays the first tier, once; the third pays the second.
    let (_, event) = board.reported(ann, kind, 0);
    board.hear(&event).await.unwrap();
    let granted = board.told("badges.reward_granted").await;
    assert_eq!((granted.len(), &granted[0]["data"]["tier"]), (1, &1.into()));
    assert_eq!(granted[0]["data"]["reward"]["amountMinor"], 50);
    assert_eq!(board.hear(&event).await.unwrap(), Done::Duplicate);
    for _ in 0..2 {
        board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    }
    assert_eq!(board.record(ann).await.paid(badge), 2);
    assert_eq!(board.recount(Some(ann), false, None).await.differences, []);
}

#[tokio::test]
async fn several_tiers_at_once_are_all_told_and_the_highest_is_notified() {
    let board = Board::start().await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    for _ in 0..3 {
        board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    }
    // Made later, it counts what was before, from the next fact on.
    let badge = board.badge("feeder", any_events(), &[1, 2, 3, 9]).await;
    assert_eq!(board.tiers(ann, badge).await, 0);
    board.hear(&board.donated(ann, Recipient::Point(PointId::generate()), None, 5)).await.unwrap();
    assert_eq!(board.tiers(ann, badge).await, 3);
    assert_eq!(board.told("badges.badge_earned").await.len(), 3);
    let notified = board.told("notifications.requested").await;
    assert_eq!(notified.len(), 1);
    assert_eq!(notified[0]["data"]["message"]["data"]["tier"], "tier 3");
}

#[tokio::test]
async fn a_removal_ends_the_same_before_and_after_its_report() {
    let board = Board::start().await;
    let badge = board.badge("feeder", any_events(), &[2]).await;
    let kind = EventTypeId::generate();
    for removal_first in [false, true] {
        let ann = UserId::generate();
        let (first, reported) = board.reported(ann, kind, 0);
        let removed = board.removed(ann, kind, first);
        let order = if removal_first { [&removed, &reported] } else { [&reported, &removed] };
        for event in order.into_iter().chain(order) {
            board.hear(event).await.unwrap();
        }
        board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
        let record = board.record(ann).await;
        assert_eq!((record.facts, record.any.count, record.tiers(badge)), (3, 1, 0), "{removal_first}");
        assert_eq!(board.recount(Some(ann), false, None).await.differences, []);
        // Both at once, for somebody else.
        let bob = UserId::generate();
        let (second, reported) = board.reported(bob, kind, 0);
        let removed = board.removed(bob, kind, second);
        let other = board.another();
        futures::join!(board.hear_until_done(&reported), other.hear_until_done(&removed));
        assert_eq!(board.record(bob).await.any.count, 0);
    }
}

#[tokio::test]
async fn donations_count_for_who_gives_and_for_who_gets() {
    let board = Board::start().await;
    let gives = board.badge("giver", Requirement::Donated { currency: currency("EUR") }, &[1_000]).await;
    let gets = board.badge("shelter", Requirement::Received { currency: currency("EUR") }, &[1_000]).await;
    let [donor, friend, keeper] = [(); 3].map(|()| UserId::generate());
    let to_friend = board.donated(donor, Recipient::User(friend), Some(friend), 600);
    let to_point = board.donated(donor, Recipient::Point(PointId::generate()), Some(keeper), 1_000);
    let to_nobody_s = board.donated(donor, Recipient::Point(PointId::generate()), None, 5);
    for event in [&to_friend, &to_point, &to_nobody_s, &to_friend, &to_point] {
        board.hear(event).await.unwrap();
    }
    assert_eq!(board.record(donor).await.donated[&currency("EUR")], 1_605);
    assert_eq!((board.tiers(donor, gives).await, board.tiers(donor, gets).await), (1, 0));
    assert_eq!((board.tiers(friend, gets).await, board.tiers(keeper, gets).await), (0, 1));
    // Nothing is no donation.
    assert!(board.hear(&board.donated(donor, Recipient::User(friend), None, 0)).await.is_err());
}

#[tokio::test]
async fn money_that_comes_straight_back_counts_for_no_badge_in_any_order() {
    for back_first in [false, true] {
        let board = Board::start().await;
        let gives = board.badge("giver", Requirement::Donated { currency: currency("EUR") }, &[500]).await;
        let gets = board.badge("shelter", Requirement::Received { currency: currency("EUR") }, &[5_000]).await;
        let [donor, keeper] = [(); 2].map(|()| UserId::generate());
        // To a point of one's own: nothing moves between users.
        let own = board.donated(donor, Recipient::Point(PointId::generate()), Some(donor), 620);
        board.hear(&own).await.unwrap();
        for _ in 0..4 {
            let donation = board.donated(donor, Recipient::Point(PointId::generate()), Some(keeper), 400);
            let back = board.transferred(keeper, donor, 400);
            let mut events = [donation, back];
            if back_first {
                events.reverse();
            }
            for event in events.iter().chain(&events) {
                board.hear(event).await.unwrap();
            }
        }
        let record = board.record(donor).await;
        assert_eq!(record.donated.get(&currency("EUR")).copied().unwrap_or_default(), 0, "{back_first}");
        assert_eq!((board.tiers(donor, gives).await, board.tiers(keeper, gets).await), (0, 0));
        // What stays counts.
        let stays = board.donated(donor, Recipient::User(keeper), Some(keeper), 500);
        board.hear(&stays).await.unwrap();
        assert_eq!(board.tiers(donor, gives).await, 1);
        assert_eq!(board.recount(Some(donor), false, None).await.differences, []);
    }
}

#[tokio::test]
async fn money_that_is_passed_on_or_comes_back_through_others_counts_for_its_first_giver_only() {
    let board = Board::start().await;
    let gives = board.badge("giver", Requirement::Donated { currency: currency("EUR") }, &[500]).await;
    let gets = board.badge("shelter", Requirement::Received { currency: currency("EUR") }, &[500]).await;
    let [ann, bob, cid] = [(); 3].map(|()| UserId::generate());
    // 400 go around three times, through a third user.
    for _ in 0..3 {
        for event in [
            board.donated(ann, Recipient::Point(PointId::generate()), Some(bob), 400),
            board.transferred(bob, cid, 400),
            board.transferred(cid, ann, 400),
        ] {
            board.hear(&event).await.unwrap();
        }
    }
    for user in [ann, bob, cid] {
        assert_eq!((board.tiers(user, gives).await, board.tiers(user, gets).await), (0, 0));
    }
    // 500 are donated on and on: they were the first giver's, and the last one keeps them.
    for (from, to) in [(ann, bob), (bob, cid)] {
        board.hear(&board.donated(from, Recipient::User(to), Some(to), 500)).await.unwrap();
    }
    let tiers = async |user| (board.tiers(user, gives).await, board.tiers(user, gets).await);
    assert_eq!((tiers(ann).await, tiers(cid).await), ((1, 0), (0, 1)));
    assert_eq!(board.record(bob).await.donated.get(&currency("EUR")).copied().unwrap_or_default(), 0);
}

/// rishabhx29/AlgoForge#6: days of streaks were those of UTC.
#[tokio::test]
async fn streaks_count_the_users_local_days() {
    let board = Board::start().await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    board.badge("steady", Requirement::Streak { event_type_id: None, unit: Unit::Day }, &[9]).await;
    let zone = PreferencesChanged { user_id: ann, time_zone: "Europe/Istanbul".to_owned(), revision: 1 };
    board.hear(&event("2026-11-01T00:00:00Z".parse().unwrap(), zone)).await.unwrap();
    // Wednesday and Thursday at noon, Friday at 01:30, Saturday at 23:30: three and a half days in UTC.
    let times = ["2026-11-25T09:00:00Z", "2026-11-26T09:00:00Z", "2026-11-26T22:30:00Z", "2026-11-28T20:30:00Z"];
    for (at, days) in times.into_iter().zip(1..) {
        let at: jiff::Timestamp = at.parse().unwrap();
        let fact = EventReported { occurred_at: at, ..tests::care_event(ann, None) };
        board.hear(&event(at, EventReported { event_type_id: kind, ..fact })).await.unwrap();
        assert_eq!(board.record(ann).await.any.longest(Unit::Day), days, "{at}");
    }
    assert_eq!(board.recount(Some(ann), false, None).await.differences, []);
}

#[tokio::test]
async fn late_events_fill_the_gap_in_a_streak() {
    let board = Board::start().await;
    let kind = EventTypeId::generate();
    let streak = Requirement::Streak { event_type_id: Some(kind), unit: Unit::Day };
    let badge = board.badge("steady", streak, &[3, 7]).await;
    let ann = UserId::generate();
    for days_ago in [6, 5, 4, 2, 1, 0] {
        board.hear(&board.reported(ann, kind, days_ago).1).await.unwrap();
    }
    board.hear(&board.reported(ann, EventTypeId::generate(), 3).1).await.unwrap();
    assert_eq!(board.tiers(ann, badge).await, 1);
    board.hear(&board.reported(ann, kind, 3).1).await.unwrap();
    assert_eq!(board.tiers(ann, badge).await, 2);
}

#[tokio::test]
async fn who_was_deleted_is_not_brought_back_and_nothing_is_left() {
    let board = Board::start().await;
    board.badge("feeder", any_events(), &[1]).await;
    let (ann, bob, kind) = (UserId::generate(), UserId::generate(), EventTypeId::generate());
    let event = board.reported(ann, kind, 0).1;
    board.hear(&event).await.unwrap();
    board.hear(&board.reported(bob, kind, 0).1).await.unwrap();
    assert_eq!(board.forget(ann).await.unwrap(), Done::Applied);
    assert_eq!(board.forget(ann).await.unwrap(), Done::Duplicate);
    assert_eq!(board.hear(&event).await.unwrap(), Done::Ignored);
    assert_eq!(board.hear(&board.reported(ann, kind, 0).1).await.unwrap(), Done::Ignored);
    // A donation to who was deleted still counts for who gave it.
    assert_eq!(board.hear(&board.donated(bob, Recipient::User(ann), None, 5)).await.unwrap(), Done::Applied);
    let items = board.table.items().await;
    let own = items.iter().filter(|item| item["pk"].as_s().unwrap().contains(&ann.to_string()));
    assert_eq!(own.map(|item| item["sk"].as_s().unwrap().as_str()).collect::<Vec<_>>(), ["forgotten"]);
    assert!(
        !items.iter().any(|item| item.get("gsi1sk").is_some_and(|sk| sk.as_s().unwrap().contains(&ann.to_string())))
    );
}

#[tokio::test]
async fn a_process_that_knows_an_old_catalogue_finds_out() {
    let board = Board::start().await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    let elsewhere = board.another();
    let first = elsewhere.badge("feeder", any_events(), &[1]).await;
    board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    assert_eq!(board.tiers(ann, first).await, 1);
    // Retired by another process, it is earned no more.
    let second = elsewhere.badge("helper", any_events(), &[3]).await;
    elsewhere
        .store
        .change_badge::<NotChanged>(second, |read, revision| {
            Ok(Some(Badge { retired: Some(revision), changed: revision, ..read.value.clone() }))
        })
        .await
        .unwrap();
    board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    assert_eq!(board.tiers(ann, second).await, 0);
}

/// Changes a stored record as no function of ours would.
async fn tamper(board: &Board, user: UserId, change: impl Fn(&mut Record)) {
    let read: Versioned<Record> = board.store.record(user).await.unwrap().unwrap();
    let mut changed = read.value.clone();
    change(&mut changed);
    board.table.of::<Badges>().replace(&read, changed, &Outbox::none()).await.unwrap();
}

#[tokio::test]
async fn a_recount_finds_what_is_wrong_and_mends_it_once() {
    let board = Board::start().await;
    let badge = board.badge("feeder", any_events(), &[1, 2, 3]).await;
    let (ann, bob, kind) = (UserId::generate(), UserId::generate(), EventTypeId::generate());
    for user in [ann, ann, ann, bob] {
        board.hear(&board.reported(user, kind, 0).1).await.unwrap();
    }
    let kinds = async |repair| {
        let recounted = board.recount(Some(ann), repair, None).await;
        recounted.differences.iter().map(|found| found.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(true).await, Vec::<&str>::new());

    tamper(&board, ann, |record| {
        record.earned.get_mut(&badge).unwrap().truncate(1);
        record.any.count = 7;
    })
    .await;
    assert_eq!(kinds(false).await, ["aggregates", "missing", "missing"]);
    assert_eq!(board.tiers(ann, badge).await, 1, "it only looked");
    assert_eq!(kinds(true).await, ["aggregates", "missing", "missing"]);
    assert_eq!(board.told("badges.badge_earned").await.len(), 2 + 1, "two of Ann's, and Bob's own");
    assert_eq!(kinds(true).await, Vec::<&str>::new());
    assert_eq!((board.record(ann).await.any.count, board.tiers(ann, badge).await), (3, 3));

    // What a badge that is new is due to people is found without anybody doing anything.
    let late = board.badge("helper", any_events(), &[3]).await;
    assert_eq!(kinds(false).await, ["due"]);
    assert_eq!(kinds(true).await, ["due"]);
    assert_eq!((board.tiers(ann, late).await, kinds(true).await), (1, vec![]));

    // What was given without reason stays, and is named each time.
    let foreign = BadgeId::generate();
    tamper(&board, ann, |record| {
        record.earned.insert(foreign, vec![board.clock.now()]);
    })
    .await;
    assert_eq!(kinds(true).await, ["unfounded"]);
    assert_eq!(kinds(true).await, ["unfounded"]);

    // An entry that is gone is told of, and nothing is made of what is left.
    let facts = board.store.log(ann).await.unwrap();
    let second = facts.iter().find(|fact| fact.number == 2).unwrap();
    let table = board.table.of::<Badges>();
    let read = table.get::<Fact>(second.key(), Read::Strong).await.unwrap().unwrap();
    assert_eq!(&read.value, second);
    table.delete(&read).await.unwrap();
    assert_eq!(kinds(true).await, ["gap"]);
}

#[tokio::test]
async fn a_recount_walks_through_everybody_in_pages() {
    let board = Board::start().await;
    let people: Vec<_> = (0..60).map(|_| UserId::generate()).collect();
    for user in &people {
        board.hear(&board.reported(*user, EventTypeId::generate(), 0).1).await.unwrap();
    }
    let badge = board.badge("feeder", any_events(), &[1]).await;
    let (mut cursor, mut seen, mut mended) = (None, 0, 0);
    loop {
        let recounted = board.recount(None, true, cursor).await;
        (seen, mended) = (seen + recounted.people, mended + recounted.mended);
        cursor = recounted.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((seen, mended), (60, 60));
    for user in people {
        assert_eq!(board.tiers(user, badge).await, 1);
    }
}

#[tokio::test]
async fn badges_that_are_made_at_once_all_stand_and_a_code_is_one_badge_s() {
    let board = Board::start().await;
    let processes: Vec<_> = (0..5).map(|_| board.another()).collect();
    join_all(
        processes
            .iter()
            .enumerate()
            .map(async |(number, process)| process.badge(&format!("badge_{number}"), any_events(), &[1]).await),
    )
    .await;
    let catalogue = board.store.catalogue(board.clock.now()).await.unwrap();
    let created: Vec<_> = catalogue.all().iter().map(|badge| badge.created).collect();
    assert_eq!(created, [1, 2, 3, 4, 5]);

    let same = join_all(processes.iter().map(|process| process.try_badge("same", any_events(), &[1]))).await;
    let taken = same.iter().filter(|made| matches!(made, Err(NotChanged::CodeTaken))).count();
    assert_eq!((same.len() - taken, taken), (1, 4));
}

#[tokio::test]
async fn of_two_states_of_a_kind_of_event_the_newer_stands() {
    let board = Board::start().await;
    let kind = EventTypeId::generate();
    let (old, new) = (board.kind_changed(kind, 1, false), board.kind_changed(kind, 2, true));
    assert_eq!(board.hear(&new).await.unwrap(), Done::Applied);
    assert_eq!(board.hear(&old).await.unwrap(), Done::Duplicate);
    assert!(board.store.event_type(kind).await.unwrap().unwrap().retired);
}

#[tokio::test]
async fn who_is_killed_anywhere_leaves_nothing_half_done() {
    let board = Board::start().await;
    let gives = board.badge("giver", Requirement::Donated { currency: currency("EUR") }, &[1, 20]).await;
    let gets = board.badge("shelter", Requirement::Received { currency: currency("EUR") }, &[1, 20]).await;
    let (donor, friend) = (UserId::generate(), UserId::generate());
    let polls = 60;
    for number in 0..polls {
        let donation = board.donated(donor, Recipient::User(friend), Some(friend), 1);
        killed_after(number, board.hear(&donation)).await;
        let [donor_s, friend_s] = [board.record(donor).await, board.record(friend).await];
        // Donor first, then friend; what a killed call had sent may still arrive.
        assert!(donor_s.facts - friend_s.facts <= 1);
        board.hear_until_done(&donation).await;
    }
    for (user, badge) in [(donor, gives), (friend, gets)] {
        let record = board.record(user).await;
        assert_eq!((record.facts, record.tiers(badge)), (polls as u64, 2));
        assert_eq!(board.recount(Some(user), false, None).await.differences, []);
    }
    assert_eq!(board.record(friend).await.received[&currency("EUR")], polls as u64);
}

#[tokio::test]
async fn a_long_log_does_not_make_a_fact_dearer() {
    let board = Board::start().await;
    board.badge("feeder", any_events(), &[1]).await;
    let (ann, kind) = (UserId::generate(), EventTypeId::generate());
    let cost = async || {
        let event = board.reported(ann, kind, 0).1;
        let meter = dynamo::Meter::default();
        meter.scope(board.hear(&event)).await.unwrap();
        let used = meter.usage();
        (used.calls, used.read_units, used.write_units)
    };
    // The first makes the record, the second takes the outbox of the first off it.
    cost().await;
    cost().await;
    let third = cost().await;
    for _ in 0..300 {
        board.hear(&board.reported(ann, kind, 0).1).await.unwrap();
    }
    assert_eq!(cost().await, third);
}
