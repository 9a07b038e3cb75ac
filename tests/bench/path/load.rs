//! A closed loop: each connection sends its next request when it has the answer to the one before.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::{Client, RequestBuilder};

/// Makes the next request of a connection.
pub type Maker = Box<dyn Fn(&Client) -> RequestBuilder>;

/// Requests of each connection that do not count: they start the function's processes, and open connections.
const WARM_UP_REQUESTS: usize = 20;
/// A measurement goes on until it has lasted so long…
const LEAST_DURATION: Duration = Duration::from_secs(5);
/// …and has so many answers…
const LEAST_REQUESTS: usize = 500;
/// …but never longer than this.
const MOST_DURATION: Duration = Duration::from_mins(1);

/// What a measurement gave.
pub struct Measured {
    /// The time of each answer with its body, those that failed too.
    pub latencies: Vec<Duration>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Each answer that was not 2xx, and each that did not come.
    pub failures: Vec<String>,
    /// The table calls of one request, by the last answer's `Server-Timing`.
    pub calls: Option<u64>,
}

struct Answer {
    latency: Duration,
    failure: Option<String>,
    calls: Option<u64>,
}

/// Sends the requests of each maker over a connection of its own, kept alive, all connections at once.
pub async fn run(makers: &[Maker]) -> Measured {
    let clients: Vec<(Client, &Maker)> = makers.iter().map(|maker| (one_connection(), maker)).collect();
    let warm_up = clients.iter().map(async |(client, maker)| {
        let mut failures = Vec::new();
        for _ in 0..WARM_UP_REQUESTS {
            failures.extend(ask(client, maker).await.failure);
        }
        failures
    });
    let mut failures = join_all(warm_up).await.concat();
    let (started, done) = (Instant::now(), Cell::new(0_usize));
    let loops = clients.iter().map(async |(client, maker)| {
        let mut answers = Vec::new();
        while goes_on(started.elapsed(), done.get()) {
            answers.push(ask(client, maker).await);
            done.set(done.get() + 1);
        }
        answers
    });
    let answers: Vec<Answer> = join_all(loops).await.into_iter().flatten().collect();
    let elapsed = started.elapsed();
    let calls = answers.last().and_then(|answer| answer.calls);
    let latencies = answers.iter().map(|answer| answer.latency).collect();
    failures.extend(answers.into_iter().filter_map(|answer| answer.failure));
    Measured { latencies, elapsed, failures, calls }
}

fn goes_on(elapsed: Duration, done: usize) -> bool {
    elapsed < LEAST_DURATION || (done < LEAST_REQUESTS && elapsed < MOST_DURATION)
}

fn one_connection() -> Client {
    Client::builder().pool_max_idle_per_host(1).tcp_nodelay(true).no_proxy().build().expect("a client")
}

async fn ask(client: &Client, maker: &Maker) -> Answer {
    let request = maker(client);
    let started = Instant::now();
    let answer = request.send().await;
    let read = match answer {
        Err(error) => Err(error),
        Ok(response) => {
            let (status, calls) = (response.status(), calls(&response));
            response.bytes().await.map(|body| (status, calls, body))
        }
    };
    let latency = started.elapsed();
    match read {
        Err(error) => Answer { latency, failure: Some(error.to_string()), calls: None },
        Ok((status, calls, _)) if status.is_success() => Answer { latency, failure: None, calls },
        Ok((status, calls, body)) => {
            let text = String::from_utf8_lossy(&body);
            Answer { latency, failure: Some(format!("{status}: {text}")), calls }
        }
    }
}

/// What a function says of its calls to the table, as in `dynamodb;desc="calls=2 read=0.5 write=3"`.
fn calls(response: &reqwest::Response) -> Option<u64> {
    let timing = response.headers().get("server-timing")?.to_str().ok()?;
    let (_, rest) = timing.split_once("calls=")?;
    rest.split(' ').next()?.parse().ok()
}
