//! Reports, funnels and cohorts in the process, on a table and a bucket of the test's own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use analytics::consumers::{count_events, find_insights, forget_user, run_report, start_reports, track_people};
use analytics::ctx::{ConsumerContext, CountingContext, Reporting, Running};
use analytics::domain::distinct::DistinctKey;
use analytics::store::{Analytics, Store};
use analytics::{Ctx, api};
use contracts::analytics::ReportRunRequested;
use contracts::identity::UserDeleted;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::jobs::Files;
use kit::sqs::{Handled, PartlyHandled};
use kit::{Clock, Deadline};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, finished, leak, request};
use types::{EventId, Role, UserId};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};

/// Functions of analytics, and identity for tokens.
pub struct Office {
    pub table: TestTable,
    pub services: Services,
    pub clock: Clock,
    pub ctx: &'static Ctx,
    pub reporting: &'static Reporting,
    pub running: &'static Running,
    pub consumer: &'static ConsumerContext,
    pub counting: &'static CountingContext,
    /// A manager, and the access token.
    pub manager: (UserId, String),
    identity: Deployment,
    keys: AtomicU32,
}

/// A report of sales by day, which runs on request.
pub fn sales(format: &str) -> Value {
    json!({
        "name": "Sales",
        "metrics": [{ "name": "orders_placed" }, { "name": "gross_sales" }],
        "interval": "day",
        "period": { "last": 2, "unit": "day" },
        "format": format,
    })
}

impl Office {
    /// An office whose clock shows this time.
    pub async fn at(now: &str) -> Self {
        Self::on(TestTable::start().await, now).await
    }

    pub async fn with_conflicts(now: &str) -> Self {
        Self::on(TestTable::start_with_conflicts().await, now).await
    }

    async fn on(table: TestTable, now: &str) -> Self {
        let (identity, services) = (Deployment::start().await, Services::start().await);
        let clock = Clock::manual(now.parse().unwrap());
        let store = Store::new(table.of::<Analytics>());
        let files = Files::new(&services.config().into(), BUCKET);
        let context = || Ctx::new(store.clone(), clock.clone(), identity.verifier());
        let key = DistinctKey::from_base64("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").unwrap();
        let manager = staff(&identity, "manager@example.com").await;
        Self {
            ctx: leak(context()),
            reporting: leak(Reporting::new(context(), files.clone())),
            running: leak(Running::new(store.clone(), files, clock.clone())),
            consumer: leak(ConsumerContext::new(store.clone(), clock.clone())),
            counting: leak(CountingContext::new(store, clock.clone(), key)),
            table,
            services,
            clock,
            manager,
            identity,
            keys: AtomicU32::new(0),
        }
    }

    /// Another manager, and the access token.
    pub async fn other_manager(&self) -> (UserId, String) {
        staff(&self.identity, "other@example.com").await
    }

