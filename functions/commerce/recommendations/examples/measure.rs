//! Measures quality and time of recommendations on recorded sessions:
//! `cargo run --release -p recommendations --example measure -- <directory>`.
//!
//! The directory has `train.txt` and `test.txt` with the columns SessionId, ItemId and Time, separated by tabs, such as
//! `assets/example/example.zip` of <https://github.com/bolcom/serenade>.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use recommendations::domain::model::LAST_VIEWED;
use recommendations::domain::vmis::{Evolving, Lists, SessionIndex};
use tokio::time::Instant;

type Sessions = Vec<(f64, Vec<u32>)>;

/// The sessions of a file, the oldest first.
fn read(path: &Path) -> Result<Sessions, Box<dyn Error>> {
    let mut clicks: BTreeMap<u64, Vec<(f64, u32)>> = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let mut columns = line.split('\t');
        let mut column = || columns.next().ok_or("a line has fewer than three columns");
        let (session, item, time): (u64, u32, f64) =
            (column()?.parse()?, column()?.parse()?, column()?.trim().parse()?);
        clicks.entry(session).or_default().push((time, item));
    }
    let sessions = clicks.into_values().map(|mut clicks| {
        clicks.sort_by(|a, b| a.0.total_cmp(&b.0));
        (clicks.last().map_or(0.0, |click| click.0), clicks.into_iter().map(|click| click.1).collect())
    });
    let mut sessions: Sessions = sessions.collect();
    sessions.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(sessions)
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("name the directory with train.txt and test.txt")?;
    let (train, test) =
        (read(&Path::new(&directory).join("train.txt"))?, read(&Path::new(&directory).join("test.txt"))?);
    let mut lists = Lists::default();
    for (_, items) in &train {
        if !lists.push(items) {
            return Err("too many clicks".into());
        }
    }
    let items = train.iter().flat_map(|(_, items)| items).max().map_or(0, |item| *item as usize + 1);
    let started = Instant::now();
    let index = SessionIndex::build(&lists, items);
    let mut report =
        format!("{} sessions, {} bytes, built in {:?}\n", train.len(), index.words() * 4, started.elapsed());
    let (mut ranks, mut times) = (0.0, Vec::new());
    for (_, session) in &test {
        for end in 1..session.len() {
            let (viewed, next) = session.split_at(end);
            let started = Instant::now();
            let evolving = Evolving { items: viewed, last_items: LAST_VIEWED, excluded: &viewed[end - 1..] };
            let found = index.recommend(evolving);
            times.push(started.elapsed());
            let rank = found.iter().take(20).position(|scored| next.first() == Some(&scored.item));
            ranks += rank.map_or(0.0, |rank| 1.0 / f64::from(u32::try_from(rank).unwrap_or(u32::MAX) + 1));
        }
    }
    times.sort();
    let count = f64::from(u32::try_from(times.len())?);
    let percentile = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    writeln!(
        report,
        "{} predictions: MRR@20 {:.4}, p50 {:?}, p99 {:?}",
        times.len(),
        ranks / count,
        percentile(50),
        percentile(99)
    )?;
    std::io::stdout().write_all(report.as_bytes())?;
    Ok(())
}
