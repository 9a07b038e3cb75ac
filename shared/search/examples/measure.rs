//! Measures the engine with a generated shop, in two processes, so that the second has only the memory of searches:
//!
//! ```sh
//! cargo build --release -p search-engine --example measure
//! target/release/examples/measure build 100000 /tmp/index
//! target/release/examples/measure search 100000 /tmp/index
//! ```
//!
//! Times of searches are the processor's, which other load on the machine hardly changes, and in brackets those of the clock.

#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for the command line: it prints, and stops at the first error"
)]

#[path = "../tests/shop/mod.rs"]
mod shop;

use std::time::{Duration, Instant};

use search_engine::{Change, Changes, FacetName, Filter, FinishedQuery, Index, SearchQuery, Sort, Synonyms, build};
use shop::{PRODUCTS, Shop};

/// Searches per measured kind.
const SEARCHES: usize = 1_000;
/// Changes on top of the index.
const CHANGES: usize = 2_000;

/// Makes the next search of a kind.
type MakeQuery = Box<dyn FnMut(&mut Shop) -> SearchQuery>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, command, documents, file] = arguments.as_slice() else {
        panic!("usage: measure build|search DOCUMENTS FILE")
    };
    let documents = documents.parse().expect("the second argument is a number");
    match command.as_str() {
        "build" => build_file(documents, file),
        _ => search_file(documents, file),
    }
    println!("memory {}, load {}", memory(), std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
}

fn build_file(documents: usize, file: &str) {
    let mut shop = Shop::new(1, documents);
    let products: Vec<_> = (0..documents).map(|number| shop.product(number)).collect();
    let queries: Vec<_> = (1..5_000).map(|count| FinishedQuery { text: shop.words(1, 3), count }).collect();
    println!("memory of the documents {}", memory());
    let start = Stopwatch::start();
    let built = build(&PRODUCTS, products, &Synonyms::default(), &queries).expect("the documents are valid");
    println!("documents {documents}, {:.1} MB, built in {}", built.bytes.len() as f64 / 1e6, start.elapsed());
    std::fs::write(file, built.bytes).expect("the file can be written");
}

fn search_file(documents: usize, file: &str) {
    let mut shop = Shop::new(1, documents).fork(2);
    let bytes = std::fs::read(file).expect("the file exists");
    println!("memory with the bytes {}", memory());
    let mut times: Vec<Elapsed> = (0..9).map(|_| opened(bytes.clone()).1).collect();
    times.sort_by_key(|one| one.processor);
    println!("open: median {}", times[times.len() / 2]);
    let index = opened(bytes).0;
    println!("memory with the index {}", memory());
    let mut changes = Changes::new(&index);
    measure_all(&index, &changes, &mut shop, "no changes");
    let start = Stopwatch::start();
    for number in 0..CHANGES {
        let mut product = shop.product(number * documents / CHANGES);
        product.revision = 2;
        changes.apply(Change::Put(Box::new(product))).expect("the document is valid");
    }
    println!("applied {CHANGES} changes in {}", start.elapsed());
    measure_all(&index, &changes, &mut shop, "with changes");
}

