//! Changes: what was previewed is charged.

use types::{CurrencyCode, Uuid};

use super::*;
use crate::domain::cancel::{Cancellation, cancel};
use crate::domain::coupon::Redemptions;
use crate::domain::fixture::{at, day, half_price, managed, mirrored, price, with, yearly};
use crate::domain::managed::{CHANGE_LIFETIME, Due, Payment};
use crate::domain::mirror::{Store, StoreState};

fn ask(price: Price) -> Ask {
    Ask {
        price,
        timing: Timing::Usual,
        prices: PriceTax::Inclusive,
        treatment: Treatment::Standard,
        rate: Rate::from_millionths(190_000).unwrap(),
    }
}

fn inner(subscription: &Subscription) -> &Managed {
    match &subscription.mode {
        Mode::Managed(managed) => managed,
        Mode::Mirrored(_) => panic!("not managed"),
    }
}

fn amounts(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|line| line.amount).collect()
}

fn paid(quote: &Quote, now: Timestamp) -> Subscription {
    match inner(&quote.subscription).paid(quote.invoice, at(0), now) {
        Payment::Applied(managed) => with(quote.subscription.id, *managed),
        Payment::Superfluous => panic!("the invoice is open"),
    }
}

#[test]
fn a_change_charges_what_was_previewed() {
    let subscription = managed(999);
    let previewed = preview(&subscription, 3, &ask(price("max", 1_999)), day(10)).unwrap();
    let now = day(10) + PREVIEW_LIFETIME - SignedDuration::from_secs(1);
    let changed = change(&subscription, 3, &ask(price("max", 1_999)), (day(10), &previewed.hash), now);
    assert_eq!(changed, Ok(previewed.clone()));
    // 31 days: 21 are left.
    assert_eq!((amounts(&previewed), previewed.total.stated, previewed.total.tax), (vec![-677, 1_354], 677, 108));
}

#[test]
fn a_change_that_differs_from_its_preview_is_refused() {
    let subscription = managed(999);
    let hash = preview(&subscription, 3, &ask(price("max", 1_999)), day(10)).unwrap().hash;
    let chosen = |subscription: &Subscription, version, ask: &Ask, as_of, now| {
        change(subscription, version, ask, (as_of, &hash), now).map(|_| ())
    };
    let (wanted, differs) = (ask(price("max", 1_999)), Err(ChangeError::DiffersFromPreview));
    assert_eq!(chosen(&subscription, 3, &wanted, day(10), day(10)), Ok(()));
    assert_eq!(chosen(&subscription, 4, &wanted, day(10), day(10)), differs, "the subscription was written");
    assert_eq!(chosen(&subscription, 3, &ask(price("max", 2_099)), day(10), day(10)), differs, "another price");
    let other_rate = Ask { rate: Rate::from_millionths(200_000).unwrap(), ..wanted.clone() };
    assert_eq!(chosen(&subscription, 3, &other_rate, day(10), day(10)), differs, "another tax");
    assert_eq!(
        chosen(
            &subscription,
            3,
            &wanted,
            day(10) + SignedDuration::from_secs(1),
            day(10) + SignedDuration::from_secs(9)
        ),
        differs,
        "another instant"
    );
    let late = day(10) + PREVIEW_LIFETIME + SignedDuration::from_secs(1);
    assert_eq!(chosen(&subscription, 3, &wanted, day(10), late), Err(ChangeError::PreviewExpired));
    assert_eq!(chosen(&subscription, 3, &wanted, day(10), day(9)), Err(ChangeError::PreviewExpired));
}

#[test]
fn a_preview_from_before_the_end_of_the_period_is_not_charged_after_it() {
    let subscription = managed(999);
    let end = inner(&subscription).renewal_at().unwrap();
    let before = end - SignedDuration::from_mins(5);
    let wanted = ask(price("max", 1_999));
    let hash = preview(&subscription, 3, &wanted, before).unwrap().hash;
    let late = end + SignedDuration::from_mins(5);
    assert_eq!(change(&subscription, 3, &wanted, (before, &hash), late), Err(ChangeError::DiffersFromPreview));
}

#[test]
fn an_upgrade_counts_when_it_is_paid_and_is_undone_otherwise() {
    let subscription = managed(999);
    let quote = preview(&subscription, 1, &ask(price("max", 1_999)), day(10)).unwrap();
    let plan = |subscription: &Subscription| subscription.entitlement(day(10)).plan.unwrap().to_string();
    assert_eq!((plan(&quote.subscription), plan(&paid(&quote, day(10)))), ("pro".to_owned(), "max".to_owned()));
    let expiry = day(10) + CHANGE_LIFETIME;
    assert_eq!(inner(&quote.subscription).due(at(0), day(10)), Due::At(expiry));
    assert_eq!(inner(&quote.subscription).due(at(0), expiry), Due::Abandonment);
    let undone = inner(&quote.subscription).abandon(day(11)).unwrap();
    assert_eq!(undone.void, Some(quote.invoice));
    let counted = vec![day(10)];
    assert_eq!(undone.managed, Managed { changed_at: counted, ..inner(&subscription).clone() });
}

