//! After a takeover of an account, nothing of its registrant is left in the packs, and everything of the mailbox owner stays:
//! whenever the event arrives, however often, and wherever a function is killed.

use std::time::Duration;

use badges::domain::badge::Requirement;
use contracts::identity::{AccountReclaimed, UserDeleted};
use contracts::media::MediaDeleted;
use contracts::points::{PointKind, PointUpdated};
use contracts::wallet::Recipient;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use events::domain::reward::RewardLimits;
use jiff::{SignedDuration, Timestamp};
use kit::Deadline;
use kit::sqs::{Done, Handled};
use media::domain::medium::Status;
use media::domain::profile::Avatar;
use points::domain::subscription::Subscription;
use serde_json::Value;
use testkit::{finished, killed_after};
use types::{EventId, EventTypeId, GeoPoint, PersonName, PointId, UserId};
use wallet::domain::account::{Account, Holder, System};
use wallet::domain::ledger::Transfer;

use crate::badges_support::Board;
use crate::events_support::Care;
use crate::media_support::Pictures;
use crate::points_support::{Map, at, point};
use crate::wallet_support::{Purse, created, eur};

pub fn reclaimed(user_id: UserId, at: Timestamp) -> Envelope<Value> {
    let fact = AccountReclaimed { user_id };
    Envelope::new(EventId::generate(), at, "takeover".to_owned(), Actor::System, fact).erase().unwrap()
}

/// A takeover before anything was made.
pub fn early_takeover(user_id: UserId) -> Envelope<Value> {
    reclaimed(user_id, Timestamp::UNIX_EPOCH - SignedDuration::from_secs(1))
}

/// The facts of a type that items carry in their outbox now.
fn told<T: DomainEvent>(items: &[std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>]) -> usize {
    let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
    let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
    events.filter(|event| event["type"] == T::TYPE).count()
}

