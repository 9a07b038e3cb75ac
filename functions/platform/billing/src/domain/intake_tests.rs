//! What comes in from stores.

use types::Uuid;

use super::*;
use crate::domain::fixture::{day, mirrored, snapshot};
use crate::domain::mirror::Store;
use crate::domain::subscription::{Mode, Status, Subscription};

fn mirror(subscription: &Subscription) -> &Mirror {
    match &subscription.mode {
        Mode::Mirrored(mirror) => mirror,
        Mode::Managed(_) => panic!("not mirrored"),
    }
}

#[test]
fn case_32_a_purchase_of_the_sandbox_counts_in_production_only_for_a_listed_reviewer() {
    use Environment::{Production, Sandbox};
    let (reviewer, other) = (UserId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
    let listed = BTreeSet::from([reviewer]);
    let accept = |deployment, purchase, user| accept(deployment, purchase, user, &listed);
    assert_eq!(accept(Production, Sandbox, Some(other)), Err(OtherEnvironment));
    assert_eq!(accept(Production, Sandbox, None), Err(OtherEnvironment));
    assert_eq!(accept(Production, Sandbox, Some(reviewer)), Ok(()));
    assert_eq!(accept(Sandbox, Production, Some(reviewer)), Err(OtherEnvironment));
    assert_eq!((accept(Production, Production, None), accept(Sandbox, Sandbox, None)), (Ok(()), Ok(())));
}

#[test]
fn case_33_two_transactions_of_one_purchase_count_once() {
    let transaction =
        |id: &str, order: Option<&str>| Transaction { id: id.to_owned(), order: order.map(str::to_owned), amount: 999 };
    let all = [
        transaction("2", Some("w1")),
        transaction("1", Some("w1")),
        transaction("3", Some("w2")),
        transaction("w1", None),
    ];
    let counted: Vec<_> = counted(&all).into_iter().map(|one| one.id.as_str()).collect();
    assert_eq!(counted, ["w1", "1", "3"]);
}

#[test]
fn case_35_a_purchase_is_acknowledged_once_it_is_paid() {
    let by = |state, is_acknowledged| {
        let subscription = mirrored(Store::Google, state, day(30));
        acknowledge_by(mirror(&subscription), day(0), is_acknowledged)
    };
    assert_eq!(by(StoreState::Active, false), Some(day(3)));
    assert_eq!((by(StoreState::Active, true), by(StoreState::Pending, false)), (None, None));
}

#[test]
fn case_31_a_grace_period_without_end_lasts_as_long_as_what_is_paid_and_is_looked_into() {
    let base = mirrored(Store::Apple, StoreState::Active, day(30));
    let said = snapshot(2, StoreState::Grace, day(30));
    let (told, _) = mirror(&base).fold(said.clone());
    assert!(told.needs_fetch(), "the status is fetched again");
    assert_eq!(attention(base.id, &told), None, "the answer may have the end");
    let (asked, _) = told.fold(crate::domain::mirror::Snapshot { source: Source::Fetched { at: day(30) }, ..said });
    assert_eq!(attention(base.id, &asked), Some(Attention::GraceWithoutEnd { subscription: base.id }));
    let subscription = Subscription { mode: Mode::Mirrored(Box::new(asked)), ..base };
    assert_eq!(subscription.status(day(29)), Status::PastDue);
    assert_eq!(subscription.entitlement(day(29)).until, Some(day(30)));
    assert_eq!((subscription.status(day(30)), subscription.status(day(3_000))), (Status::Suspended, Status::Suspended));
}
