//! Functions of knowledge in the process, on a table of the test's own.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};

use identity::domain::account::Account;
use kit::bucket::ObjectCreated;
use kit::http::{Endpoint, endpoint};
use kit::jobs::Files;
use kit::sqs::{Done, PartlyHandled};
use kit::{Clock, Deadline};
use knowledge::consumers::run_import::run_import;
use knowledge::store::{Knowledge, Store};
use knowledge::{Ctx, Importing, Public, Transfers};
use lambda_http::{Body, RequestExt};
use serde_json::{Value, json};
use testkit::{TestTable, leak, request};
use types::{Role, UserId};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};

/// A deployment of knowledge, and of identity for tokens.
pub struct Library {
    pub table: TestTable,
    pub services: Services,
    pub importing: &'static Importing,
    /// Accounts.
    pub identity: Deployment,
    /// The admin.
    pub admin: UserId,
    /// The manager.
    pub editor: UserId,
    /// The user, whose e-mail address is verified.
    pub user: UserId,
    pub ctx: &'static Ctx,
    pub public: &'static Public,
    transfers: &'static Transfers,
    /// Access token of the admin.
    pub admin_token: String,
    editor_token: String,
    /// Access token of the user.
    pub user_token: String,
    keys: AtomicU32,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Admin,
    Editor,
    User,
    Nobody,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    headers: HashMap<String, String>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// What it cost at the table.
    pub fn cost(&self) -> tests::Cost {
        tests::Cost::of_header(self.header("server-timing"))
    }
}

/// Registers somebody, changes the account and signs in; returns the ID and an access token.
async fn account(identity: &Deployment, email: &str, change: impl Fn(&mut Account)) -> (UserId, String) {
    let signed_up = identity.sign_up(email).await;
    let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
    identity.change(id, change).await;
    let signed_in = identity.sign_in(email).await.body;
    (id, signed_in["tokens"]["accessToken"].as_str().unwrap().to_owned())
}

impl Library {
    pub async fn start() -> Self {
        let (table, services, identity) =
            (TestTable::start().await, Services::start().await, Deployment::start().await);
        let (store, clock) = (Store::new(table.of::<Knowledge>()), Clock::System);
        let files = Files::new(&services.config().into(), BUCKET);
        let (admin, admin_token) =
            account(&identity, "admin@example.com", |account| account.roles.push(Role::Admin)).await;
        let (editor, editor_token) =
            account(&identity, "editor@example.com", |account| account.roles.push(Role::Manager)).await;
        let verify = |account: &mut Account| account.email_verified_at = Some(account.created_at);
        let (user, user_token) = account(&identity, "user@example.com", verify).await;
        let new_ctx = || Ctx::new(store.clone(), clock.clone(), identity.verifier());
        Self {
            ctx: leak(new_ctx()),
            public: leak(Public::new(store.clone(), clock.clone())),
            transfers: leak(Transfers::new(new_ctx(), files.clone())),
            importing: leak(Importing::new(store.clone(), files, clock.clone())),
            table,
            services,
            identity,
            admin,
            editor,
            user,
            admin_token,
            editor_token,
            user_token,
            keys: AtomicU32::new(0),
        }
    }

    async fn call(
        &self,
        endpoint: &Endpoint,
        request: (&str, By),
        (id, query): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.ask(endpoint, request, (&[("id", id)], query), headers, body).await
    }

