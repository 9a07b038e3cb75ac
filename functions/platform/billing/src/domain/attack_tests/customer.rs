//! A customer who wants time, plans or discounts for nothing.

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use money::Rate;
use proptest::prelude::*;
use types::{InvoiceId, SubscriptionId, Uuid};

use crate::domain::cancel::{Cancellation, cancel, resume};
use crate::domain::catalogue::Price;
use crate::domain::change::{Ask, ChangeError, MAX_RECENT_CHANGES, PREVIEW_LIFETIME, Quote, Timing, change, preview};
use crate::domain::coupon::{CouponError, Redemptions};
use crate::domain::dunning::{CaseState, DunningCase, Notice, Schedule, Success};
use crate::domain::fixture::{at, day, half_price, managed, price, with, yearly};
use crate::domain::managed::{Due, Managed, Payment, Step};
use crate::domain::period::Anchor;
use crate::domain::subscription::{Mode, Status, Subscription};
use crate::domain::tax::{PriceTax, Treatment};

fn ask(price: Price) -> Ask {
    Ask { price, timing: Timing::Now, prices: PriceTax::Inclusive, treatment: Treatment::Standard, rate: Rate::ZERO }
}

fn inner(subscription: &Subscription) -> &Managed {
    match &subscription.mode {
        Mode::Managed(managed) => managed,
        Mode::Mirrored(_) => panic!("not managed"),
    }
}

/// The quote's subscription, with its invoice paid if there is one.
fn settled(quote: &Quote, now: Timestamp) -> Subscription {
    match inner(&quote.subscription).paid(quote.invoice, at(0), now) {
        Payment::Applied(managed) => with(quote.subscription.id, *managed),
        Payment::Superfluous => quote.subscription.clone(),
    }
}

fn id() -> SubscriptionId {
    SubscriptionId::new(Uuid::from_u128(10))
}

fn trial(trial_days: u16, plan: &str, amount: i64) -> Subscription {
    let price = Price { trial_days, ..price(plan, amount) };
    with(id(), Managed::start(id(), price, None, Anchor::new(at(0), ZoneName::utc()), true).unwrap().managed)
}

fn plan(subscription: &Subscription, now: Timestamp) -> Option<String> {
    subscription.entitlement(now).plan.map(|plan| plan.to_string())
}

/// How long the plan `max` was used and what was paid for it, by someone who takes each upgrade back with a preview that is as
/// old as possible, for 30 days.
fn swap(basic: &Price, max: &Price) -> (SignedDuration, i64) {
    let mut subscription = settled(&preview(&managed(1), 1, &ask(basic.clone()), at(0)).unwrap(), at(0));
    let (mut now, mut used, mut paid) = (at(0), SignedDuration::ZERO, 0);
    while now < day(30) {
        let Ok(up) = preview(&subscription, 1, &ask(max.clone()), now) else { break };
        let upgraded = settled(&up, now);
        let Ok(down) = preview(&upgraded, 1, &ask(basic.clone()), now) else { break };
        let later = now + PREVIEW_LIFETIME;
        let down = change(&upgraded, 1, &ask(basic.clone()), (now, &down.hash), later).unwrap();
        paid += up.total.stated + down.total.stated;
        used += later.duration_since(now);
        subscription = down.subscription;
        now = later;
    }
    (used, paid)
}

#[test]
fn previews_from_before_do_not_give_more_than_two_hours_a_month_for_free() {
    let most = PREVIEW_LIFETIME * i32::try_from(MAX_RECENT_CHANGES).unwrap() / 2;
    assert!(most <= SignedDuration::from_hours(2));
    for (basic, max) in [
        (price("basic", 499), price("max", 1_999)),
        // Another interval starts another period, so a limit by period would begin anew each time.
        (price("basic", 499), yearly("max", 19_990)),
    ] {
        let (used, paid) = swap(&basic, &max);
        assert_eq!(paid, 0, "all was credited");
        assert!(SignedDuration::ZERO < used && used <= most, "{used}");
    }
}

