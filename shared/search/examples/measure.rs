//! Measures the engine with a generated shop: `cargo run --release -p search-engine --example measure -- [documents]`.

#[path = "../tests/shop/mod.rs"]
mod shop;

use std::time::{Duration, Instant};

use search_engine::{Change, Changes, FacetName, Filter, FinishedQuery, Index, SearchQuery, Sort, Synonyms, build};
use shop::{PRODUCTS, Shop};

/// Searches per measured kind.
const SEARCHES: usize = 1_000;
/// Changes on top of the index.
const CHANGES: usize = 2_000;

fn main() {
    let documents = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut shop = Shop::new(1, documents);
    let products: Vec<_> = (0..documents).map(|number| shop.product(number)).collect();
    let queries: Vec<_> = (1..5_000).map(|count| FinishedQuery { text: shop.words(1, 3), count }).collect();
    let start = now();
    let built = build(&PRODUCTS, products, &Synonyms::default(), &queries).expect("the documents are valid");
    println!(
        "documents {documents}, built in {:.1} s, {:.1} MB",
        start.elapsed().as_secs_f64(),
        megabytes(built.bytes.len())
    );
    println!("memory at the end of the build {}", memory());
    let times: Vec<Duration> = (0..5).map(|_| opened(built.bytes.clone()).1).collect();
    println!(
        "open: median {:.1} ms, worst {:.1} ms",
        milliseconds(median(&times)),
        milliseconds(times.iter().max().copied().unwrap_or_default())
    );
    let index = opened(built.bytes).0;
    println!("memory with the index {}", memory());
    let mut changes = Changes::new(&index);
    measure_all(&index, &changes, &mut shop, "no changes");
    let start = now();
    for number in 0..CHANGES {
        let mut product = shop.product(number * documents / CHANGES);
        product.revision = 2;
        changes.apply(Change::Put(Box::new(product))).expect("the document is valid");
    }
    println!("applied {CHANGES} changes in {:.0} ms", milliseconds(start.elapsed()));
    measure_all(&index, &changes, &mut shop, "with changes");
    println!(
        "memory at the end {}, load {}",
        memory(),
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()
    );
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
    let mut kinds: Vec<(&str, Box<dyn FnMut(&mut Shop) -> SearchQuery>)> = Vec::new();
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
        let times: Vec<Duration> = (0..SEARCHES)
            .map(|_| {
                let query = make(shop);
                let start = now();
                total += index.search(&query, changes).expect("the query is valid").total;
                start.elapsed()
            })
            .collect();
        report(&format!("{label}: {kind}"), times, total / SEARCHES);
    }
    let mut total = 0;
    let times: Vec<Duration> = (0..SEARCHES)
        .map(|_| {
            let letters = shop.random().usize(1..6);
            let typed = prefix(shop, letters);
            let start = now();
            total += index.suggest(&typed, 8, changes).expect("the text is short").len();
            start.elapsed()
        })
        .collect();
    report(&format!("{label}: suggest, 1 to 5 letters"), times, total / SEARCHES);
}

fn three_words(shop: &mut Shop) -> String {
    let words = [shop.word(), shop.word(), shop.word()];
    let misspelt = shop.misspelt(&words[1]);
    format!("{} {misspelt} {}", words[0], words[2])
}

fn prefix(shop: &mut Shop, letters: usize) -> String {
    shop.word().chars().take(letters).collect()
}

fn opened(bytes: Vec<u8>) -> (Index, Duration) {
    let start = now();
    let index = Index::open(&PRODUCTS, bytes).expect("the index was just built");
    (index, start.elapsed())
}

#[expect(clippy::disallowed_methods, reason = "an example that measures has no simulated clock")]
fn now() -> Instant {
    Instant::now()
}

fn report(what: &str, mut times: Vec<Duration>, hits: usize) {
    times.sort_unstable();
    let at = |share: usize| milliseconds(times[(times.len() * share / 100).min(times.len() - 1)]);
    println!("{what}: p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms; {hits} results on average", at(50), at(99), at(100));
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The memory of this process now and at its peak, where the system tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(", ")
}
