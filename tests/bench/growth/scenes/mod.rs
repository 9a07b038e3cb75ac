//! What grows, and what is asked while it does: a scene for each list, for the search, for balances, for the evaluation of
//! badges, and for what is done to one person among many.
//!
//! Contexts write one thing of a kind by their own means. Copies of its items, with other ids and earlier times, are put
//! into the table by their thousands, so that what is asked for stands on top of them in every size. The tables of the
//! tests ask the same scenes with fewer items.

mod analytics;
mod aquariums;
mod ask;
mod badges;
mod billing;
mod catalog;
mod checkout;
mod copies;
mod events;
mod identity;
mod knowledge;
mod listed;
mod media;
mod notifications;
mod orders;
mod payments;
mod people;
mod points;
mod screens;
mod search;
mod sold;
mod storefront;
mod timeline;
mod vision;
mod wallet;

use std::pin::Pin;
use std::time::{Duration, Instant};

use testkit::{Template, TestTable};

pub use ask::{Answer, Used};
pub use listed::{expected, lists};

/// What kind of thing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    List,
    Search,
    FullText,
    Balance,
    Transfer,
    Checkout,
    Evaluation,
    Export,
    Forgetting,
}

impl Kind {
    /// As the report names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Search => "search",
            Self::FullText => "full_text",
            Self::Balance => "balance",
            Self::Transfer => "transfer",
            Self::Checkout => "checkout",
            Self::Evaluation => "evaluation",
            Self::Export => "export",
            Self::Forgetting => "forgetting",
        }
    }
}

/// What must be true of the cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Claim {
    /// It is the same for any number of items, from so many on.
    Level(usize),
    /// It grows with what lies where one looks, up to so many calls and read units.
    Bounded { calls: u32, read_units: f64 },
    /// It grows, since what is asked for does; no others' items are part of it.
    Own,
}

impl Claim {
    /// As the report names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Level(_) => "level",
            Self::Bounded { .. } => "bounded",
            Self::Own => "own",
        }
    }
}

/// How often something is asked, unless told otherwise.
const RUNS: usize = 21;
/// From how many items on most answers are as large as they get: a page of twenty, and the hundred unread ones that are
/// counted, with room for lists that several partitions share.
const SETTLED: usize = 200;

type Starting = Pin<Box<dyn Future<Output = Scene>>>;
type Asking = Pin<Box<dyn Future<Output = Answer>>>;

/// A scene, before it is set.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The endpoint, as `GET /v1/community/points`, or the consumer, and what is particular about the case.
    pub name: &'static str,
    pub kind: Kind,
    /// What there are so many of.
    pub grows: &'static str,
    pub claim: Claim,
    /// How often it is asked for each size.
    pub runs: usize,
    start: fn() -> Starting,
}

impl Entry {
    const fn new(kind: Kind, name: &'static str, grows: &'static str, start: fn() -> Starting) -> Self {
        Self { name, kind, grows, claim: Claim::Level(SETTLED), runs: RUNS, start }
    }

    const fn list(name: &'static str, grows: &'static str, start: fn() -> Starting) -> Self {
        Self::new(Kind::List, name, grows, start)
    }

    const fn claiming(self, claim: Claim) -> Self {
        Self { claim, ..self }
    }

    const fn asked(self, runs: usize) -> Self {
        Self { runs, ..self }
    }

    /// Sets the scene.
    pub async fn start(&self) -> Scene {
        (self.start)().await
    }

    /// The endpoint, without what is particular about the case.
    pub fn endpoint(&self) -> &'static str {
        let end = self.name[4..].find(['?', ' ']).map_or(self.name.len(), |at| at + 4);
        &self.name[..end]
    }
}

/// A table, and what is asked of it.
pub struct Scene {
    table: TestTable,
    items: usize,
    grow: Box<dyn Fn(usize) -> Vec<Template>>,
    ask: Box<dyn Fn(usize) -> Asking>,
    /// How many items a page has once there are enough, and whether another follows; none for what is no list.
    shows: Option<(usize, bool)>,
}

