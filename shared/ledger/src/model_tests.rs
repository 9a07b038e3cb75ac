//! 10^5 random interleavings against a table in memory that knows what DynamoDB's transaction knows: conditions on parts,
//! and a record per transfer. What is decided here is what the store writes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use types::{CurrencyCode, Money, TransferId};

use crate::test_ledger::{Account, Holder, Kind, TestLedger, person as user, shelter as point};
use crate::{LedgerAccount, MAX_SHARD_MINOR, NotEnough, Shards, Unbalanced, totals};

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

/// The amount of a shard, and what is owed.
#[derive(Debug, Clone, Copy, Default)]
struct Shard {
    amount: i64,
    owed: i64,
}

/// The table.
#[derive(Default)]
struct Table {
    parts: BTreeMap<Part, Shard>,
    entries: Vec<Entry>,
    records: BTreeMap<TransferId, Transfer>,
    refused: u32,
    replayed: u32,
    indebted: u32,
    repaid: u32,
}

impl Table {
    fn known(&self) -> Vec<Balance> {
        let part = |((account, currency, shard), stored): (&Part, &Shard)| Balance {
            account: *account,
            currency: currency.clone(),
            shard: *shard,
            amount: stored.amount,
            owed: stored.owed,
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
            let stored = self.parts.get(&key).copied().unwrap_or_default();
            let (amount, owed) = (stored.amount + change.by, stored.owed + change.owes);
            let owed_fits = change.debt_bounds().is_none_or(|bounds| bounds.contains(&owed));
            if !change.amount_bounds().contains(&amount) || !owed_fits {
                self.refused += 1;
                return false;
            }
        }
        for change in changes {
            let stored = self.parts.entry((change.account, change.currency.clone(), change.shard)).or_default();
            stored.amount += change.by;
            stored.owed += change.owes;
            self.indebted += u32::from(change.owes > 0);
            self.repaid += u32::from(change.owes < 0);
            assert!(stored.amount == 0 || stored.owed == 0, "a debt was not repaid first, or money was kept from it");
        }
        self.entries.extend(transfer.entries());
        self.records.insert(transfer.id(), transfer.clone());
        true
    }

    fn check(&self) {
        let fits = |shard: &Shard| (0..=MAX_SHARD_MINOR).contains(&shard.amount) && shard.owed >= 0;
        assert!(self.parts.values().all(fits), "a balance or a debt is below zero");
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
        for ((account, currency, _), shard) in &self.parts {
            *balances.entry((*account, currency)).or_default() += shard.amount;
            let debt = account.debt().map(|debt| balances.entry((debt, currency)).or_default());
            if let Some(debt) = debt {
                *debt -= shard.owed;
            }
        }
        statements.retain(|_, sum| *sum != 0);
        balances.retain(|_, sum| *sum != 0);
        assert_eq!(statements, balances, "a statement differs from its balance");
    }
}

/// A requested transfer. `stale` says that others commit between its reading and its writing.
#[derive(Debug, Clone)]
enum Command {
    Deposit {
        to: u8,
        amount: i64,
    },
    Reward {
        to: u8,
        amount: i64,
    },
    Transfer {
        from: u8,
        to: u8,
        amount: i64,
        stale: bool,
    },
    Donation {
        from: u8,
        to: u8,
        amount: i64,
    },
    Spend {
        point: u8,
        to: u8,
        amount: i64,
        stale: bool,
    },
    Hold {
        of: u8,
        amount: i64,
    },
    Release {
        of: u8,
        amount: i64,
    },
    Refund {
        which: prop::sample::Index,
    },
    /// A card gets a deposit back, whether or not the money was spent.
    TakeBack {
        from: u8,
        amount: i64,
        stale: bool,
    },
    /// A cardholder disputes a deposit: the money is frozen, whether or not it was spent.
    Dispute {
        of: u8,
        amount: i64,
        stale: bool,
    },
    /// The dispute is won: the money is released.
    Won {
        of: u8,
        amount: i64,
    },
    /// The dispute is lost: the money goes to the cardholder.
    Lost {
        of: u8,
        amount: i64,
    },
    Replay {
        which: prop::sample::Index,
    },
}

