//! How long it takes from the message about a changed product to the first search that finds the change, in a process that
//! is asked all the time. Figures are printed (`cargo test -p tests --test table freshness -- --nocapture`).

use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior};

use crate::search_support::{Finder, changed, product_id, published, search_collection, show};

/// Number of changes on each run. `ATOLL_FRESHNESS_CHANGES=300` measures what the limit is meant for.
const CHANGES: u128 = 20;
/// How long 99 of 100 changes may take. Stream, bus and queue are not part of it.
const LIMIT: Duration = Duration::from_secs(3);
/// Between two changes: each comes at another moment between two reads of the log.
const PAUSE: Duration = Duration::from_millis(53);
/// Between two rounds of searches.
const ROUND: Duration = Duration::from_millis(20);

/// A change that was sent.
struct Sent {
    number: u128,
    at: Instant,
    took: Option<Duration>,
}

fn changes() -> u128 {
    std::env::var("ATOLL_FRESHNESS_CHANGES").map_or(CHANGES, |text| text.parse().unwrap())
}

/// A title that no other product has.
fn title(number: u128) -> String {
    let syllables = ["ba", "du", "fe", "gi", "ko", "lu", "mo", "ni", "po", "ru"];
    number.to_string().bytes().map(|digit| syllables[usize::from(digit - b'0')]).collect()
}

/// Ticks with at least this much time in between, also on a busy machine.
fn every(period: Duration) -> Interval {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[tokio::test]
async fn a_change_is_found_within_three_seconds() {
    let finder = Finder::start().await;
    finder.tell_all((1..=changes()).map(|number| published(number, 1, "Shoe"))).await;
    finder.build_now().await;
    let search = search_collection(finder.search_context());
    assert_eq!(show(&search, "q=shoe", "").await.status, 200);
    let sent = std::cell::RefCell::new(Vec::<Sent>::new());
    let (mut pauses, mut rounds) = (every(PAUSE), every(ROUND));
    let sending = async {
        for number in 1..=changes() {
            sent.borrow_mut().push(Sent { number, at: Instant::now(), took: None });
            finder.tell(changed(number, 2, &title(number))).await.unwrap();
            pauses.tick().await;
        }
    };
    let searching = async {
        let give_up = Instant::now() + PAUSE * u32::try_from(changes()).unwrap() + LIMIT * 10;
        while sent.borrow().len() < usize::try_from(changes()).unwrap()
            || sent.borrow().iter().any(|one| one.took.is_none())
        {
            assert!(Instant::now() < give_up, "some changes are never found");
            let open: Vec<_> = sent.borrow().iter().filter(|one| one.took.is_none()).map(|one| one.number).collect();
            for number in open {
                let shown = show(&search, &format!("q={}", title(number)), "").await;
                let id = product_id(number).to_string();
                let is_found = shown.body["hits"].as_array().unwrap().iter().any(|hit| hit["id"] == id);
                if is_found {
                    let one = &mut sent.borrow_mut()[usize::try_from(number).unwrap() - 1];
                    one.took = Some(one.at.elapsed());
                }
            }
            rounds.tick().await;
        }
    };
    futures::join!(sending, searching);
    let mut times: Vec<_> = sent.into_inner().into_iter().filter_map(|one| one.took).collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1];
    println!("{} changes: p50 {:?}, p99 {:?}, worst {:?}", times.len(), at(50), at(99), at(100));
    assert!(at(99) <= LIMIT, "{:?}", at(99));
}