/// What asking came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// How many items there were.
    pub items: usize,
    /// The status that was answered; 200 for consumers.
    pub status: u16,
    /// The median of each figure.
    pub used: Used,
    /// The median.
    pub time: Duration,
}

impl Scene {
    fn new(
        table: &TestTable,
        grow: impl Fn(usize) -> Vec<Template> + 'static,
        ask: impl Fn(usize) -> Asking + 'static,
    ) -> Self {
        Self { table: table.clone(), items: 1, grow: Box::new(grow), ask: Box::new(ask), shows: None }
    }

    /// A list of which the first page has so many items, and is followed by another one or not.
    fn showing(self, items: usize, more: bool) -> Self {
        Self { shows: Some((items, more)), ..self }
    }

    /// Lets there be so many items.
    pub fn grow_to(&mut self, items: usize) {
        while self.items < items {
            let next = items.min(self.items + 2_000);
            self.table.fill((self.items..next).flat_map(&self.grow));
            self.items = next;
        }
    }

    /// Asks a number of times. Once there are so many that the cost must be level, a page must be as full as it gets.
    pub async fn ask(&self, entry: &Entry, runs: usize) -> Measured {
        let is_settled = match entry.claim {
            Claim::Level(from) => self.items >= from,
            Claim::Bounded { .. } => self.items >= SETTLED,
            Claim::Own => false,
        };
        // The first one opens a connection.
        (self.ask)(usize::MAX).await;
        let (mut answers, mut times) = (Vec::new(), Vec::new());
        for run in 0..runs {
            let asking = (self.ask)(run);
            let started = Instant::now();
            let answer = asking.await;
            times.push(started.elapsed());
            if let Some(shows) = self.shows.filter(|_| is_settled) {
                assert_eq!(answer.page, Some(shows), "{}: how many items, and whether more follow", entry.name);
            }
            answers.push(answer);
        }
        times.sort_unstable();
        let used = Used::median(answers.iter().map(|answer| answer.used));
        Measured { items: self.items, status: answers[0].status, used, time: times[times.len() / 2] }
    }
}

/// All scenes, by context.
pub const ALL: &[&[Entry]] = &[
    analytics::SCENES,
    aquariums::SCENES,
    badges::SCENES,
    billing::SCENES,
    catalog::SCENES,
    checkout::SCENES,
    events::SCENES,
    identity::SCENES,
    knowledge::SCENES,
    media::SCENES,
    notifications::SCENES,
    orders::SCENES,
    payments::SCENES,
    people::SCENES,
    points::SCENES,
    screens::SCENES,
    sold::SCENES,
    search::SCENES,
    storefront::SCENES,
    timeline::SCENES,
    vision::SCENES,
    wallet::SCENES,
];

/// Why what was measured contradicts the claim; nothing if it does not.
pub fn contradiction(entry: &Entry, measured: &[Measured]) -> Option<String> {
    let told = |sizes: &[&Measured]| {
        let sizes: Vec<_> = sizes.iter().map(|size| format!("{} at {} items", size.used, size.items)).collect();
        format!("{}: {}", entry.name, sizes.join(", "))
    };
    match entry.claim {
        Claim::Level(from) => {
            let settled: Vec<_> = measured.iter().filter(|size| size.items >= from).collect();
            let is_level = settled.windows(2).all(|pair| pair[0].used == pair[1].used);
            (!is_level || settled.len() < 2).then(|| told(&settled))
        }
        Claim::Bounded { calls, read_units } => {
            let within = |used: Used| used.calls <= calls && used.read_units <= read_units;
            let beyond: Vec<_> = measured.iter().filter(|size| !within(size.used)).collect();
            (!beyond.is_empty()).then(|| format!("{}, more than {calls} calls or {read_units} units", told(&beyond)))
        }
        Claim::Own => None,
    }
}