    /// Calls an endpoint as somebody, with path parameters and a key.
    pub async fn call_as(
        &self,
        token: &str,
        endpoint: &Endpoint,
        (method, query): (&str, &str),
        path: &[(&str, &str)],
        key: &str,
        body: Option<Value>,
    ) -> Reply {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let parameters: HashMap<String, String> =
            path.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = request(method, &format!("/v1/analytics/test?{query}"), &headers, body.as_ref());
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    pub async fn get(&self, endpoint: &Endpoint, path: &[(&str, &str)], query: &str) -> Reply {
        self.call_as(&self.manager.1, endpoint, ("GET", query), path, "", None).await
    }

    pub fn key(&self) -> String {
        self.keys.fetch_add(1, Ordering::Relaxed).to_string()
    }

    /// Creates a report and returns its ID.
    pub async fn report(&self, body: Value) -> String {
        let reply = self.create(&self.key(), body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    pub async fn create(&self, key: &str, body: Value) -> Reply {
        self.call_as(&self.manager.1, &self.create_report(), ("POST", ""), &[], key, Some(body)).await
    }

    pub async fn start(&self, report: &str, key: &str) -> Reply {
        self.call_as(&self.manager.1, &self.start_report_run(), ("POST", ""), &[("id", report)], key, None).await
    }

    pub async fn delete(&self, report: &str) -> Reply {
        self.call_as(&self.manager.1, &self.delete_report(), ("DELETE", ""), &[("id", report)], "", None).await
    }

    pub async fn run(&self, report: &str, run: &str) -> Reply {
        self.get(&self.get_report_run(), &[("id", report), ("runId", run)], "").await
    }

    /// The runs of a report, newest first.
    pub async fn runs(&self, report: &str) -> Vec<Value> {
        let reply = self.get(&self.list_report_runs(), &[("id", report)], "").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["items"].as_array().unwrap().clone()
    }

    /// The event that starts the job of a run.
    pub fn requested(&self, report: &str, run: &str) -> Envelope<Value> {
        let (report_id, run_id) = (report.parse().unwrap(), run.parse().unwrap());
        self.event(self.clock.now(), ReportRunRequested { user_id: self.manager.0, report_id, run_id })
    }

    pub async fn write(&self, report: &str, run: &str, deadline: Deadline) -> PartlyHandled {
        run_report::run_report(self.running, self.requested(report, run), deadline).await
    }

    /// Starts a run, writes its file and returns it.
    pub async fn file(&self, report: &str) -> Vec<u8> {
        let reply = self.start(report, &self.key()).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        let run = reply.body["id"].as_str().unwrap();
        self.write(report, run, Deadline::never()).await.unwrap();
        let shown = self.run(report, run).await.body;
        assert_eq!(shown["status"], "done", "{shown}");
        self.object(run)
    }

    /// The file of a run in the bucket.
    pub fn object(&self, run: &str) -> Vec<u8> {
        self.services.object(&format!("exports/analytics/{}/{run}", self.manager.0)).expect("a file")
    }

    #[expect(clippy::unused_self, reason = "what happens and what is asked read alike in tests")]
    pub fn event<T: DomainEvent>(&self, at: Timestamp, fact: T) -> Envelope<Value> {
        Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, fact).erase().unwrap()
    }

    pub async fn count(&self, event: Envelope<Value>) -> Handled {
        count_events::count_events(self.counting, event).await
    }

    pub async fn track(&self, event: Envelope<Value>) -> Handled {
        track_people::track_people(self.consumer, event).await
    }

    pub async fn forget(&self, user_id: UserId) -> Handled {
        let event = self.event(self.clock.now(), UserDeleted { user_id });
        finished(forget_user::forget_user(self.consumer, event, Deadline::never()).await)
    }

    pub async fn hourly(&self) -> Result<(), String> {
        start_reports::start_reports(self.consumer).await
    }

    pub async fn daily(&self) -> Result<(), String> {
        find_insights::find_insights(self.consumer).await
    }

    /// The events in the outboxes of all items of this type.
    pub async fn events(&self, event_type: &str) -> Vec<Envelope<Value>> {
        let items = self.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")?.as_s().ok());
        let events = outboxes.flat_map(|text| dynamo::Outbox::parse(text).unwrap());
        events.filter(|event| event.event_type == event_type).collect()
    }

    pub fn create_report(&self) -> Endpoint {
        endpoint(api::create_report::create_report, self.ctx, stage())
    }

    pub fn list_reports(&self) -> Endpoint {
        endpoint(api::list_reports::list_reports, self.ctx, stage())
    }

    pub fn get_report(&self) -> Endpoint {
        endpoint(api::get_report::get_report, self.ctx, stage())
    }

    pub fn delete_report(&self) -> Endpoint {
        endpoint(api::delete_report::delete_report, self.ctx, stage())
    }

    pub fn start_report_run(&self) -> Endpoint {
        endpoint(api::start_report_run::start_report_run, self.reporting, stage())
    }

    pub fn list_report_runs(&self) -> Endpoint {
        endpoint(api::list_report_runs::list_report_runs, self.ctx, stage())
    }

    pub fn get_report_run(&self) -> Endpoint {
        endpoint(api::get_report_run::get_report_run, self.reporting, stage())
    }

    pub fn get_funnel(&self) -> Endpoint {
        endpoint(api::get_funnel::get_funnel, self.ctx, stage())
    }

    pub fn get_cohorts(&self) -> Endpoint {
        endpoint(api::get_cohorts::get_cohorts, self.ctx, stage())
    }

    pub fn list_insights(&self) -> Endpoint {
        endpoint(api::list_insights::list_insights, self.ctx, stage())
    }
}

async fn staff(identity: &Deployment, email: &str) -> (UserId, String) {
    let signed_up = identity.sign_up(email).await;
    let user = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
    identity.change(user, |account| account.roles.push(Role::Manager)).await;
    let signed_in = identity.sign_in(email).await;
    (user, signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned())
}