fn command() -> impl Strategy<Value = Command> {
    let (who, amount) = (0..4_u8, 1..200_i64);
    prop_oneof![
        (who.clone(), amount.clone()).prop_map(|(to, amount)| Command::Deposit { to, amount }),
        (who.clone(), amount.clone()).prop_map(|(to, amount)| Command::Reward { to, amount }),
        (who.clone(), who.clone(), amount.clone(), any::<bool>())
            .prop_map(|(from, to, amount, stale)| Command::Transfer { from, to, amount, stale }),
        (who.clone(), 0..2_u8, amount.clone()).prop_map(|(from, to, amount)| Command::Donation { from, to, amount }),
        (0..2_u8, who.clone(), amount.clone(), any::<bool>()).prop_map(|(point, to, amount, stale)| Command::Spend {
            point,
            to,
            amount,
            stale
        }),
        (who.clone(), amount.clone()).prop_map(|(of, amount)| Command::Hold { of, amount }),
        (who.clone(), amount.clone()).prop_map(|(of, amount)| Command::Release { of, amount }),
        (who.clone(), amount.clone(), any::<bool>()).prop_map(|(from, amount, stale)| Command::TakeBack {
            from,
            amount,
            stale
        }),
        (who.clone(), amount.clone(), any::<bool>()).prop_map(|(of, amount, stale)| Command::Dispute {
            of,
            amount,
            stale
        }),
        (who.clone(), amount.clone()).prop_map(|(of, amount)| Command::Won { of, amount }),
        (who, amount).prop_map(|(of, amount)| Command::Lost { of, amount }),
        any::<prop::sample::Index>().prop_map(|which| Command::Refund { which }),
        any::<prop::sample::Index>().prop_map(|which| Command::Replay { which }),
    ]
}

/// The transfer of a command, if it makes one.
fn requested(command: &Command, number: u64, before: &[Transfer]) -> Option<Transfer> {
    let currency = if number.is_multiple_of(3) { code("POINTS") } else { code("EUR") };
    let between = |kind, from, to, amount| {
        Transfer::between(heading(number, kind), from, to, Money::new(amount, currency.clone())).ok()
    };
    let held = |account: Account| match account {
        Account::Free(holder) => Some(Account::Held(holder)),
        _ => None,
    };
    match command {
        Command::Deposit { to, amount } => between(Kind::Deposit, Account::Provider, user(*to), *amount),
        Command::Reward { to, amount } => between(Kind::Reward, Account::Issuance, user(*to), *amount),
        Command::Transfer { from, to, amount, .. } => between(Kind::Transfer, user(*from), user(*to), *amount),
        Command::Donation { from, to, amount } => between(Kind::Donation, user(*from), point(*to), *amount),
        Command::Spend { point: from, to, amount, .. } => between(Kind::Transfer, point(*from), user(*to), *amount),
        Command::Hold { of, amount } => between(Kind::Hold, user(*of), held(user(*of))?, *amount),
        Command::Release { of, amount } | Command::Won { of, amount } => {
            between(Kind::Release, held(user(*of))?, user(*of), *amount)
        }
        Command::TakeBack { from, amount, .. } => {
            between(Kind::Refund, user(*from), Account::Provider, *amount).map(Transfer::enforced)
        }
        Command::Dispute { of, amount, .. } => {
            between(Kind::Dispute, user(*of), held(user(*of))?, *amount).map(Transfer::enforced)
        }
        Command::Lost { of, amount } => between(Kind::Dispute, held(user(*of))?, Account::Provider, *amount),
        Command::Refund { which } if !before.is_empty() => {
            which.get(before).reversed(heading(number, Kind::Refund)).ok()
        }
        Command::Replay { which } if !before.is_empty() => Some(which.get(before).clone()),
        Command::Refund { .. } | Command::Replay { .. } => None,
    }
}

/// Posts a transfer as the store does: with the debts that were read, and once more with those that it met.
fn post(table: &mut Table, transfer: &Transfer, shards: Shards, known: &[Balance]) {
    let settled = transfer.settled(known);
    match settled.changes(shards, known) {
        Err(NotEnough) => table.refused += 1,
        Ok(changes) => drop(table.commit(&settled, &changes)),
    }
}