#[test]
fn a_trial_of_a_cheap_plan_is_no_trial_of_a_dear_one() {
    let subscription = trial(30, "basic", 499);
    let dear = |trial_days| ask(Price { trial_days, ..price("max", 1_999) });
    let hop = preview(&subscription, 1, &dear(7), day(3)).unwrap();
    assert_eq!(hop.effective, day(30), "the dear plan's own trial would end before");
    assert_eq!(plan(&hop.subscription, day(3)), Some("basic".to_owned()));
    // Neither through a third plan.
    let third = preview(&hop.subscription, 2, &ask(price("ultra", 2_999)), day(4)).unwrap();
    assert_eq!(plan(&third.subscription, day(29)), Some("basic".to_owned()));
    // It counts once it is paid for, and not while that is awaited.
    let renewed = inner(&third.subscription).renew(id(), at(0), day(30)).unwrap().managed;
    assert_eq!(plan(&with(id(), renewed.clone()), day(30)), Some("basic".to_owned()));
    let invoice = renewed.open.as_ref().unwrap().invoice;
    let Payment::Applied(paid) = renewed.paid(invoice, at(0), day(30)) else { panic!("the invoice is open") };
    assert_eq!(plan(&with(id(), *paid), day(30)), Some("ultra".to_owned()));
    // A plan with a trial of its own that lasts as long is tried at once.
    let same = preview(&subscription, 1, &dear(30), day(3)).unwrap();
    assert_eq!((same.effective, plan(&same.subscription, day(3))), (day(3), Some("max".to_owned())));
}

#[test]
fn a_trial_of_a_dear_plan_that_is_changed_to_a_cheap_one_gives_no_grace_on_the_dear_one() {
    let cheap = preview(&trial(30, "max", 1_999), 1, &ask(price("basic", 499)), day(29)).unwrap().subscription;
    assert_eq!((plan(&cheap, day(29)), plan(&cheap, day(30))), (Some("max".to_owned()), Some("basic".to_owned())));
    let open = inner(&cheap).renew(id(), at(0), day(30)).unwrap();
    let invoice = open.managed.open.as_ref().unwrap().invoice;
    let failed = with(id(), open.managed.payment_failed(invoice, Schedule::usual()));
    assert_eq!((open.lines[0].amount, plan(&failed, day(36))), (499, Some("basic".to_owned())));
}

#[test]
fn after_a_trial_nothing_is_changed_before_the_first_period_is_billed() {
    let subscription = trial(14, "basic", 499);
    for now in [day(14), day(14) + SignedDuration::from_hours(23)] {
        assert_eq!(subscription.status(now), Status::PastDue);
        assert_eq!(preview(&subscription, 1, &ask(price("max", 1_999)), now).unwrap_err(), ChangeError::RenewalDue);
    }
}

#[test]
fn cancelling_and_resuming_moves_no_period_and_keeps_a_downgrade_that_was_asked_for() {
    let first = managed(1_999);
    let later = Ask { timing: Timing::PeriodEnd, ..ask(price("basic", 499)) };
    let mut subscription = preview(&first, 1, &later, day(1)).unwrap().subscription;
    let wanted = subscription.clone();
    for number in 2..30 {
        let ending = cancel(&subscription, Cancellation::PeriodEnd, day(number)).unwrap();
        assert_eq!((ending.lines, ending.void), (vec![], None));
        subscription = with(id(), resume(&with(id(), ending.managed), day(number)).unwrap());
    }
    assert_eq!(subscription, wanted);
    let end = inner(&subscription).renewal_at().unwrap();
    let renewed = inner(&subscription).renew(id(), at(0), end).unwrap();
    assert_eq!(renewed.lines[0].amount, 499, "and not the price that was left");
}

