//! The export of personal data: complete and bounded for any number of items, whatever is killed or fails in between.

use std::time::{Duration, Instant};

use contracts::Envelope;
use contracts::identity::{ExportRequested, UserDeleted};
use identity::Exporter;
use identity::consumers::run_export::run_export;
use jiff::Timestamp;
use kit::jobs::{Files, Job, MIN_PART_BYTES, Requested};
use kit::limits::Limit;
use kit::sqs::{Done, Failure, Progress};
use kit::{Clock, Deadline};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, Template, request};
use types::{UserId, Uuid};

use crate::badges_support::event;
use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, PASSWORD, call};
use crate::mfa_support::Secured;

/// A user with an export, and what runs it.
struct Desk {
    identity: Deployment,
    services: Services,
    exporter: &'static Exporter,
    clock: Clock,
    token: String,
    user: UserId,
}

impl Desk {
    async fn start() -> Self {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let (identity, services) = (Deployment::at(clock.clone()).await, Services::start().await);
        let signed_up = identity.sign_up("ann@example.com").await.body;
        let exporter = identity.exporter(Files::new(&services.config().into(), BUCKET));
        let token = signed_up["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let user = signed_up["user"]["id"].as_str().unwrap().parse().unwrap();
        Self { identity, services, exporter, clock, token, user }
    }

    /// Puts items of a context under the user.
    fn fill(&self, context: &str, kind: &str, count: usize) {
        let item = |number: usize| {
            let text = |text: String| json!({ "S": text });
            let item = json!({
                "pk": text(format!("{context}#user#{}", self.user)), "sk": text(format!("{kind}#{number:08}")),
                "version": { "N": "1" }, "outbox": text("[]".to_owned()), "token_hash": text("hidden".to_owned()),
                "created_number": { "N": number.to_string() }, "note": text("n".repeat(1_000)),
            });
            Template::of([item])
        };
        for first in (0..count).step_by(5_000) {
            self.identity.table.fill((first..count.min(first + 5_000)).map(item));
        }
    }

    async fn request(&self) -> Reply {
        let body = json!({ "password": PASSWORD });
        call(&self.identity.create_export(), "POST", "/v1/users/me/exports", Some(&self.token), Some(&body)).await
    }

    async fn requested(&self) -> Uuid {
        let reply = self.request().await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.body["id"].as_str().unwrap().parse().unwrap()
    }

    fn event(&self, export_id: Uuid) -> Envelope<Value> {
        event(self.clock.now(), ExportRequested { user_id: self.user, export_id })
    }

    async fn run(&self, id: Uuid, deadline: Deadline) -> Result<Progress, Failure> {
        run_export(self.exporter, self.event(id), deadline).await
    }

    async fn see(&self, id: Uuid) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let request = request("GET", "/v1/users/me/exports/x", &[("authorization", &bearer)], None);
        let request = request.with_path_parameters(
            [("id".to_owned(), id.to_string())].into_iter().collect::<std::collections::HashMap<_, _>>(),
        );
        let endpoint = self.identity.get_export(Files::new(&self.services.config().into(), BUCKET));
        endpoint.call(request).await.into()
    }

    fn document(&self, id: Uuid) -> Value {
        let key = format!("exports/identity/{}/{id}", self.user);
        serde_json::from_slice(&self.services.object(&key).expect("a file")).unwrap()
    }
}