/// Runs commands, some of them decided on what was read a while ago.
fn run(commands: &[Command], shards: Shards) -> Table {
    let (mut table, mut posted, mut waiting) = (Table::default(), Vec::new(), Vec::new());
    for (number, command) in (0_u64..).zip(commands) {
        let Some(transfer) = requested(command, number, &posted) else { continue };
        posted.push(transfer.clone());
        let is_stale = matches!(
            command,
            Command::Transfer { stale: true, .. }
                | Command::Spend { stale: true, .. }
                | Command::TakeBack { stale: true, .. }
                | Command::Dispute { stale: true, .. }
        );
        let known = table.known();
        if is_stale {
            waiting.push((transfer, known));
        } else {
            // A credit does not read debts first, and is refused where it meets one.
            let unread: Vec<_> = known.iter().cloned().map(|part| Balance { owed: 0, ..part }).collect();
            if number.is_multiple_of(2) {
                post(&mut table, &transfer, shards, &unread);
            }
            post(&mut table, &transfer, shards, &known);
        }
        if waiting.len() > 3 {
            let (transfer, known) = waiting.remove(0);
            post(&mut table, &transfer, shards, &known);
        }
        if number.is_multiple_of(499) {
            table.check();
        }
    }
    for (transfer, known) in waiting {
        post(&mut table, &transfer, shards, &known);
    }
    table.check();
    table
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    // 50 cases of 2 000: 10^5.
    #[test]
    fn no_interleaving_makes_or_loses_money(
        commands in prop::collection::vec(command(), 2_000),
        points in prop_oneof![Just(1_u8), Just(4), Just(16)],
    ) {
        let table = run(&commands, Shards::per_account(points));
        // The test would say nothing if all or none were refused.
        prop_assert!(table.records.len() > 300 && table.refused > 30 && table.replayed > 10);
        prop_assert!(table.indebted > 4 && table.repaid > 4, "{} {}", table.indebted, table.repaid);
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

fn balance(account: Account, amount: i64, owed: i64) -> Balance {
    Balance { account, currency: code("EUR"), shard: 0, amount, owed }
}

fn amounts(transfer: &Transfer) -> Vec<(Account, i64)> {
    transfer.postings().iter().map(|posting| (posting.account, posting.money.amount_minor)).collect()
}

#[test]
fn an_enforced_debit_takes_what_is_available_and_the_rest_is_owed() {
    let euros = |amount| Money::new(amount, code("EUR"));
    let take = Transfer::between(heading(1, Kind::Refund), user(1), Account::Provider, euros(100)).unwrap().enforced();
    let owed = Account::Owed(Holder::Person(1));
    for (has, postings) in [
        (150, vec![(user(1), -100), (Account::Provider, 100)]),
        (30, vec![(user(1), -30), (owed, -70), (Account::Provider, 100)]),
        (0, vec![(owed, -100), (Account::Provider, 100)]),
    ] {
        let settled = take.settled(&[balance(user(1), has, 0)]);
        assert_eq!(amounts(&settled), postings);
        assert!(settled.is_same(&take), "a repeated request has the same fingerprint");
    }
}

#[test]
fn a_credit_repays_the_debt_first_and_its_line_names_the_account_of_the_other_side() {
    let give = |amount| {
        let money = Money::new(amount, code("EUR"));
        Transfer::between(heading(1, Kind::Transfer), user(2), user(1), money).unwrap()
    };
    let (owed, known) = (Account::Owed(Holder::Person(1)), [balance(user(1), 0, 70)]);
    assert_eq!(amounts(&give(100).settled(&known)), [(user(2), -100), (user(1), 30), (owed, 70)]);
    let all = give(50).settled(&known);
    assert_eq!(amounts(&all), [(user(2), -50), (owed, 50)]);
    assert_eq!(all.entries()[0].counterparty, Some(user(1)));
    let change = all.changes(Shards::default(), &known).unwrap().remove(1);
    assert_eq!((change.account, change.by, change.owes), (user(1), 0, -50));
}

#[test]
fn totals_count_what_is_held_apart() {
    let part = |account, shard, amount| Balance { account, currency: code("EUR"), shard, amount, owed: 0 };
    let held = Account::Held(Holder::Shelter(1));
    let all = totals([part(point(1), 0, 5), part(point(1), 3, 7), part(held, 0, 2)]);
    let total = all[&code("EUR")];
    assert_eq!((total.available, total.held), (12, 2));
}