#[test]
fn a_trial_that_is_cancelled_and_resumed_ends_when_it_would_have() {
    let mut subscription = trial(14, "pro", 999);
    for number in 1..14 {
        let ending = cancel(&subscription, Cancellation::PeriodEnd, day(number)).unwrap().managed;
        assert_eq!(ending.cancel_at, Some(day(14)));
        subscription = with(id(), resume(&with(id(), ending), day(number)).unwrap());
    }
    assert_eq!(inner(&subscription).due(at(0), day(14)), Due::Renewal);
    let ending = with(id(), cancel(&subscription, Cancellation::PeriodEnd, day(13)).unwrap().managed);
    assert_eq!((ending.status(day(14)), plan(&ending, day(14))), (Status::Ended, None), "not a day of tolerance");
}

#[test]
fn a_coupon_is_redeemed_once_by_a_user_who_cancels_and_starts_again() {
    let pro = price("pro", 999);
    assert!(half_price(1).redeem(&pro, Redemptions::default(), at(0)).is_ok());
    let again = Redemptions { in_all: 1, by_user: 1 };
    assert_eq!(half_price(1).redeem(&pro, again, day(31)), Err(CouponError::UsedByUser));
    let stored = r#"{"code":"half","discount":{"fraction":500000}}"#;
    let coupon: crate::domain::coupon::Coupon = serde_json::from_str(stored).unwrap();
    assert_eq!(coupon.max_per_user, 1, "unless the operator says otherwise");
}

#[test]
fn a_discounted_period_that_is_left_for_another_interval_is_credited_as_it_was_paid() {
    let redeemed = half_price(9).redeem(&price("pro", 1_000), Redemptions::default(), at(0)).unwrap();
    let anchor = Anchor::new(at(0), ZoneName::utc());
    let start = Managed::start(id(), price("pro", 1_000), Some(redeemed), anchor, false).unwrap().managed;
    let invoice = start.open.as_ref().unwrap().invoice;
    let Payment::Applied(start) = start.paid(invoice, at(0), at(0)) else { panic!("the invoice is open") };
    let (mut subscription, mut sum) = (with(id(), *start), 500);
    for number in 0..6 {
        let to = if number % 2 == 0 { yearly("pro", 10_000) } else { price("pro", 1_000) };
        let quote = preview(&subscription, 1, &ask(to), at(0)).unwrap();
        sum += quote.total.stated;
        subscription = settled(&quote, at(0));
    }
    let ended = cancel(&subscription, Cancellation::NowWithCredit, at(0)).unwrap();
    assert_eq!(sum + ended.lines.iter().map(|line| line.amount).sum::<i64>(), 0);
}

#[test]
fn a_coupon_for_some_months_makes_no_year_cheaper() {
    let redeemed = half_price(3).redeem(&price("pro", 1_000), Redemptions::default(), at(0)).unwrap();
    assert_eq!((redeemed.amount(&price("pro", 1_000)), redeemed.amount(&yearly("pro", 10_000))), (500, 10_000));
    let mut coupon = half_price(3);
    coupon.periods = None;
    let always = coupon.redeem(&price("pro", 1_000), Redemptions::default(), at(0)).unwrap();
    assert_eq!(always.amount(&yearly("pro", 10_000)), 5_000, "one for ever is for every interval");
}

#[test]
fn late_word_of_a_failure_gives_no_second_grace_period() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let open = inner(&first).renew(id(), at(0), end).unwrap().managed;
    let invoice = open.open.as_ref().unwrap().invoice;
    let later = |days: i64| end + SignedDuration::from_hours(24 * days);
    assert_eq!(plan(&with(id(), open.clone()), later(2)), None, "no failure was reported");
    let failed = with(id(), open.payment_failed(invoice, Schedule::usual()));
    assert_eq!(plan(&failed, later(6)), Some("pro".to_owned()), "grace counts from the invoice");
    assert_eq!((plan(&failed, later(7)), plan(&failed, later(20))), (None, None));
    assert_eq!(failed.status(later(21)), Status::Ended);
}