#[tokio::test]
async fn points_of_the_registrant_lose_their_keeper_and_subscriptions_end() {
    let map = Map::start().await;
    let user = UserId::generate();
    let takeover = Timestamp::now() + SignedDuration::from_secs(60);
    let old = map.put(point(user, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let mut newer = point(user, PointKind::Food, at(1.0, 2.0));
    newer.created_at = takeover + SignedDuration::from_secs(1);
    let new = map.put(newer).await.value.id;
    for (target, since) in [(old, takeover), (new, takeover + SignedDuration::from_secs(1))] {
        let subscription = Subscription::begun(None, user, target, since);
        map.store.subscribe(None, &subscription, &Outbox::none()).await.unwrap();
    }
    let event = reclaimed(user, takeover);
    assert_eq!(map.forget(event.clone()).await.unwrap(), Done::Applied);
    assert_eq!(map.forget(event).await.unwrap(), Done::Duplicate);
    let keeper = async |id| map.store.point(id).await.unwrap().unwrap().value.keeper_id;
    assert_eq!((keeper(old).await, keeper(new).await), (None, Some(user)));
    let active = async |id| map.store.subscription(id, user).await.unwrap().unwrap().value.active;
    assert_eq!((active(old).await, active(new).await), (false, true));
    assert_eq!(map.store.kept_by(user, 10, None).await.unwrap().items.len(), 1);
    let items = map.table.items().await;
    assert_eq!(told::<PointUpdated>(&items), 1);
    assert_eq!(told::<contracts::points::PointUnsubscribed>(&items), 1);
    // The account lives on.
    assert!(map.items_with("forgotten").await.is_empty());
}

#[tokio::test]
async fn schedules_of_the_registrant_end_and_their_events_are_anonymous() {
    let care = Care::start().await;
    let user = UserId::generate();
    let (point, other) = (care.point().await, care.point().await);
    let kind = care.rewarded_kind(0, None, RewardLimits::default()).await;
    let daily = "FREQ=DAILY;BYHOUR=18;BYMINUTE=0";
    let old_schedule = care.schedule_of(user, point, kind, daily).await.unwrap();
    let old_event = report(&care, user, point, kind).await;
    let takeover = care.clock.now();
    care.clock.advance(Duration::from_secs(1));
    let new_schedule = care.schedule_of(user, other, kind, daily).await.unwrap();
    let new_event = report(&care, user, other, kind).await;

    let event = reclaimed(user, takeover);
    let forget = async || -> Handled {
        finished(events::consumers::forget_user::forget_user(care.consumer, event.clone(), Deadline::never()).await)
    };
    assert_eq!(forget().await.unwrap(), Done::Applied);
    assert_eq!(forget().await.unwrap(), Done::Duplicate);
    assert!(care.chain(old_schedule.id).await.is_none() && care.chain(new_schedule.id).await.is_some());
    let author = async |id| care.store.event(id).await.unwrap().unwrap().value.author_id;
    assert_eq!((author(old_event).await, author(new_event).await), (None, Some(user)));
    // Erasure is complete all the same.
    let gone = care.event(UserDeleted { user_id: user });
    finished(events::consumers::forget_user::forget_user(care.consumer, gone, Deadline::never()).await).unwrap();
    assert_eq!(author(new_event).await, None);
}

async fn report(care: &Care, author_id: UserId, point_id: PointId, event_type_id: EventTypeId) -> types::CareEventId {
    let report = events::domain::care_event::Report {
        id: types::CareEventId::generate(),
        author_id,
        point_id,
        event_type_id,
        note: Some("mine".to_owned()),
        photo_media_ids: Vec::new(),
        occurred_at: None,
        location: None,
    };
    let known = care.store.known_of(&report).await.unwrap();
    let accepted = report.decide(&known.circumstances, care.clock.now()).unwrap();
    care.store.add_event(&accepted, &known, &Outbox::none()).await.unwrap();
    accepted.event.id
}

#[tokio::test]
async fn badges_of_the_registrant_are_gone_and_late_activities_do_not_count() {
    let board = Board::start().await;
    let badge = board.badge("feeder", Requirement::Events { event_type_id: None }, &[1, 2]).await;
    let (user, kind) = (UserId::generate(), EventTypeId::generate());
    let old = [board.reported(user, kind, 0).1, board.reported(user, kind, 0).1, board.reported(user, kind, 0).1];
    for event in &old[..2] {
        board.hear(event).await.unwrap();
    }
    let friend = UserId::generate();
    board.hear(&board.donated(user, Recipient::User(friend), Some(friend), 500)).await.unwrap();
    let takeover = board.clock.now();
    board.clock.advance(Duration::from_secs(1));
    let event = reclaimed(user, takeover);
    assert_eq!(board.forget_event(event.clone()).await.unwrap(), Done::Applied);
    assert_eq!(board.forget_event(event.clone()).await.unwrap(), Done::Duplicate);
    let record = board.record(user).await;
    assert_eq!((record.tiers(badge), record.any.count, record.donated.len()), (0, 0, 0));
    assert_eq!(board.store.log(user).await.unwrap(), []);
    // Published before the takeover: another person's, whether it was recorded before or not.
    for event in &old {
        assert_eq!(board.hear(event).await.unwrap(), Done::Ignored);
    }
    board.hear(&board.reported(user, kind, 0).1).await.unwrap();
    assert_eq!(board.tiers(user, badge).await, 1);
    assert_eq!(board.forget_event(event).await.unwrap(), Done::Duplicate);
    assert_eq!((board.tiers(user, badge).await, board.store.log(user).await.unwrap().len()), (1, 1));
    assert_eq!(board.recount(Some(user), false, None).await.differences, []);

    // The takeover arrives first: earlier activities count for nobody.
    let other = UserId::generate();
    let late = board.reported(other, kind, 0).1;
    board.forget_event(reclaimed(other, board.clock.now())).await.unwrap();
    assert_eq!(board.hear(&late).await.unwrap(), Done::Ignored);
}

#[tokio::test]
async fn profile_and_pictures_of_the_registrant_are_gone() {
    let pictures = Pictures::start().await;
    let user = UserId::generate();
    let old = pictures.uploaded(user).await;
    pictures.check(&old).await.unwrap();
    let waiting = pictures.uploaded(user).await;
    let name = PersonName::parse("Mallory").unwrap();
    let avatar = Avatar { media_id: old.id, key: "avatar".to_owned() };
    let since = pictures.clock.now();
    pictures.store.change_profile(user, |profile| profile.named(&name, since)).await.unwrap();
    pictures.store.change_profile(user, |profile| profile.with_avatar(avatar.clone(), since)).await.unwrap();
    pictures.clock.advance(Duration::from_secs(1));
    let takeover = pictures.clock.now();
    pictures.clock.advance(Duration::from_secs(1));
    let new = pictures.uploaded(user).await;

    let event = reclaimed(user, takeover);
    let forget = async || -> Handled {
        let work = media::consumers::forget_user::forget_user(pictures.consumer, event.clone(), Deadline::never());
        finished(work.await)
    };
    assert_eq!(forget().await.unwrap(), Done::Applied);
    assert_eq!(forget().await.unwrap(), Done::Duplicate);
    let profile = pictures.store.profile(user).await.unwrap().unwrap();
    assert_eq!((profile.name, profile.avatar), (None, None));
    for picture in [&old, &waiting] {
        assert!(matches!(pictures.read(picture).await.unwrap().value.status, Status::Deleted { .. }));
    }
    assert_eq!(told::<MediaDeleted>(&pictures.table.items().await), 1, "of the published one");
    // A check that was under way publishes nothing.
    pictures.check(&waiting).await.unwrap();
    assert!(matches!(pictures.read(&waiting).await.unwrap().value.status, Status::Deleted { .. }));
    assert!(matches!(pictures.read(&new).await.unwrap().value.status, Status::AwaitingUpload));
}

async fn discard(purse: &Purse, event: &Envelope<Value>) -> Handled {
    let work = wallet::consumers::forget_user::forget_user(purse.consumer, event.clone(), Deadline::never());
    finished(Box::pin(work).await)
}

async fn unclaimed(purse: &Purse) -> i64 {
    let transfers: Vec<Transfer> = purse.all("transfer").await;
    let postings = transfers.iter().flat_map(Transfer::postings);
    let unclaimed = postings.filter(|posting| posting.account == Account::System(System::Unclaimed));
    unclaimed.map(|posting| posting.money.amount_minor).sum()
}

#[tokio::test]
async fn what_the_mailbox_owner_spent_before_the_event_stops_nothing_else() {
    let purse = Purse::start().await;
    let (user, bob) = (purse.person().await, purse.person().await);
    purse.give(Account::user(user), eur(100)).await;
    let takeover = purse.clock.now();
    purse.wait(1);
    purse.post(&purse.transfer(Account::user(user), Account::user(bob), eur(70))).await.unwrap();
    let event = reclaimed(user, takeover);
    discard(&purse, &event).await.unwrap();
    assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate);
    assert_eq!((purse.has(Holder::User(user)).await, unclaimed(&purse).await), (0, 30));
    purse.check().await;
    // What comes later stays.
    purse.give(Account::user(user), eur(5)).await;
    assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate);
    assert_eq!(purse.has(Holder::User(user)).await, 5);
}