#[test]
fn an_upgrade_that_is_not_paid_is_undone_before_the_period_ends() {
    let subscription = managed(999);
    let end = inner(&subscription).renewal_at().unwrap();
    let late = end - SignedDuration::from_hours(1);
    let open = preview(&subscription, 1, &ask(price("max", 1_999)), late).unwrap().subscription;
    assert_eq!((inner(&open).due(at(0), late), inner(&open).due(at(0), end)), (Due::At(end), Due::Abandonment));
    let undone = inner(&open).abandon(end).unwrap().managed;
    assert_eq!(undone.due(at(0), end), Due::Renewal);
}

#[test]
fn a_downgrade_counts_from_the_end_of_the_period_and_can_be_taken_back() {
    let subscription = managed(1_999);
    let quote = preview(&subscription, 1, &ask(price("basic", 499)), day(10)).unwrap();
    let end = inner(&subscription).renewal_at().unwrap();
    assert_eq!((quote.effective, &quote.lines[..]), (end, &[][..]));
    let plan = |at| quote.subscription.entitlement(at).plan.unwrap().to_string();
    assert_eq!((plan(end - SignedDuration::from_secs(1)), plan(end)), ("pro".to_owned(), "basic".to_owned()));
    let renewed = inner(&quote.subscription).renew(subscription.id, at(0), end).unwrap();
    assert_eq!(renewed.lines[0].amount, 499);
    let back = preview(&quote.subscription, 2, &ask(price("pro", 1_999)), day(11)).unwrap();
    assert_eq!(back.subscription, subscription);
}

#[test]
fn an_upgrade_at_the_end_of_the_period_counts_when_the_renewal_is_paid() {
    let later = Ask { timing: Timing::PeriodEnd, ..ask(price("max", 1_999)) };
    let subscription = preview(&managed(999), 1, &later, day(10)).unwrap().subscription;
    let end = inner(&subscription).renewal_at().unwrap();
    let plan = |subscription: &Subscription| subscription.entitlement(end).plan.unwrap().to_string();
    assert_eq!(plan(&subscription), "pro", "what is awaited is what was paid before");
    let renewed = inner(&subscription).renew(subscription.id, at(0), end).unwrap();
    let open = with(subscription.id, renewed.managed.clone());
    let invoice = renewed.managed.open.as_ref().unwrap().invoice;
    let Payment::Applied(paid) = renewed.managed.paid(invoice, at(0), end) else { panic!("the invoice is open") };
    assert_eq!((plan(&open), plan(&with(subscription.id, *paid))), ("pro".to_owned(), "max".to_owned()));
    assert_eq!(renewed.lines[0].amount, 1_999);
}

#[test]
fn a_downgrade_at_once_is_credited() {
    let subscription = managed(1_999);
    let now = Ask { timing: Timing::Now, ..ask(price("basic", 499)) };
    let quote = preview(&subscription, 1, &now, day(10)).unwrap();
    assert_eq!((amounts(&quote), quote.total.stated), (vec![-1_354, 338], -1_016));
    assert!(inner(&quote.subscription).open.is_none());
    assert_eq!(quote.subscription.entitlement(day(10)).plan.unwrap().as_str(), "basic");
}

#[test]
fn case_16_there_and_back_at_one_instant_costs_nothing() {
    let subscription = managed(999);
    let there = preview(&subscription, 1, &ask(price("max", 1_999)), day(10)).unwrap();
    let max = paid(&there, day(10));
    let back = Ask { timing: Timing::Now, ..ask(price("pro", 999)) };
    let back = preview(&max, 2, &back, day(10)).unwrap();
    assert_eq!(there.total.stated + back.total.stated, 0);
    assert_eq!(inner(&back.subscription).account.as_ref().unwrap().totals().into_values().collect::<Vec<_>>(), [999]);
}

#[test]
fn another_interval_starts_a_new_period() {
    let subscription = managed(999);
    let quote = preview(&subscription, 1, &ask(yearly("pro", 9_990)), day(10)).unwrap();
    assert_eq!(amounts(&quote), [-677, 9_990]);
    let year = paid(&quote, day(10));
    assert_eq!(inner(&year).renewal_at(), Some(day(375)));
    assert_eq!(inner(&year).invoices.len(), 2, "a credit may take back both");
    // What was paid for is credited whole, and no more.
    let step = cancel(&year, Cancellation::NowWithCredit, day(10)).unwrap();
    assert_eq!(step.lines.iter().map(|line| line.amount).sum::<i64>(), -9_990);
}