#[test]
fn a_downgrade_that_is_not_paid_gives_no_grace_on_the_plan_before() {
    let later = Ask { timing: Timing::Usual, ..ask(price("basic", 499)) };
    let subscription = preview(&managed(1_999), 1, &later, day(1)).unwrap().subscription;
    let end = inner(&subscription).renewal_at().unwrap();
    let open = inner(&subscription).renew(id(), at(0), end).unwrap().managed;
    let invoice = open.open.as_ref().unwrap().invoice;
    let failed = with(id(), open.payment_failed(invoice, Schedule::usual()));
    for subscription in [&with(id(), open), &failed] {
        assert_eq!(plan(subscription, end), Some("basic".to_owned()));
    }
    assert_eq!(plan(&failed, end + SignedDuration::from_hours(24 * 6)), Some("basic".to_owned()));
}

#[test]
fn after_the_last_attempt_another_card_still_pays_and_the_end_still_refunds() {
    let invoice = InvoiceId::new(Uuid::from_u128(1));
    let mut case = DunningCase::open(invoice, day(0));
    for due in [0, 1, 3, 5, 7, 14] {
        let (attempt, charging) = case.begin(day(due)).unwrap();
        case = charging.declined(attempt.number, "insufficient_funds", Schedule::usual(), day(due)).0;
    }
    assert_eq!(case.state, CaseState::Exhausted);
    assert_eq!(case.succeeded().1, Success::Recovered, "the invoice is open until its subscription ends");
    let (attempt, charging) = case.method_replaced(day(15)).unwrap().begin(day(15)).unwrap();
    let (again, notices) = charging.declined(attempt.number, "insufficient_funds", Schedule::usual(), day(15));
    assert_eq!((again.state, notices), (CaseState::Exhausted, Vec::<Notice>::new()), "said once");
    assert_eq!(again.close().succeeded().1, Success::TooLate, "the subscription has ended");
}

#[test]
fn an_unpaid_upgrade_that_is_left_for_a_cancellation_gives_nothing_and_costs_nothing() {
    let subscription = managed(999);
    for to in [price("max", 1_999), yearly("max", 19_990)] {
        let open = preview(&subscription, 1, &ask(to), day(10)).unwrap();
        assert_eq!(plan(&open.subscription, day(10)), Some("pro".to_owned()));
        let step = cancel(&open.subscription, Cancellation::NowWithCredit, day(20)).unwrap();
        let undone = cancel(&subscription, Cancellation::NowWithCredit, day(20)).unwrap();
        assert_eq!((step.void, step.lines), (Some(open.invoice), undone.lines), "the rest of what was paid");
        // The payment that was on its way comes after all.
        let late = step.managed.paid(open.invoice, at(0), day(20));
        assert_eq!(late, Payment::Superfluous);
    }
}

#[test]
fn a_lower_plan_for_a_longer_time_counts_before_it_is_paid() {
    let quote = preview(&managed(1_999), 1, &ask(yearly("basic", 4_990)), day(1)).unwrap();
    assert!(quote.total.stated > 0);
    assert_eq!(plan(&quote.subscription, day(1)), Some("basic".to_owned()), "the dear plan is charged no more");
    let undone = inner(&quote.subscription).abandon(day(2)).unwrap().managed;
    assert_eq!(plan(&with(id(), undone), day(2)), Some("pro".to_owned()));
}

#[test]
fn what_is_to_be_given_up_is_not_paid_though_nobody_has_recorded_that() {
    let quote = preview(&managed(999), 1, &ask(yearly("max", 19_990)), day(1)).unwrap();
    let pay = |now| inner(&quote.subscription).paid(quote.invoice, at(0), now);
    assert!(matches!(pay(day(1) + SignedDuration::from_hours(22)), Payment::Applied(_)));
    assert_eq!(pay(day(2)), Payment::Superfluous);
    // Nor is a period that has passed.
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let open = inner(&first).renew(id(), at(0), end).unwrap().managed;
    let invoice = open.open.as_ref().unwrap().invoice;
    assert_eq!(open.paid(invoice, at(0), open.renewal_at().unwrap()), Payment::Superfluous);
}