#[tokio::test]
async fn the_mailbox_owner_gets_neither_balance_nor_debt_nor_history() {
    // Killed anywhere, and repeated: the same.
    for polls in [0, 3, 6, 9, 12, 15, 20, 25, 30, 40, 60] {
        let purse = Purse::start().await;
        let (user, bob) = (purse.person().await, purse.person().await);
        purse.give(Account::user(user), eur(500)).await;
        let mut sent = purse.transfer(Account::user(user), Account::user(bob), eur(40));
        sent = with_message(&sent);
        purse.post(&sent).await.unwrap();
        let (donation, transfer) = purse.donation(user, Recipient::User(bob), eur(30));
        purse.give_donation(&donation, &transfer).await.unwrap();
        let takeover = purse.clock.now();
        purse.wait(1);
        // What comes after the takeover, before the event arrives.
        purse.give(Account::user(user), eur(7)).await;
        purse.post(&purse.transfer(Account::user(user), Account::user(bob), eur(2))).await.unwrap();

        let event = reclaimed(user, takeover);
        killed_after(polls, discard(&purse, &event)).await;
        discard(&purse, &event).await.unwrap();
        assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate, "{polls}");
        assert_eq!((purse.has(Holder::User(user)).await, unclaimed(&purse).await), (5, 430), "{polls}");
        purse.check().await;
        let page = || kit::http::Page { limit: 10, cursor: None };
        let lines =
            purse.store.statement(Holder::User(user), &wallet::store::Statement::default(), page()).await.unwrap().0;
        let amounts: Vec<_> = lines.iter().map(|line| line.money.amount_minor).collect();
        assert_eq!(amounts, [-2, 7], "{polls}");
        let given = wallet::domain::donation::Direction::Given;
        assert!(purse.store.donations(Holder::User(user), given, page()).await.unwrap().0.is_empty());
        let items = purse.table.items().await;
        assert!(!items.iter().any(|item| format!("{item:?}").contains("a secret")), "{polls}");
        // Much later and once more: what the mailbox owner has by then stays.
        purse.wait(1_000);
        purse.give(Account::user(user), eur(100)).await;
        assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate);
        assert_eq!(purse.has(Holder::User(user)).await, 105);
    }
}

