//! 10^5 random interleavings against a table in memory that knows what DynamoDB's transaction knows: conditions on parts,
//! and a record per transfer. What is decided here is what the store writes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use types::{CurrencyCode, Money, TransferId};

use crate::test_ledger::{Account, Holder, Kind, TestLedger, person as user, shelter as point};
use crate::{MAX_SHARD_MINOR, NotEnough, Shards, Unbalanced, totals};

type Balance = crate::Balance<TestLedger>;
type Change = crate::Change<TestLedger>;
type Entry = crate::Entry<TestLedger>;
type Heading = crate::Heading<TestLedger>;
type Posting = crate::Posting<TestLedger>;
type Transfer = crate::Transfer<TestLedger>;

fn code(text: &str) -> CurrencyCode {
    CurrencyCode::parse(text).unwrap()
}

fn heading(id: u64, kind: Kind) -> Heading {
    let id = TransferId::new(types::derive_id(&[&id.to_string()]));
    Heading { id, kind, at: Timestamp::UNIX_EPOCH, reference: None, message: None }
}

type Part = (Account, CurrencyCode, u8);

/// The table.
#[derive(Default)]
struct Table {
    parts: BTreeMap<Part, i64>,
    entries: Vec<Entry>,
    records: BTreeMap<TransferId, Transfer>,
    refused: u32,
    replayed: u32,
}

impl Table {
    fn known(&self) -> Vec<Balance> {
        let part = |((account, currency, shard), amount): (&Part, &i64)| Balance {
            account: *account,
            currency: currency.clone(),
            shard: *shard,
            amount: *amount,
        };
        self.parts.iter().map(part).collect()
    }

    /// What DynamoDB does: all conditions hold and all is written, or nothing is. True if the transfer happened or had.
    fn commit(&mut self, transfer: &Transfer, changes: &[Change]) -> bool {
        if let Some(before) = self.records.get(&transfer.id()) {
            assert!(before.is_same(transfer));
            self.replayed += 1;
            return true;
        }
        let mut touched = BTreeSet::new();
        for change in changes {
            let key = (change.account, change.currency.clone(), change.shard);
            // DynamoDB refuses two writes of one item in a transaction.
            assert!(touched.insert(key.clone()), "a part is changed twice");
            let next = self.parts.get(&key).copied().unwrap_or(0).checked_add(change.by).unwrap();
            if !(0..=MAX_SHARD_MINOR).contains(&next) {
                self.refused += 1;
                return false;
            }
        }
        for change in changes {
            *self.parts.entry((change.account, change.currency.clone(), change.shard)).or_default() += change.by;
        }
        self.entries.extend(transfer.entries());
        self.records.insert(transfer.id(), transfer.clone());
        true
    }

    fn check(&self) {
        assert!(self.parts.values().all(|amount| *amount >= 0), "a balance is below zero");
        let mut sums: BTreeMap<&CurrencyCode, i128> = BTreeMap::new();
        let postings = self.records.values().flat_map(Transfer::postings);
        for Posting { money, .. } in postings {
            *sums.entry(&money.currency).or_default() += i128::from(money.amount_minor);
        }
        assert!(sums.values().all(|sum| *sum == 0), "money appeared or vanished: {sums:?}");
        let mut statements: BTreeMap<(Account, &CurrencyCode), i64> = BTreeMap::new();
        for entry in &self.entries {
            *statements.entry((entry.account, &entry.money.currency)).or_default() += entry.money.amount_minor;
        }
        let mut balances: BTreeMap<(Account, &CurrencyCode), i64> = BTreeMap::new();
        for ((account, currency, _), amount) in &self.parts {
            *balances.entry((*account, currency)).or_default() += amount;
        }
        assert_eq!(statements, balances, "a statement differs from its balance");
    }
}

/// Something that somebody asks for. `stale` says that others come between its reading and its writing.
#[derive(Debug, Clone)]
enum Ask {
    Deposit { to: u8, amount: i64 },
    Reward { to: u8, amount: i64 },
    Transfer { from: u8, to: u8, amount: i64, stale: bool },
    Donation { from: u8, to: u8, amount: i64 },
    Spend { point: u8, to: u8, amount: i64, stale: bool },
    Hold { of: u8, amount: i64 },
    Release { of: u8, amount: i64 },
    Refund { which: prop::sample::Index },
    Replay { which: prop::sample::Index },
}

