//! Asking an endpoint or a consumer, and what it used.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use dynamo::Meter;
use identity::domain::account::Account;
use kit::http::{Endpoint, Problem};
use kit::sqs::{Failure, Progress};
use lambda_http::RequestExt;
use serde_json::Value;
use testkit::{Reply, request};
use types::{Role, UserId};

use super::Asking;
use crate::identity_support::{Deployment, PASSWORD};

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    pub calls: u32,
    /// Round trips one after another, where they are counted.
    pub rounds: Option<u32>,
    pub read_units: f64,
    pub write_units: f64,
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "calls={} read={} write={}", self.calls, self.read_units, self.write_units)?;
        self.rounds.map_or(Ok(()), |rounds| write!(f, " rounds={rounds}"))
    }
}

impl Used {
    /// From a `Server-Timing` header.
    fn told(header: &str) -> Self {
        let text = header.split("desc=").nth(1).unwrap_or_default().trim_matches('"');
        let figures: HashMap<_, _> = text.split(' ').filter_map(|pair| pair.split_once('=')).collect();
        let number = |name: &str| figures.get(name).and_then(|text| text.parse::<f64>().ok());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
        let count = |name: &str| number(name).map(|count| count as u32);
        Self {
            calls: count("calls").unwrap_or_else(|| panic!("no calls in {header:?}")),
            rounds: count("rounds"),
            read_units: number("read").unwrap_or_default(),
            write_units: number("write").unwrap_or_default(),
        }
    }

    /// The median of each figure: items that are written have times of different lengths in them.
    pub fn median(all: impl Iterator<Item = Self> + Clone) -> Self {
        fn middle<T: PartialOrd + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
            let mut sorted: Vec<_> = values.collect();
            sorted.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
            sorted.get(sorted.len() / 2).copied()
        }
        Self {
            calls: middle(all.clone().map(|used| used.calls)).unwrap_or_default(),
            rounds: middle(all.clone().filter_map(|used| used.rounds)),
            read_units: middle(all.clone().map(|used| used.read_units)).unwrap_or_default(),
            write_units: middle(all.map(|used| used.write_units)).unwrap_or_default(),
        }
    }
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// 200 for consumers.
    pub status: u16,
    pub used: Used,
    /// How many items the page has, and whether another follows; none for what is no list.
    pub page: Option<(usize, bool)>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        let items = reply.body["items"].as_array().map(Vec::len);
        let page = items.map(|items| (items, reply.body["nextCursor"].is_string()));
        Self { status: reply.status, used: Used::told(&reply.server_timing), page }
    }
}

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct SignedInUser {
    pub id: UserId,
    pub token: String,
}

impl SignedInUser {
    /// A new user.
    pub async fn of(identity: &Deployment) -> Self {
        Self::named(identity, "ann@example.com").await
    }

    /// A user with this address.
    pub async fn named(identity: &Deployment, email: &str) -> Self {
        Self::read(&identity.sign_up(email).await)
    }

    /// An admin.
    pub async fn admin(identity: &Deployment) -> Self {
        let admin = Self::named(identity, "admin@example.com").await;
        Self::change(identity, admin.id, |account| account.roles.push(Role::Admin)).await;
        Self::read(&identity.sign_in_with("admin@example.com", PASSWORD).await)
    }

    /// Changes a user's account.
    pub async fn change(identity: &Deployment, id: UserId, change: impl Fn(&mut Account)) {
        let read = identity.ctx.store.account(id).await.expect("a read").expect("an account");
        let decide = |account: &mut Account| {
            change(account);
            Ok::<_, Problem>(((), dynamo::Outbox::none()))
        };
        identity.ctx.store.change(read, decide).await.expect("a change");
    }

    fn read(reply: &Reply) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned();
        let id = text(&reply.body["user"]["id"]).parse().expect("an id");
        Self { id, token: text(&reply.body["tokens"]["accessToken"]) }
    }
}

/// A request that is made again and again, each time with a key of its own.
#[derive(Clone)]
pub struct Request {
    endpoint: Endpoint,
    method: &'static str,
    path: String,
    token: String,
    parameters: HashMap<String, String>,
    body: Option<Value>,
}

impl Request {
    /// Sends a read of a user.
    pub fn get(endpoint: Endpoint, path: &str, by: &SignedInUser) -> Self {
        let (method, token) = ("GET", by.token.clone());
        let (path, parameters) = (path.to_owned(), HashMap::new());
        Self { endpoint, method, path, token, parameters, body: None }
    }

    /// Sends a change of a user.
    pub fn post(endpoint: Endpoint, path: &str, by: &SignedInUser, body: Value) -> Self {
        Self { method: "POST", body: Some(body), ..Self::get(endpoint, path, by) }
    }

    /// With a parameter of the path.
    pub fn about(mut self, name: &str, value: &impl ToString) -> Self {
        self.parameters.insert(name.to_owned(), value.to_string());
        self
    }

    /// Makes it.
    async fn make(self) -> Answer {
        static KEYS: AtomicUsize = AtomicUsize::new(0);
        let (bearer, key) = (format!("Bearer {}", self.token), format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed)));
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key.as_str())];
        let request = request(self.method, &self.path, &headers, self.body.as_ref());
        let reply: Reply = self.endpoint.call(request.with_path_parameters(self.parameters)).await.into();
        assert!(reply.status < 300, "{} {}: {}", self.method, self.path, reply.body);
        reply.into()
    }

    /// Makes it as often as it is asked.
    pub fn again(self) -> impl Fn(usize) -> Asking {
        move |_| Box::pin(self.clone().make())
    }
}

/// What a consumer does with an event, and what that costs.
pub fn hear<R: Into<Progress> + 'static>(handling: impl Future<Output = Result<R, Failure>> + 'static) -> Asking {
    // On the heap, since such futures are large.
    let handling = Box::pin(handling);
    Box::pin(async move {
        let meter = Meter::default();
        drop(meter.scope(handling).await.unwrap_or_else(|failure| panic!("{failure:?}")));
        let usage = meter.usage();
        let used = Used {
            calls: usage.calls,
            rounds: Some(usage.rounds),
            read_units: usage.read_units,
            write_units: usage.write_units,
        };
        Answer { status: 200, used, page: None }
    })
}