fn with_message(transfer: &Transfer) -> Transfer {
    let heading = wallet::domain::ledger::Heading {
        id: transfer.id(),
        kind: transfer.kind(),
        at: transfer.at(),
        reference: None,
        message: Some("a secret".to_owned()),
    };
    Transfer::new(heading, transfer.postings().to_vec()).unwrap()
}

#[tokio::test]
async fn a_debt_of_the_registrant_is_written_off_and_later_credits_are_the_owners() {
    let purse = Purse::start().await;
    let user = purse.person().await;
    purse.give(Account::user(user), eur(10)).await;
    let refund = purse.transfer(Account::user(user), Account::System(System::Provider), eur(50)).enforced();
    purse.post(&refund).await.unwrap();
    assert_eq!(purse.owes(user).await, 40);
    let takeover = purse.clock.now();
    purse.wait(1);
    // It repays a part of the debt, before the event arrives.
    purse.give(Account::user(user), eur(15)).await;
    let event = reclaimed(user, takeover);
    assert_eq!(discard(&purse, &event).await.unwrap(), Done::Applied);
    assert_eq!((purse.owes(user).await, purse.has(Holder::User(user)).await), (0, 15));
    assert_eq!(unclaimed(&purse).await, -40);
    purse.check().await;
    assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn money_of_a_point_that_loses_its_keeper_is_unclaimed_once() {
    let purse = Purse::start().await;
    let (harbour, keeper) = purse.kept_point().await;
    purse.give(Account::point(harbour), eur(50)).await;
    let left = PointUpdated {
        point_id: harbour,
        name: "Harbour".to_owned(),
        kind: PointKind::Food,
        location: GeoPoint::new(52.5, 13.4).unwrap(),
        keeper_id: None,
        revision: 2,
    };
    purse.hear(left.clone()).await.unwrap();
    assert_eq!((purse.has(Holder::Point(harbour)).await, unclaimed(&purse).await), (0, 50));
    assert_eq!(purse.hear(left).await.unwrap(), Done::Duplicate);
    purse.check().await;
    // The event of the takeover, and the deletion of the account, come later and find nothing.
    discard(&purse, &reclaimed(keeper, purse.clock.now())).await.unwrap();
    let gone = crate::wallet_support::event(UserDeleted { user_id: keeper }, purse.clock.now());
    discard(&purse, &gone).await.unwrap();
    assert_eq!(unclaimed(&purse).await, 50);

    // The takeover first: what the point had by then is moved, what it got since is moved with its keeper's loss.
    let (market, other) = purse.kept_point().await;
    purse.give(Account::point(market), eur(20)).await;
    let takeover = purse.clock.now();
    purse.wait(1);
    purse.give(Account::point(market), eur(3)).await;
    discard(&purse, &reclaimed(other, takeover)).await.unwrap();
    assert_eq!((purse.has(Holder::Point(market)).await, unclaimed(&purse).await), (3, 70));
    let fact = created(market, other);
    let left = PointUpdated {
        point_id: market,
        name: fact.name,
        kind: fact.kind,
        location: fact.location,
        keeper_id: None,
        revision: 2,
    };
    purse.hear(left).await.unwrap();
    assert_eq!((purse.has(Holder::Point(market)).await, unclaimed(&purse).await), (0, 73));
    purse.check().await;
}

#[tokio::test]
async fn a_takeover_of_an_account_without_anything_changes_nothing() {
    let (map, purse, user) = (Map::start().await, Purse::start().await, UserId::generate());
    let event = reclaimed(user, Timestamp::now());
    assert_eq!(map.forget(event.clone()).await.unwrap(), Done::Duplicate);
    assert_eq!(discard(&purse, &event).await.unwrap(), Done::Duplicate);
    assert!(purse.table.items().await.is_empty());
}
