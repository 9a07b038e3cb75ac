//! Metrics: what counting an event and reading values cost among events that were counted before.

use ::analytics::api::{get_metric, list_metrics};
use ::analytics::consumers::count_events::count_events;
use ::analytics::ctx::Ctx;
use kit::http::endpoint;

use super::ask::{Request, SignedInUser, hear};
use super::copies::Copies;
use super::{Asking, Claim, Entry, Kind, Scene};
use crate::analytics_support::{Counters, signed_in, user};
use crate::identity_support::{Deployment, stage};

const COUNTED: &str = "counted events";

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/analytics/metrics", COUNTED, || Box::pin(definitions())),
    Entry::new(Kind::Balance, "GET /v1/analytics/metrics/{name}", COUNTED, || Box::pin(values())),
    // Whether a known user changes a sketch depends on its shard, which the ID of the event decides.
    Entry::new(Kind::Evaluation, "analytics-count-events", COUNTED, || Box::pin(counting()))
        .claiming(Claim::Bounded { calls: 2, read_units: 1.0 }),
];

/// Counters, and copies of what an event leaves beside the sums.
async fn counted() -> (Counters, Copies) {
    let counters = Counters::start().await;
    let event = signed_in(counters.clock.now(), user(1), "ios");
    let ((), template) = counters.table.written_by(counters.deliver(&event)).await;
    (counters, Copies::of(template.with(&["\"mark\""]), &event.id))
}

async fn staff(counters: &Counters) -> (&'static Ctx, SignedInUser) {
    let identity = Deployment::start().await;
    let admin = SignedInUser::admin(&identity).await;
    let ctx = Ctx::new(counters.store.clone(), counters.clock.clone(), identity.verifier());
    (Box::leak(Box::new(ctx)), admin)
}

async fn definitions() -> Scene {
    let (counters, copies) = counted().await;
    let (ctx, admin) = staff(&counters).await;
    let list = endpoint(list_metrics::list_metrics, ctx, stage());
    let request = Request::get(list, "/v1/analytics/metrics", &admin);
    let count = ::analytics::domain::metrics::all().count();
    Scene::new(&counters.table, copies.all(), request.again()).showing(count, false)
}

async fn values() -> Scene {
    let (counters, copies) = counted().await;
    let (ctx, admin) = staff(&counters).await;
    let get = endpoint(get_metric::get_metric, ctx, stage());
    let path = "/v1/analytics/metrics/x?from=2026-11-01T00:00:00Z&to=2026-11-30T00:00:00Z&by=platform";
    let request = Request::get(get, path, &admin).about("name", &"sessions_started");
    Scene::new(&counters.table, copies.all(), request.again())
}

async fn counting() -> Scene {
    let (counters, copies) = counted().await;
    let table = counters.table.clone();
    let again = move |_| -> Asking {
        // A user whom every shard knows after some runs: the median changes no sketch.
        let event = signed_in(counters.clock.now(), user(1), "ios");
        hear(count_events(counters.consumer, event))
    };
    Scene::new(&table, copies.all(), again)
}