#[derive(Debug, Clone)]
enum Move {
    Wait(i64),
    Change(usize, bool, i64),
    CancelAndResume,
    Sweep { pays: bool },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0..900_000_i64).prop_map(Move::Wait),
        6 => (0..5_usize, any::<bool>(), 0..1_200_i64).prop_map(|(to, now, wait)| Move::Change(to, now, wait)),
        1 => Just(Move::CancelAndResume),
        4 => prop::bool::weighted(0.9).prop_map(|pays| Move::Sweep { pays }),
    ];
    prop::collection::vec(one, 1..60)
}

fn swept(subscription: &Subscription, pays: bool, now: Timestamp) -> (Subscription, Vec<Step>) {
    let (mut managed, mut steps) = (inner(subscription).clone(), Vec::new());
    for _ in 0..4 {
        let step = match managed.due(at(0), now) {
            Due::Renewal => managed.renew(id(), at(0), now),
            Due::Abandonment => managed.abandon(now),
            Due::End => managed.finish(now),
            Due::At(_) | Due::Never => None,
        };
        let Some(step) = step else { break };
        managed = step.managed.clone();
        steps.push(step);
    }
    if let Some(invoice) = managed.open.as_ref().map(|open| open.invoice).filter(|_| pays)
        && let Payment::Applied(paid) = managed.paid(invoice, at(0), now)
    {
        managed = *paid;
    }
    (with(id(), managed), steps)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Whatever is changed, nobody is entitled to the dearest plan unless a period on it is paid for.
    #[test]
    fn the_plan_that_is_used_is_never_dearer_than_what_is_paid_for(moves in moves()) {
        let prices = [
            price("basic", 499), price("pro", 999), price("max", 1_999), yearly("basic", 4_990), yearly("max", 19_990),
        ];
        let (mut subscription, mut now) = (managed(999), at(0));
        for one in moves {
            match one {
                Move::Wait(seconds) => now += SignedDuration::from_secs(seconds),
                Move::Change(to, is_now, wait) => {
                    let timing = if is_now { Timing::Now } else { Timing::Usual };
                    let ask = Ask { timing, ..ask(prices[to].clone()) };
                    let as_of = now;
                    now += SignedDuration::from_secs(wait);
                    if let Ok(quote) = preview(&subscription, 1, &ask, as_of)
                        && let Ok(made) = change(&subscription, 1, &ask, (as_of, &quote.hash), now)
                    {
                        subscription = made.subscription;
                    }
                }
                Move::CancelAndResume => {
                    if let Ok(ending) = cancel(&subscription, Cancellation::PeriodEnd, now)
                        && let Ok(resumed) = resume(&with(id(), ending.managed), now)
                    {
                        subscription = with(id(), resumed);
                    }
                }
                Move::Sweep { pays } => subscription = swept(&subscription, pays, now).0,
            }
            let managed = inner(&subscription);
            if let Some(account) = managed.account.as_ref().filter(|_| managed.open.is_none()) {
                prop_assert!(account.due().is_empty(), "all is billed");
                let granted = plan(&subscription, now);
                let charged = account.changes.last().and_then(|last| last.charge).map(|charge| charge.price);
                let is_paid = prices.iter().any(|one| Some(one.id) == charged && granted == Some(one.plan.to_string()));
                let is_first = charged == Some(price("pro", 999).id) && granted == Some("pro".to_owned());
                let is_lower = managed.next_price.as_ref().is_some_and(|next| granted == Some(next.plan.to_string()));
                prop_assert!(granted.is_none() || is_paid || is_first || is_lower, "{granted:?} for {charged:?}");
            }
        }
    }
}
