//! Whether the time of a refused login tells if the address has an account.
//!
//! Known and unknown addresses take turns, so that drift of the machine hits both. The difference of the medians is held
//! against its own spread: the same statistic over shuffled labels (a permutation test). It fails when the real difference
//! is larger than 99.9 % of those, and than what is left to tell. It writes `target/bench/timing.json`.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kit::Clock;
use serde_json::json;

#[path = "harness/mod.rs"]
mod harness;

#[path = "../table/identity_support.rs"]
#[allow(dead_code, reason = "shared with the table tests, which use all of it")]
mod identity_support;

use identity_support::{Deployment, call};

const PAIRS: usize = 300;
const SHUFFLES: usize = 10_000;
/// What may be told: an account that is there is read and parsed, which one that is not there is not. A guesser has five tries
/// for an address in a quarter of an hour, and answers of one kind differ by more than this through any network.
const LEFT_MILLIS: f64 = 0.5;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).expect("a time"));
    let deployment = Deployment::at(clock.clone()).await;
    assert_eq!(deployment.sign_up("ann@example.com").await.status, 201);

    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS + 20 {
        // Another window of the counters: nobody is made to wait.
        clock.advance(Duration::from_hours(1));
        let stranger = format!("nobody{pair}@example.com");
        let mut samples = [("ann@example.com", 0.0), (stranger.as_str(), 0.0)];
        if pair % 2 == 1 {
            samples.reverse();
        }
        for (email, millis) in &mut samples {
            let body = json!({ "email": email, "password": "not the password at all" });
            let started = Instant::now();
            let reply = call(&deployment.login(), "POST", "/v1/auth/login", None, Some(&body)).await;
            *millis = started.elapsed().as_secs_f64() * 1e3;
            assert_eq!(reply.status, 401, "{}", reply.body);
        }
        // The first ones warm the machine up.
        if pair >= 20 {
            for (email, millis) in samples {
                if email == "ann@example.com" { known.push(millis) } else { unknown.push(millis) }
            }
        }
    }
    report(&known, &unknown);
}

fn report(known: &[f64], unknown: &[f64]) {
    let difference = median(known) - median(unknown);
    let mut all: Vec<f64> = known.iter().chain(unknown).copied().collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut larger = 0_usize;
    for _ in 0..SHUFFLES {
        shuffle(&mut all, &mut random);
        let (a, b) = all.split_at(known.len());
        larger += usize::from((median(a) - median(b)).abs() >= difference.abs());
    }
    let (known, unknown) = (median(known), median(unknown));
    println!("refused logins, {PAIRS} each: known {known:.3} ms, unknown {unknown:.3} ms (medians)");
    println!("difference {difference:+.3} ms; {larger} of {SHUFFLES} shuffles differ as much");
    assert!(
        larger > SHUFFLES / 1_000 || difference.abs() < LEFT_MILLIS,
        "the time of an answer tells whether an address is known"
    );
    let measured = json!({
        "pairs": PAIRS,
        "knownP50Millis": rounded(known),
        "unknownP50Millis": rounded(unknown),
        "differenceMillis": rounded(difference),
        "shuffles": SHUFFLES,
        "shufflesAsDifferent": larger,
    });
    harness::write("timing", &measured);
}

fn rounded(millis: f64) -> f64 {
    (millis * 1e3).round() / 1e3
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Fisher-Yates with xorshift64: the figures are to be the same on each run of the same samples.
fn shuffle(values: &mut [f64], random: &mut u64) {
    for last in (1..values.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
        values.swap(last, (*random as usize) % (last + 1));
    }
}