fn ask() -> impl Strategy<Value = Ask> {
    let (who, amount) = (0..4_u8, 1..200_i64);
    prop_oneof![
        (who.clone(), amount.clone()).prop_map(|(to, amount)| Ask::Deposit { to, amount }),
        (who.clone(), amount.clone()).prop_map(|(to, amount)| Ask::Reward { to, amount }),
        (who.clone(), who.clone(), amount.clone(), any::<bool>()).prop_map(|(from, to, amount, stale)| Ask::Transfer {
            from,
            to,
            amount,
            stale
        }),
        (who.clone(), 0..2_u8, amount.clone()).prop_map(|(from, to, amount)| Ask::Donation { from, to, amount }),
        (0..2_u8, who.clone(), amount.clone(), any::<bool>()).prop_map(|(point, to, amount, stale)| Ask::Spend {
            point,
            to,
            amount,
            stale
        }),
        (who.clone(), amount.clone()).prop_map(|(of, amount)| Ask::Hold { of, amount }),
        (who, amount).prop_map(|(of, amount)| Ask::Release { of, amount }),
        any::<prop::sample::Index>().prop_map(|which| Ask::Refund { which }),
        any::<prop::sample::Index>().prop_map(|which| Ask::Replay { which }),
    ]
}

/// The transfer that is asked for, if it makes one.
fn wanted(ask: &Ask, number: u64, before: &[Transfer]) -> Option<Transfer> {
    let currency = if number.is_multiple_of(3) { code("POINTS") } else { code("EUR") };
    let between = |kind, from, to, amount| {
        Transfer::between(heading(number, kind), from, to, Money::new(amount, currency.clone())).ok()
    };
    let held = |account: Account| match account {
        Account::Free(holder) => Some(Account::Held(holder)),
        _ => None,
    };
    match ask {
        Ask::Deposit { to, amount } => between(Kind::Deposit, Account::Provider, user(*to), *amount),
        Ask::Reward { to, amount } => between(Kind::Reward, Account::Issuance, user(*to), *amount),
        Ask::Transfer { from, to, amount, .. } => between(Kind::Transfer, user(*from), user(*to), *amount),
        Ask::Donation { from, to, amount } => between(Kind::Donation, user(*from), point(*to), *amount),
        Ask::Spend { point: from, to, amount, .. } => between(Kind::Transfer, point(*from), user(*to), *amount),
        Ask::Hold { of, amount } => between(Kind::Hold, user(*of), held(user(*of))?, *amount),
        Ask::Release { of, amount } => between(Kind::Release, held(user(*of))?, user(*of), *amount),
        Ask::Refund { which } if !before.is_empty() => which.get(before).reversed(heading(number, Kind::Refund)).ok(),
        Ask::Replay { which } if !before.is_empty() => Some(which.get(before).clone()),
        Ask::Refund { .. } | Ask::Replay { .. } => None,
    }
}

/// Runs what is asked for, some of it decided on what stood there a while ago.
fn run(asks: &[Ask], shards: Shards) -> Table {
    let (mut table, mut asked, mut waiting) = (Table::default(), Vec::new(), Vec::new());
    for (number, ask) in (0_u64..).zip(asks) {
        let Some(transfer) = wanted(ask, number, &asked) else { continue };
        asked.push(transfer.clone());
        match transfer.changes(shards, &table.known()) {
            Err(NotEnough) => table.refused += 1,
            Ok(changes) if matches!(ask, Ask::Transfer { stale: true, .. } | Ask::Spend { stale: true, .. }) => {
                waiting.push((transfer, changes));
            }
            Ok(changes) => drop(table.commit(&transfer, &changes)),
        }
        if waiting.len() > 3 {
            let (transfer, changes) = waiting.remove(0);
            table.commit(&transfer, &changes);
        }
        if number.is_multiple_of(499) {
            table.check();
        }
    }
    for (transfer, changes) in waiting {
        table.commit(&transfer, &changes);
    }
    table.check();
    table
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    // 50 cases of 2 000: 10^5.
    #[test]
    fn no_interleaving_makes_or_loses_money(
        asks in prop::collection::vec(ask(), 2_000),
        points in prop_oneof![Just(1_u8), Just(4), Just(16)],
    ) {
        let table = run(&asks, Shards::per_account(points));
        // The test would say nothing if all or none were refused.
        prop_assert!(table.records.len() > 500 && table.refused > 50 && table.replayed > 20);
    }

    #[test]
    fn what_does_not_sum_to_zero_is_no_transfer(
        amounts in prop::collection::vec(-1_000..1_000_i64, 1..10),
    ) {
        let posting = |(at, amount): (u8, &i64)| Posting { account: user(at), money: Money::new(*amount, code("EUR")) };
        let postings: Vec<_> = (0_u8..).zip(&amounts).map(posting).collect();
        let right = (2..=8).contains(&amounts.len())
            && amounts.iter().sum::<i64>() == 0 && amounts.iter().all(|amount| *amount != 0);
        prop_assert_eq!(Transfer::new(heading(1, Kind::Transfer), postings).is_ok(), right);
    }
}