fn measure_all(index: &Index, changes: &Changes, shop: &mut Shop, label: &str) {
    let facets = vec![
        FacetName::Facet("brand".into()),
        FacetName::Facet("category".into()),
        FacetName::Option("color".into()),
        FacetName::Option("size".into()),
    ];
    let base = SearchQuery { facets, currency: Some("EUR".into()), at: 1_500, ..SearchQuery::default() };
    let filter = Filter::Values { name: FacetName::Option("color".into()), values: vec!["red".into()] };
    let mut kinds: Vec<(&str, MakeQuery)> = Vec::new();
    let make = |change: fn(&mut Shop, &mut SearchQuery)| {
        let base = base.clone();
        Box::new(move |shop: &mut Shop| {
            let mut query = base.clone();
            change(shop, &mut query);
            query
        })
    };
    kinds.push(("three words, one typo, four facets", make(|shop, query| query.text = three_words(shop))));
    kinds.push(("the same, filtered by an option", {
        let make = make(|shop, query| query.text = three_words(shop));
        Box::new(move |shop| SearchQuery { filters: vec![filter.clone(), Filter::InStock], ..make(shop) })
    }));
    kinds.push(("one word", make(|shop, query| query.text = shop.word())));
    kinds.push(("one letter", make(|shop, query| query.text = prefix(shop, 1))));
    kinds.push(("two letters", make(|shop, query| query.text = prefix(shop, 2))));
    kinds.push(("three letters", make(|shop, query| query.text = prefix(shop, 3))));
    kinds.push(("nothing typed, by price", make(|_, query| query.sort = Sort::PriceAscending)));
    kinds.push((
        "ten long unknown words",
        make(|shop, query| {
            query.text = (0..10).map(|_| format!("{}{}", shop.word(), shop.word())).collect::<Vec<_>>().join(" ");
            query.text.truncate(query.text.floor_char_boundary(500));
        }),
    ));
    for (kind, mut make) in kinds {
        let mut total = 0;
        let times: Vec<Elapsed> = (0..SEARCHES)
            .map(|_| {
                let query = make(shop);
                let start = Stopwatch::start();
                total += index.search(&query, changes).expect("the query is valid").total;
                start.elapsed()
            })
            .collect();
        report(&format!("{label}: {kind}"), &times, total / SEARCHES);
    }
    let mut total = 0;
    let times: Vec<Elapsed> = (0..SEARCHES)
        .map(|_| {
            let letters = shop.random().usize(1..6);
            let typed = prefix(shop, letters);
            let start = Stopwatch::start();
            total += index.suggest(&typed, 8, changes).expect("the text is short").len();
            start.elapsed()
        })
        .collect();
    report(&format!("{label}: suggest, 1 to 5 letters"), &times, total / SEARCHES);
}

fn three_words(shop: &mut Shop) -> String {
    let words = [shop.word(), shop.word(), shop.word()];
    let misspelt = shop.misspelt(&words[1]);
    format!("{} {misspelt} {}", words[0], words[2])
}

fn prefix(shop: &mut Shop, letters: usize) -> String {
    shop.word().chars().take(letters).collect()
}

fn opened(bytes: Vec<u8>) -> (Index, Elapsed) {
    let start = Stopwatch::start();
    let index = Index::open(&PRODUCTS, bytes).expect("the index was just built");
    (index, start.elapsed())
}

/// Measures a duration.
struct Stopwatch {
    clock: Instant,
    processor: Duration,
}

/// A duration by the clock, and that of this thread on a processor.
#[derive(Clone, Copy)]
struct Elapsed {
    clock: Duration,
    processor: Duration,
}

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "an example that measures has no simulated clock")]
    fn start() -> Self {
        Self { clock: Instant::now(), processor: on_processor() }
    }

    fn elapsed(&self) -> Elapsed {
        Elapsed { clock: self.clock.elapsed(), processor: on_processor().saturating_sub(self.processor) }
    }
}

impl std::fmt::Display for Elapsed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:.2} ms ({:.2} ms)", milliseconds(self.processor), milliseconds(self.clock))
    }
}

/// The time of this thread on a processor so far.
fn on_processor() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(statistics.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or_default())
}

fn report(what: &str, times: &[Elapsed], hits: usize) {
    let sorted = |part: fn(&Elapsed) -> Duration| {
        let mut times: Vec<Duration> = times.iter().map(part).collect();
        times.sort_unstable();
        times
    };
    let (processor, clock) = (sorted(|time| time.processor), sorted(|time| time.clock));
    let at = |share: usize| {
        let position = (times.len() * share / 100).min(times.len() - 1);
        Elapsed { clock: clock[position], processor: processor[position] }
    };
    println!("{what}: p50 {}, p99 {}, worst {}; {hits} results on average", at(50), at(99), at(100));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The memory of this process now and at its peak, where the system tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}
