//! Rewards happen once, copies follow the newest fact, and people are forgotten without a cent being lost.

use contracts::badges::BadgeEarned;
use contracts::identity::{UserDeleted, UserRestored, UserSuspended};
use contracts::points::{PointCreated, PointRemoved};
use contracts::wallet::Recipient;
use dynamo::{Outbox, Transaction};
use futures::StreamExt;
use kit::Deadline;
use kit::sqs::{Done, Failure, Handled};
use testkit::finished;
use types::{BadgeId, CurrencyCode, Money, PointId, UserId};
use wallet::consumers::credit_rewards::credit_rewards;
use wallet::consumers::forget_user::forget_user;
use wallet::domain::account::{Account, Holder, System};
use wallet::domain::currency::Currency;
use wallet::domain::ledger::{Heading, Kind, Transfer, Written};
use wallet::domain::people::Unavailable;
use wallet::store::{Known, NotGiven, NotPosted, Statement, Wallet};

use crate::wallet_support::{Purse, created, eur, event, registered, reported};

fn points(amount: i64) -> Money {
    Money::new(amount, CurrencyCode::parse("POINTS").unwrap())
}

async fn rewarded(purse: &Purse, user: UserId) -> i64 {
    let totals = purse.store.totals(Holder::User(user)).await.unwrap();
    totals.get(&points(0).currency).map_or(0, |total| total.available)
}

async fn forget(purse: &Purse, user_id: UserId) -> Handled {
    finished(forget_user(purse.consumer, event(UserDeleted { user_id }, purse.clock.now()), Deadline::never()).await)
}

#[tokio::test]
async fn a_reward_that_is_told_many_times_at_once_is_credited_once() {
    let purse = Purse::start().await;
    let user = purse.person().await;
    let told = event(reported(user, Some(points(5))), purse.clock.now());
    let answers: Vec<_> = futures::stream::iter(0..10)
        .map(|_| credit_rewards(purse.consumer, told.clone()))
        .buffer_unordered(10)
        .collect()
        .await;
    let applied = answers.iter().filter(|answer| matches!(answer, Ok(Done::Applied))).count();
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Failure::Retry(_)))), "{answers:?}");
    assert_eq!((applied, rewarded(&purse, user).await), (1, 5));
    purse.check().await;
}

#[tokio::test]
async fn a_tier_is_rewarded_once_per_person_whatever_event_tells_it() {
    let purse = Purse::start().await;
    let (ann, bob, badge_id) = (purse.person().await, purse.person().await, BadgeId::generate());
    let earned = |user_id, tier| {
        let (name, tier_name) = ("Feeder".to_owned(), "gold".to_owned());
        BadgeEarned { badge_id, user_id, name, tier, tier_name, reward: Some(points(10)) }
    };
    assert_eq!(purse.reward(earned(ann, 1)).await.unwrap(), Done::Applied);
    purse.wait(60);
    assert_eq!(purse.reward(earned(ann, 1)).await.unwrap(), Done::Duplicate);
    assert_eq!(purse.reward(earned(ann, 2)).await.unwrap(), Done::Applied);
    assert_eq!(purse.reward(earned(bob, 1)).await.unwrap(), Done::Applied);
    assert_eq!((rewarded(&purse, ann).await, rewarded(&purse, bob).await), (20, 10));
    assert_eq!(purse.reward(reported(ann, None)).await.unwrap(), Done::Ignored);
}

#[tokio::test]
async fn whoever_is_suspended_or_gone_gets_no_reward() {
    let purse = Purse::start().await;
    let (ann, bob) = (purse.person().await, purse.person().await);
    purse.hear(UserSuspended { user_id: ann }).await.unwrap();
    assert_eq!(purse.reward(reported(ann, Some(points(5)))).await.unwrap(), Done::Ignored);
    purse.wait(1);
    purse.hear(UserRestored { user_id: ann }).await.unwrap();
    assert_eq!(purse.reward(reported(ann, Some(points(5)))).await.unwrap(), Done::Applied);
    forget(&purse, bob).await.unwrap();
    assert_eq!(purse.reward(reported(bob, Some(points(5)))).await.unwrap(), Done::Ignored);
    for (reward, why) in [(points(0), "makes no sense"), (points(-5), "makes no sense")] {
        let Err(Failure::Poison(reason)) = purse.reward(reported(ann, Some(reward))).await else {
            panic!("it was paid")
        };
        assert!(reason.contains(why), "{reason}");
    }
    assert_eq!((rewarded(&purse, ann).await, rewarded(&purse, bob).await), (5, 0));
}

#[tokio::test]
async fn events_of_a_forgotten_person_bring_nothing_back() {
    let purse = Purse::start().await;
    let ann = purse.person().await;
    assert_eq!(purse.hear(registered(ann)).await.unwrap(), Done::Duplicate);
    forget(&purse, ann).await.unwrap();
    let before = purse.table.items().await.len();
    assert_eq!(purse.hear(registered(ann)).await.unwrap(), Done::Duplicate);
    purse.hear(UserSuspended { user_id: ann }).await.unwrap();
    assert_eq!(purse.table.items().await.len(), before);
    let (bob, money) = (UserId::generate(), eur(5));
    purse.give(Account::user(bob), money.clone()).await;
    let back = purse.transfer(Account::user(bob), Account::user(ann), money);
    assert!(matches!(purse.post(&back).await, Err(NotPosted::Forgotten(user)) if user == ann));
}