#[test]
fn a_coupon_counts_for_changes_and_is_given_back_when_they_are_undone() {
    let redeemed = half_price(2).redeem(&price("pro", 1_000), Redemptions::default(), at(0)).unwrap();
    let id = types::SubscriptionId::new(Uuid::from_u128(10));
    let anchor = crate::domain::period::Anchor::new(at(0), calendar::ZoneName::utc());
    let start = Managed::start(id, price("pro", 1_000), Some(redeemed), anchor, false).unwrap().managed;
    let invoice = start.open.as_ref().unwrap().invoice;
    let Payment::Applied(start) = start.paid(invoice, at(0), at(0)) else { panic!("the invoice is open") };
    let subscription = with(id, *start);
    let used = |managed: &Managed| managed.coupon.as_ref().map(|coupon| coupon.used);
    let within = preview(&subscription, 1, &ask(price("max", 2_000)), at(0)).unwrap();
    assert_eq!((amounts(&within), used(inner(&within.subscription))), (vec![-500, 1_000], Some(1)));
    let mut last = inner(&subscription).clone();
    last.coupon.as_mut().unwrap().coupon.periods = Some(1);
    let within = preview(&with(id, last), 1, &ask(price("max", 2_000)), at(0)).unwrap();
    assert_eq!(amounts(&within), [-500, 1_000], "it counts for the rest of its last period");
    let year = preview(&subscription, 1, &ask(yearly("pro", 10_000)), at(0)).unwrap();
    assert_eq!((amounts(&year), used(inner(&year.subscription))), (vec![-500, 10_000], Some(2)));
    let undone = inner(&year.subscription).abandon(day(1)).unwrap().managed;
    assert_eq!(
        (undone.coupon, undone.account),
        (inner(&subscription).coupon.clone(), inner(&subscription).account.clone())
    );
}

#[test]
fn in_a_trial_a_change_costs_nothing() {
    let trial = Price { trial_days: 14, ..price("pro", 999) };
    let id = types::SubscriptionId::new(Uuid::from_u128(10));
    let anchor = crate::domain::period::Anchor::new(at(0), calendar::ZoneName::utc());
    let subscription = with(id, Managed::start(id, trial, None, anchor, true).unwrap().managed);
    let quote = preview(&subscription, 1, &ask(Price { trial_days: 14, ..price("max", 1_999) }), day(3)).unwrap();
    assert_eq!((&quote.lines[..], quote.subscription.status(day(3))), (&[][..], Status::Trialing));
    assert_eq!(quote.subscription.entitlement(day(3)).plan.unwrap().as_str(), "max");
    assert_eq!(inner(&quote.subscription).renew(id, at(0), day(14)).unwrap().lines[0].amount, 1_999);
}

#[test]
fn what_cannot_be_changed_is_refused() {
    let subscription = managed(999);
    let refused = |subscription: &Subscription, price: Price, now| {
        preview(subscription, 1, &ask(price), now).map(|_| ()).unwrap_err()
    };
    let max = || price("max", 1_999);
    assert_eq!(refused(&subscription, price("pro", 999), day(1)), ChangeError::NothingChanges);
    let dollars = Price { currency: CurrencyCode::parse("USD").unwrap(), ..max() };
    assert_eq!(refused(&subscription, dollars, day(1)), ChangeError::OtherCurrency);
    assert_eq!(refused(&subscription, max(), day(300)), ChangeError::NotInForce);
    let end = inner(&subscription).renewal_at().unwrap();
    assert_eq!(refused(&subscription, max(), end), ChangeError::RenewalDue);
    assert_eq!(refused(&mirrored(Store::Apple, StoreState::Active, day(30)), max(), day(1)), ChangeError::AtStore);
    let open = preview(&subscription, 1, &ask(max()), day(1)).unwrap().subscription;
    assert_eq!(refused(&open, price("ultra", 2_999), day(1)), ChangeError::InvoiceOpen);
    let ending = cancel(&subscription, Cancellation::PeriodEnd, day(1)).unwrap().managed;
    assert_eq!(refused(&with(subscription.id, ending), max(), day(1)), ChangeError::Cancelled);
    let upgraded = paid(&preview(&subscription, 1, &ask(max()), day(5)).unwrap(), day(5));
    assert_eq!(refused(&upgraded, price("ultra", 2_999), day(4)), ChangeError::PreviewExpired);
}

#[test]
fn changes_of_a_period_are_bounded() {
    let mut subscription = paid_year();
    let one_more =
        |amount: usize| Ask { timing: Timing::Now, ..ask(yearly("pro", 9_990 - i64::try_from(amount).unwrap())) };
    let mut now = day(0);
    for number in 1..MAX_CHANGES {
        subscription = preview(&subscription, 1, &one_more(number), now).unwrap().subscription;
        now += SignedDuration::from_hours(24 * 6);
    }
    assert_eq!(preview(&subscription, 1, &one_more(MAX_CHANGES), now), Err(ChangeError::TooMany));
}

fn paid_year() -> Subscription {
    paid(&preview(&managed(999), 1, &ask(yearly("pro", 9_990)), day(0)).unwrap(), day(0))
}