    /// Calls an endpoint, with parameters of its path and of its query.
    pub async fn ask(
        &self,
        endpoint: &Endpoint,
        (method, by): (&str, By),
        (parameters, query): (&[(&str, &str)], &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let token = match by {
            By::Admin => format!("Bearer {}", self.admin_token),
            By::Editor => format!("Bearer {}", self.editor_token),
            By::User => format!("Bearer {}", self.user_token),
            By::Nobody => String::new(),
        };
        let mut headers = headers.to_vec();
        if by != By::Nobody {
            headers.push(("authorization", &token));
        }
        let path: HashMap<String, String> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = request(method, &format!("/v1/aquarium/test?{query}"), &headers, body);
        let response = endpoint.call(request.with_path_parameters(path)).await;
        let text = |value: &lambda_http::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = match response.body() {
            Body::Text(text) => serde_json::from_str(text).unwrap(),
            _ => Value::Null,
        };
        Answer { status: response.status().as_u16(), body, headers }
    }

    pub async fn get(&self, id: &str, known: &str) -> Answer {
        let endpoint = endpoint(knowledge::api::get_species::get_species, self.public, stage());
        let headers = [("if-none-match", known)];
        let headers = if known.is_empty() { &headers[..0] } else { &headers[..] };
        self.call(&endpoint, ("GET", By::Nobody), (id, ""), headers, None).await
    }

    pub fn list_species(&self) -> Endpoint {
        endpoint(knowledge::api::list_species::list_species, self.public, stage())
    }

    pub async fn list(&self, query: &str) -> Answer {
        self.call(&self.list_species(), ("GET", By::Nobody), ("", query), &[], None).await
    }

    /// The IDs that a query finds, on all its pages.
    pub async fn found(&self, query: &str) -> Vec<String> {
        let (mut ids, mut next) = (Vec::new(), query.to_owned());
        // More pages than any test has species.
        for _ in 0..1_000 {
            let page = self.list(&next).await;
            assert_eq!(page.status, 200, "{query}: {}", page.body);
            ids.extend(
                page.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            let Value::String(cursor) = &page.body["nextCursor"] else { return ids };
            next = format!("{query}&cursor={cursor}");
        }
        panic!("{query} has no end");
    }

    pub async fn patch(&self, by: By, id: &str, if_match: &str, body: &Value) -> Answer {
        let endpoint = endpoint(knowledge::api::update_species::update_species, self.ctx, stage());
        let headers = [("if-match", if_match)];
        let headers = if if_match.is_empty() { &headers[..0] } else { &headers[..] };
        self.call(&endpoint, ("PATCH", by), (id, ""), headers, Some(body)).await
    }

    pub async fn check(&self, by: By, body: &Value) -> Answer {
        let endpoint = endpoint(knowledge::api::check_stocking::check_stocking, self.ctx, stage());
        self.call(&endpoint, ("POST", by), ("", ""), &[], Some(body)).await
    }

    pub async fn request_import(&self, by: By, key: &str) -> Answer {
        let endpoint = endpoint(knowledge::api::create_species_import::create_species_import, self.transfers, stage());
        self.call(&endpoint, ("POST", by), ("", ""), &[("idempotency-key", key)], None).await
    }

    pub async fn get_import(&self, by: By, id: &str) -> Answer {
        let endpoint = endpoint(knowledge::api::get_species_import::get_species_import, self.transfers, stage());
        self.call(&endpoint, ("GET", by), (id, ""), &[], None).await
    }

    /// Requests an import, uploads its file, and returns its ID and the key of the file.
    pub async fn uploaded(&self, file: &[u8]) -> (String, String) {
        let key = self.keys.fetch_add(1, Ordering::Relaxed).to_string();
        let reply = self.request_import(By::Admin, &key).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        let object = reply.body["upload"]["fields"]["key"].as_str().unwrap().to_owned();
        self.services.put(&object, file);
        (reply.body["id"].as_str().unwrap().to_owned(), object)
    }

    pub async fn run(&self, key: &str, deadline: Deadline) -> PartlyHandled {
        run_import(self.importing, ObjectCreated { bucket: BUCKET.to_owned(), key: key.to_owned() }, deadline).await
    }

    /// The results by their rows.
    pub fn results(&self, key: &str) -> BTreeMap<u64, Value> {
        let file = self.services.object(key.strip_suffix(".upload").unwrap()).expect("a file of results");
        let lines = String::from_utf8(file).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter_map(|line| Some((line["row"].as_u64()?, line))).collect()
    }

    /// Imports rows, and returns the summary and the results.
    pub async fn import(&self, rows: &[Value]) -> (Value, BTreeMap<u64, Value>) {
        let file = lines(rows);
        let (id, key) = self.uploaded(file.as_bytes()).await;
        assert_eq!(self.run(&key, Deadline::never()).await.unwrap(), Done::Applied.into());
        let seen = self.get_import(By::Admin, &id).await;
        assert_eq!((seen.status, &seen.body["status"]), (200, &json!("done")), "{}", seen.body);
        (seen.body["summary"].clone(), self.results(&key))
    }

    /// The events that are in the outboxes of items, as pairs of type and subject.
    pub async fn events(&self) -> Vec<(String, String)> {
        let mut events = Vec::new();
        for item in self.table.items().await {
            let Some(outbox) = item.get("outbox").and_then(|text| text.as_s().ok()) else { continue };
            for event in serde_json::from_str::<Value>(outbox).unwrap().as_array().unwrap() {
                let text = |name: &str| event[name].as_str().unwrap().to_owned();
                events.push((text("type"), text("subject")));
            }
        }
        events.sort();
        events
    }
}

/// The file of some rows.
pub fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect::<Vec<_>>().concat()
}

/// A row of a species of which everything is known that the check needs.
pub fn row(id: &str, scientific_name: &str, names: &Value) -> Value {
    let fact = |value: Value| json!({ "value": value, "sources": ["a"] });
    json!({
        "id": id,
        "facts": {
            "kind": fact(json!("fish")), "water": fact(json!("fresh")), "scientificName": fact(json!(scientific_name)),
            "temperatureMinMilliC": fact(json!(22000)), "temperatureMaxMilliC": fact(json!(27000)),
            "phMinMilli": fact(json!(6000)), "phMaxMilli": fact(json!(7500)),
            "ghMinUmol": fact(json!(200)), "ghMaxUmol": fact(json!(2000)),
            "minVolumeMl": fact(json!(60000)), "minGroup": fact(json!(6)), "adultSizeMm": fact(json!(40)),
            "temperament": fact(json!("peaceful")),
        },
        "names": names,
        "sources": { "a": source("A") },
    })
}

/// A source.
pub fn source(title: &str) -> Value {
    json!({
        "title": title, "publisher": "Publisher", "url": "https://example.org/a", "licence": "CC BY 4.0",
        "accessed": "2026-11-29",
    })
}

/// The rows of the data set that is part of the repository.
pub fn data_set() -> Vec<Value> {
    let folder = tests::root().join("functions/aquarium/knowledge/data");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let texts = ["species.csv", "facts.csv", "names.csv", "synonyms.csv", "sources.csv"].map(read);
    let [species, facts, names, synonyms, sources] = texts.each_ref().map(String::as_str);
    let files = knowledge::domain::dataset::Files { species, facts, names, synonyms, sources };
    let rows = knowledge::domain::dataset::rows(files).unwrap_or_else(|errors| panic!("{errors:#?}"));
    rows.into_iter().map(|row| serde_json::to_value(row).unwrap()).collect()
}