#[test]
fn a_transfer_is_refused_that_moves_nothing_twice_or_between_currencies() {
    let posting = |account, amount, text| Posting { account, money: Money::new(amount, code(text)) };
    let new = |postings| Transfer::new(heading(1, Kind::Transfer), postings).map(|_| ());
    assert_eq!(new(vec![posting(user(1), 0, "EUR"), posting(user(2), 0, "EUR")]), Err(Unbalanced::Nothing));
    assert_eq!(new(vec![posting(user(1), -5, "EUR"), posting(user(1), 5, "EUR")]), Err(Unbalanced::Twice));
    assert_eq!(new(vec![posting(user(1), -5, "EUR"), posting(user(2), 5, "USD")]), Err(Unbalanced::Sum));
    assert_eq!(new(vec![posting(user(1), i64::MIN, "EUR"), posting(user(2), i64::MAX, "EUR")]), Err(Unbalanced::Sum));
    let exchange = vec![
        posting(user(1), -5, "EUR"),
        posting(user(2), 5, "EUR"),
        posting(user(2), -50, "POINTS"),
        posting(user(1), 50, "POINTS"),
    ];
    assert_eq!(new(exchange), Ok(()));
    let minimum = Transfer::between(heading(1, Kind::Transfer), user(1), user(2), Money::new(i64::MIN, code("EUR")));
    assert_eq!(minimum.map(|_| ()), Err(Unbalanced::Sum));
}

#[test]
fn the_same_is_the_same_whenever_it_is_asked_for_and_other_words_are_not() {
    let ask = |at: i64, amount, message: Option<&str>| {
        let heading = Heading {
            at: Timestamp::from_second(at).unwrap(),
            message: message.map(str::to_owned),
            ..heading(1, Kind::Transfer)
        };
        Transfer::between(heading, user(1), user(2), Money::new(amount, code("EUR"))).unwrap()
    };
    assert!(ask(1, 5, Some("a")).is_same(&ask(2, 5, Some("a"))));
    assert!(!ask(1, 5, Some("a")).is_same(&ask(1, 6, Some("a"))));
    assert!(!ask(1, 5, Some("a")).is_same(&ask(1, 5, None)));
}

#[test]
fn lines_name_the_other_side_and_only_the_author_s_line_leads_to_the_reader_s() {
    let heading = Heading { message: Some("for the cats".to_owned()), ..heading(1, Kind::Transfer) };
    let transfer = Transfer::between(heading, user(1), user(2), Money::new(5, code("EUR"))).unwrap();
    let [gave, got] = <[Entry; 2]>::try_from(transfer.entries()).unwrap();
    assert_eq!((gave.counterparty, got.counterparty), (Some(user(2)), Some(user(1))));
    assert_eq!((gave.read_by(), got.read_by()), (Some(user(2)), None));
}

#[test]
fn totals_count_what_is_held_apart() {
    let part = |account, shard, amount| Balance { account, currency: code("EUR"), shard, amount };
    let held = Account::Held(Holder::Shelter(1));
    let all = totals([part(point(1), 0, 5), part(point(1), 3, 7), part(held, 0, 2)]);
    let total = all[&code("EUR")];
    assert_eq!((total.available, total.held), (12, 2));
}