#[tokio::test]
async fn what_a_forgotten_person_had_is_unclaimed_and_their_words_are_wiped_everywhere() {
    let purse = Purse::start().await;
    let (ann, bob, harbour) = (purse.person().await, purse.person().await, PointId::generate());
    for _ in 0..3 {
        purse.give(Account::user(ann), eur(100)).await;
    }
    purse.give(Account::point(harbour), eur(50)).await;
    purse.post(&purse.transfer(Account::user(ann), Account::Held(Holder::User(ann)), eur(20))).await.unwrap();
    purse.reward(reported(ann, Some(points(5)))).await.unwrap();
    // Words to a person, from one's own money and from a point's, and with a donation.
    let write = |from: Account| {
        let (id, at) = (types::TransferId::generate(), purse.clock.now());
        let heading = Heading { id, kind: Kind::Transfer, at, reference: None, message: Some("a secret".into()) };
        Transfer::between(heading, from, Account::user(bob), eur(10)).unwrap()
    };
    purse.post(&write(Account::user(ann))).await.unwrap();
    let of_point = write(Account::point(harbour));
    let written = Written::by(ann, &of_point).unwrap();
    let beside = |transaction: Transaction<Wallet>| transaction.create(&written, &Outbox::none());
    purse.store.post(&of_point, &Outbox::none(), beside).await.unwrap();
    let (mut donation, transfer) = purse.donation(ann, Recipient::User(bob), eur(30));
    donation.message = Some("a secret".into());
    purse.give_donation(&donation, &transfer).await.unwrap();
    let secrets = async || {
        let items = purse.table.items().await;
        items.iter().filter(|item| format!("{item:?}").contains("a secret")).count()
    };
    assert!(secrets().await > 4);

    assert_eq!(forget(&purse, ann).await.unwrap(), Done::Applied);
    assert_eq!(secrets().await, 0);
    let own = format!("wallet#user#{ann}");
    let items = purse.table.items().await;
    let left: Vec<_> = items.iter().filter(|item| item["pk"].as_s().unwrap() == &own).collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["sk"].as_s().unwrap(), "forgotten");

    // 300 came in, 40 went to others; what was left is unclaimed, held or not, and all still sums to zero.
    let records: Vec<Transfer> = purse.all("transfer").await;
    let of_system = |currency: &str| -> i64 {
        let postings = records.iter().flat_map(Transfer::postings);
        let unclaimed = postings.filter(|posting| posting.account == Account::System(System::Unclaimed));
        unclaimed
            .filter(|posting| posting.money.currency.as_str() == currency)
            .map(|posting| posting.money.amount_minor)
            .sum()
    };
    assert_eq!((of_system("EUR"), of_system("POINTS")), (260, 5));
    let page = kit::http::Page { limit: 10, cursor: None };
    let (lines, _) = purse.store.statement(Holder::User(bob), &Statement::default(), page).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.money.amount_minor).sum::<i64>(), 50);
    assert_eq!(forget(&purse, ann).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn points_of_a_forgotten_keeper_receive_nothing_and_their_money_is_unclaimed() {
    let purse = Purse::start().await;
    let (ann, (harbour, keeper)) = (purse.person().await, purse.kept_point().await);
    purse.give(Account::user(ann), eur(100)).await;
    purse.give(Account::point(harbour), eur(50)).await;
    let (donation, transfer) = purse.donation(ann, Recipient::Point(harbour), eur(40));
    let receiver = purse.store.receiver(Recipient::Point(harbour)).await.unwrap().unwrap();
    forget(&purse, keeper).await.unwrap();
    // Decided on what was read before: the transaction itself refuses it.
    let late = purse.store.give(&donation, &receiver, &transfer, &Outbox::none()).await;
    assert!(matches!(late, Err(NotGiven::Unrepresented)), "{late:?}");
    assert_eq!(purse.store.receiver(Recipient::Point(harbour)).await.unwrap(), Err(Unavailable::Unrepresented));
    assert_eq!((purse.has(Holder::Point(harbour)).await, purse.has(Holder::User(ann)).await), (0, 100));
    let items = purse.table.items().await;
    let named: Vec<_> = items.iter().filter(|item| format!("{item:?}").contains(&keeper.to_string())).collect();
    assert!(named.iter().all(|item| item["sk"].as_s().unwrap() == "forgotten"), "{named:?}");
    // A late event does not bring the keeper back.
    let again = PointCreated { revision: 9, ..created(harbour, keeper) };
    purse.hear(again).await.unwrap();
    assert_eq!(purse.store.receiver(Recipient::Point(harbour)).await.unwrap(), Err(Unavailable::Unrepresented));
    purse.check().await;
}

#[tokio::test]
async fn a_removed_point_keeps_nothing_of_a_keeper_who_is_forgotten_later() {
    let purse = Purse::start().await;
    let (harbour, keeper) = purse.kept_point().await;
    purse.give(Account::point(harbour), eur(50)).await;
    purse.hear(PointRemoved { point_id: harbour, revision: 2 }).await.unwrap();
    forget(&purse, keeper).await.unwrap();
    let point = purse.store.point(harbour).await.unwrap().unwrap();
    assert_eq!((point.keeper_id, point.name), (None, None));
    assert_eq!(purse.has(Holder::Point(harbour)).await, 0);
    purse.check().await;
}

#[tokio::test]
async fn a_suspension_within_the_last_second_is_not_missed() {
    let purse = Purse::start().await;
    let (ann, bob, (harbour, keeper)) = (purse.person().await, purse.person().await, purse.kept_point().await);
    purse.give(Account::user(ann), eur(100)).await;
    for (recipient, suspended) in [(Recipient::User(bob), bob), (Recipient::Point(harbour), keeper)] {
        let (donation, transfer) = purse.donation(ann, recipient, eur(10));
        let receiver = purse.store.receiver(recipient).await.unwrap().unwrap();
        purse.hear(UserSuspended { user_id: suspended }).await.unwrap();
        let late = purse.store.give(&donation, &receiver, &transfer, &Outbox::none()).await;
        assert!(matches!(late, Err(NotGiven::Unrepresented)), "{late:?}");
        assert_eq!(purse.store.receiver(recipient).await.unwrap(), Err(Unavailable::Unrepresented));
    }
    assert_eq!(purse.has(Holder::User(ann)).await, 100);
    purse.check().await;
}

#[tokio::test]
async fn what_a_forgotten_person_owes_is_written_off() {
    let purse = Purse::start().await;
    let ann = purse.person().await;
    let take = purse.transfer(Account::user(ann), Account::System(System::Provider), eur(70)).enforced();
    purse.post(&take).await.unwrap();
    assert_eq!(purse.owes(ann).await, 70);
    forget(&purse, ann).await.unwrap();
    let records: Vec<Transfer> = purse.all("transfer").await;
    let postings = records.iter().flat_map(Transfer::postings);
    let unclaimed = postings.filter(|posting| posting.account == Account::System(System::Unclaimed));
    assert_eq!(unclaimed.map(|posting| posting.money.amount_minor).sum::<i64>(), -70);
}

#[tokio::test]
async fn forgetting_while_money_moves_loses_none() {
    let purse = Purse::start().await;
    let (ann, bob) = (purse.person().await, purse.person().await);
    purse.give(Account::user(ann), eur(100)).await;
    purse.give(Account::user(bob), eur(100)).await;
    let moves = futures::stream::iter(0..20_i64).map(|number| {
        let (purse, there) = (&purse, number % 2 == 0);
        async move {
            let (from, to) = if there { (ann, bob) } else { (bob, ann) };
            let transfer = purse.transfer(Account::user(from), Account::user(to), eur(7));
            let posted = purse.post(&transfer).await;
            let store = |error: &dynamo::StoreError| matches!(error, dynamo::StoreError::Contended { .. });
            let fine = match &posted {
                Ok(_) | Err(NotPosted::NotEnough) => true,
                Err(NotPosted::Forgotten(user)) => *user == ann,
                Err(NotPosted::Store(error)) => store(error),
                Err(_) => false,
            };
            assert!(fine, "{posted:?}");
        }
    });
    let (forgotten, ()) = futures::join!(forget(&purse, ann), moves.buffer_unordered(5).collect::<()>());
    if forgotten.is_err() {
        forget(&purse, ann).await.unwrap();
    }
    let records: Vec<Transfer> = purse.all("transfer").await;
    let postings = records.iter().flat_map(Transfer::postings);
    let unclaimed = postings.filter(|posting| posting.account == Account::System(System::Unclaimed));
    let unclaimed: i64 = unclaimed.map(|posting| posting.money.amount_minor).sum();
    assert_eq!(purse.has(Holder::User(bob)).await + unclaimed, 200);
    assert_eq!(purse.store.balances(Holder::User(ann)).await.unwrap(), []);
}

#[tokio::test]
async fn all_currencies_are_listed_however_many_there_are() {
    const MANY: u32 = 650;
    let purse = Purse::start().await;
    let letters = |number: u32| {
        let letter = |place: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(place) % 26).unwrap());
        format!("Z{}{}{}", letter(2), letter(1), letter(0))
    };
    let codes: Vec<_> = (0..MANY).map(|number| CurrencyCode::parse(&letters(number)).unwrap()).collect();
    futures::stream::iter(&codes)
        .map(|code| {
            let currency = Currency { code: code.clone(), name: "Shells".into(), exponent: 0, price: None };
            let (store, now) = (&purse.store, purse.clock.now());
            async move {
                let decide = |_: Option<&Known>| Ok::<_, ()>(currency.clone());
                store.set_currency(code, now, decide, |_| Ok(Outbox::none())).await.unwrap();
            }
        })
        .buffer_unordered(8)
        .collect::<()>()
        .await;
    let listed = purse.store.currencies().await.unwrap();
    assert_eq!(listed.len(), codes.len() + Currency::built_in().len());
}