fn numbers(collection: &Value) -> Vec<u64> {
    collection.as_array().unwrap().iter().map(|item| item["createdNumber"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn many_items_are_exported_in_parts_of_bounded_size() {
    const ITEMS: usize = 10_000;
    let desk = Desk::start().await;
    desk.fill("realtime", "message", ITEMS);
    desk.fill("notifications", "delivery", 10);
    desk.fill("badges", "listing", 10);
    desk.fill("points", "novelty", 2);
    let id = desk.requested().await;
    let started = Instant::now();
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");

    let document = desk.document(id);
    let sections = &document["sections"];
    assert_eq!(numbers(&sections["realtime"]["messages"]), (0..ITEMS as u64).collect::<Vec<_>>());
    assert_eq!(numbers(&sections["notifications"]["deliveries"]).len(), 10);
    assert_eq!(sections["badges"], json!({}), "what the table leaves out");
    assert_eq!(numbers(&sections["points"]["novelty"]).len(), 2, "what the table does not name");
    assert_eq!(sections["identity"]["account"][0]["email"], "ann@example.com");
    assert_eq!(sections["identity"]["signIns"][0]["method"], "password");
    let text = sections["notifications"]["deliveries"][0].to_string();
    for hidden in ["pk", "sk", "version", "outbox", "hidden"] {
        assert!(!text.contains(&format!("\"{hidden}\"")), "{text}");
    }
    let seen = desk.see(id).await.body;
    // The account, and the sign-in of the registration.
    assert_eq!((&seen["status"], &seen["progress"]["items"]), (&json!("done"), &json!(ITEMS + 10 + 2 + 2)));
    assert!(desk.services.largest_part() < MIN_PART_BYTES + 2 * 1024 * 1024, "{}", desk.services.largest_part());
}

#[tokio::test]
async fn whatever_is_killed_or_fails_in_between_the_document_is_whole() {
    const ITEMS: usize = 20_000;
    let desk = Desk::start().await;
    desk.fill("realtime", "message", ITEMS);
    let id = desk.requested().await;
    let over = Deadline::after(Duration::ZERO);
    let mut invocations = 0;
    loop {
        // Every other time the bucket refuses a call of the step.
        desk.services.refuse_uploads(invocations % 2);
        let ran = desk.run(id, over).await;
        desk.services.refuse_uploads(0);
        invocations += 1;
        match ran {
            Ok(Progress::Continue(_)) | Err(Failure::Retry(_)) => {}
            Ok(Progress::Finished(done)) => {
                assert_eq!(done, Done::Applied);
                break;
            }
            Err(failure) => panic!("{failure:?}"),
        }
        assert!(invocations < 50);
    }
    assert!(invocations > 6, "start, parts and the end are steps: {invocations}");
    assert_eq!(numbers(&desk.document(id)["sections"]["realtime"]["messages"]), (0..ITEMS as u64).collect::<Vec<_>>());
    assert_eq!(desk.services.open_uploads(), 0);
    // The event again.
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Duplicate.into());
    let told = desk.identity.table.items().await;
    let told = told.iter().filter(|item| format!("{item:?}").contains("export_ready")).count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn a_lost_upload_begins_again_and_too_many_end_the_job() {
    let desk = Desk::start().await;
    let id = desk.requested().await;
    let over = Deadline::after(Duration::ZERO);
    for _ in 0..kit::jobs::MAX_RESTARTS {
        // The upload begins, and is lost before its part.
        assert!(matches!(desk.run(id, over).await, Ok(Progress::Continue(_))));
        desk.services.lose_uploads();
        assert!(matches!(desk.run(id, over).await, Ok(Progress::Continue(_))));
    }
    assert!(matches!(desk.run(id, over).await, Ok(Progress::Continue(_))));
    desk.services.lose_uploads();
    assert_eq!(desk.run(id, over).await.unwrap(), Done::Applied.into());
    assert_eq!(desk.see(id).await.body["status"], "failed");
    // A failed one is in nobody's way.
    let second = desk.requested().await;
    assert!(matches!(desk.run(second, over).await, Ok(Progress::Continue(_))));
    desk.services.lose_uploads();
    assert_eq!(desk.run(second, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert_eq!(desk.see(second).await.body["status"], "done");
}

#[tokio::test]
async fn a_deleted_user_gets_no_file() {
    let desk = Desk::start().await;
    let id = desk.requested().await;
    assert!(matches!(desk.run(id, Deadline::after(Duration::ZERO)).await, Ok(Progress::Continue(_))));
    let body = json!({ "password": crate::identity_support::PASSWORD });
    let gone = call(&desk.identity.delete_me(), "DELETE", "/v1/users/me", Some(&desk.token), Some(&body)).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert_eq!((desk.services.keys().len(), desk.services.open_uploads()), (0, 0));
    assert_eq!(desk.see(id).await.status, 404);
    assert_eq!(desk.request().await.body["code"], "identity.no_such_user");
}

#[tokio::test]
async fn the_files_of_a_deleted_user_are_deleted_and_no_others() {
    let desk = Desk::start().await;
    let id = desk.requested().await;
    desk.run(id, Deadline::never()).await.unwrap();
    let other = format!("exports/identity/{}/other", UserId::generate());
    desk.services.put(&other, b"{}");
    let deleted = || event(desk.clock.now(), UserDeleted { user_id: desk.user });
    for done in [Done::Applied, Done::Duplicate] {
        assert_eq!(run_export(desk.exporter, deleted(), Deadline::never()).await.unwrap(), done.into());
        assert_eq!(desk.services.keys(), std::slice::from_ref(&other));
    }
}

#[tokio::test]
async fn one_export_runs_at_a_time_and_one_that_never_ends_counts_as_failed() {
    let desk = Desk::start().await;
    let first = desk.requested().await;
    let refused = desk.request().await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("identity.export_running")));
    desk.clock.advance(Duration::from_secs(kit::jobs::MAX_SECONDS.unsigned_abs()));
    let job = desk.exporter.store.exports().get(desk.user, first).await.unwrap().unwrap().value;
    assert_eq!(job.status(desk.clock.now()), kit::jobs::Status::Failed);
    let now = desk.clock.now();
    let job = Job::new(types::new_uuid(), desk.user, "c".to_owned(), now);
    let exports = desk.exporter.store.exports();
    let limit = Limit::per_day("exports", 5);
    let known = exports.known(desk.user, job.id).await.unwrap();
    let requested = exports.request(known, job, limit, now, &dynamo::Outbox::none()).await;
    assert!(matches!(requested, Ok(Requested::New(_))));
    assert_eq!(desk.run(first, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert_eq!(desk.services.keys().len(), 0, "what took too long is given up");
}

#[tokio::test]
async fn exports_keep_to_their_budget() {
    use tests::{Cost, budget, cost};

    let desk = Desk::start().await;
    let requested = desk.request().await;
    budget("identity-create-export", "requested", &requested);
    budget("identity-create-export", "another one runs", Cost::refused(&desk.request().await));
    let id: Uuid = requested.body["id"].as_str().unwrap().parse().unwrap();
    budget("identity-get-export", "requested", &desk.see(id).await);
    budget(
        "identity-run-export",
        "nothing but the account",
        cost(async { desk.run(id, Deadline::never()).await.unwrap() }).await,
    );
    budget("identity-run-export", "done before", cost(async { desk.run(id, Deadline::never()).await.unwrap() }).await);
    budget("identity-get-export", "done", &desk.see(id).await);
}

/// A stolen session copies nothing.
#[tokio::test]
async fn an_export_needs_the_second_factor_and_uses_a_code_up() {
    let secured = Secured::start().await;
    let create = secured.deployment.create_export();
    let ask = async |code: Option<&str>| {
        let mut body = json!({ "password": PASSWORD });
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        call(&create, "POST", "/v1/users/me/exports", Some(&secured.access_token), Some(&body)).await
    };
    let without = ask(None).await;
    assert_eq!((without.status, &without.body["code"]), (403, &json!("identity.mfa_code_required")));
    let wrong = ask(Some(&secured.app.wrong_code(secured.now()))).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (403, &json!("identity.mfa_code_wrong")));
    let known = secured.deployment.public.store.exports().known(secured.account().await.id, types::new_uuid()).await;
    assert!(!format!("{:?}", known.unwrap()).contains("requested_at"), "an export was requested");
    let code = &secured.recovery_codes[0];
    assert_eq!(ask(Some(code)).await.status, 202);
    let again = ask(Some(code)).await;
    assert_eq!((again.status, &again.body["code"]), (403, &json!("identity.mfa_code_wrong")));
}
