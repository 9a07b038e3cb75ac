//! Imports, with a kind that exists for these tests: whatever is killed or fails in between, each row is applied once and has one
//! result.

use std::collections::BTreeMap;
use std::time::Duration;

use dynamo::{Conflict, Context, Entity, Key, Outbox, Read, Table};
use jiff::Timestamp;
use kit::consumer::{Done, Failure, Progress};
use kit::jobs::{
    Applied, Effect, Files, Format, Import, ImportKind, Importer, Job, Jobs, Place, Requested, Row, RowError,
    RowResult, Runner, Summary,
};
use kit::limits::Limit;
use kit::{Clock, Deadline};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::TestTable;
use types::{UserId, Uuid};

use crate::bucket::{BUCKET, Services};

const LIMIT: Limit = Limit::per_day("imports", 100);

struct Shop;

impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone)]
struct Products;

impl ImportKind for Products {
    type Context = Shop;

    const NAME: &'static str = "products";
    const PREFIX: &'static str = "imports";
    const MAX_BYTES: u64 = 10_000_000;
    const MAX_ROWS: u64 = 10_000;
}

/// A product, and the row that made it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Product {
    code: String,
    price: u32,
    row_id: Uuid,
}

impl Entity for Product {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        product_key(&self.code)
    }
}

fn product_key(code: &str) -> Key<Shop> {
    Key::new("product", code, "product")
}

struct Desk {
    table: TestTable,
    shop: Table<Shop>,
    services: Services,
    files: Files,
    jobs: Jobs<Import<Products>>,
    importer: Importer<Products>,
    clock: Clock,
    owner: UserId,
}

impl Desk {
    async fn start() -> Self {
        let (table, services) = (TestTable::start().await, Services::start().await);
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let (shop, files) = (table.of::<Shop>(), Files::new(&services.config().into(), BUCKET));
        let jobs = Jobs::new(shop.clone());
        let importer = Importer::new(Runner::new(jobs.clone(), files.clone(), clock.clone()), files.clone());
        Self { table, shop, services, files, jobs, importer, clock, owner: UserId::generate() }
    }

    fn key(&self, id: Uuid, suffix: &str) -> String {
        format!("imports/shop/{}/{id}{suffix}", self.owner)
    }

    /// Uploads a file and requests its import.
    async fn requested(&self, format: Format, file: &str) -> Uuid {
        let (id, now) = (types::new_uuid(), self.clock.now());
        self.services.put(&self.key(id, ".upload"), file.as_bytes());
        assert_eq!(kit::jobs::import_of::<Products>(&self.key(id, ".upload")), Some((self.owner, id)));
        let job = Job::new(id, self.owner, "c".to_owned(), now).beginning_at(Place::awaiting(format));
        let known = self.jobs.known(self.owner, id).await.unwrap();
        let requested = self.jobs.request(known, job, LIMIT, now, &Outbox::none()).await;
        assert!(matches!(requested, Ok(Requested::New(_))), "{requested:?}");
        id
    }

    async fn run(&self, id: Uuid, deadline: Deadline) -> Result<Progress, Failure> {
        let apply = async |_: &Job<Import<Products>>, rows: Vec<Row>| {
            let mut results = Vec::new();
            for row in rows {
                results.push(apply(&self.shop, row).await?);
            }
            Ok(results)
        };
        self.importer.run(self.owner, id, deadline, apply, |_, _| Ok(Outbox::none())).await
    }

    async fn job(&self, id: Uuid) -> Job<Import<Products>> {
        self.jobs.get(self.owner, id).await.unwrap().expect("a job").value
    }

    /// The results by their rows, and the summary.
    fn results(&self, id: Uuid) -> (BTreeMap<u64, Value>, Value) {
        let file = String::from_utf8(self.services.object(&self.key(id, "")).expect("a file of results")).unwrap();
        let mut lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let summary = lines.pop().unwrap()["summary"].clone();
        let count = lines.len();
        let rows: BTreeMap<_, _> = lines.into_iter().map(|line| (line["row"].as_u64().unwrap(), line)).collect();
        assert_eq!(rows.len(), count, "a row has one result");
        (rows, summary)
    }

    async fn products(&self) -> usize {
        let items = self.table.items().await;
        items.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("shop#product#")).count()
    }
}

#[derive(Deserialize)]
struct NewProduct {
    code: String,
    price: Value,
}

/// Creates a product. Idempotent by the id of the row.
async fn apply(shop: &Table<Shop>, row: Row) -> Result<RowResult, Failure> {
    let applied = Ok(Applied { effect: Effect::Created, id: Some(row.id) });
    let wrong = |field: &str, rule: &str, remedy: &str| {
        Ok(Err(vec![RowError { field: field.to_owned(), rule: rule.to_owned(), remedy: remedy.to_owned() }]))
    };
    let new: NewProduct = match row.parse() {
        Ok(new) => new,
        Err(error) => return Ok(Err(vec![error])),
    };
    // Numbers of CSV files are texts.
    let price = new.price.as_u64().or_else(|| new.price.as_str()?.parse().ok()).and_then(|price| price.try_into().ok());
    let Some(price) = price else { return wrong("price", "must be a whole number of cents", "Write 1250 for 12.50.") };
    let product = Product { code: new.code, price, row_id: row.id };
    match shop.create(product, &Outbox::none()).await {
        Ok(_) => Ok(applied),
        Err(Conflict::Item(Some(there))) if there.value.row_id == row.id => Ok(applied),
        Err(Conflict::Item(_)) => wrong("code", "must be unique", "Change the code, or delete the other product."),
        Err(Conflict::Store(error)) => Err(error.into()),
    }
}

/// The summary of so many rows, created and refused ones.
fn counts(rows: usize, created: usize, refused: usize) -> Value {
    json!({ "rows": rows, "created": created, "changed": 0, "unchanged": 0, "refused": refused })
}

fn catalogue(rows: usize) -> String {
    (0..rows).map(|number| json!({ "code": format!("p{number:05}"), "price": number }).to_string() + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_are_imported_in_bounded_steps() {
    const ROWS: usize = 10_000;
    let desk = Desk::start().await;
    let id = desk.requested(Format::JsonLines, &catalogue(ROWS)).await;
    // Each invocation ends after one step.
    let (mut invocations, mut percents) = (0, Vec::new());
    while desk.run(id, Deadline::after(Duration::ZERO)).await.unwrap() != Done::Applied.into() {
        invocations += 1;
        percents.push(desk.job(id).await.work().percent());
    }
    assert!(invocations >= ROWS / 200, "{invocations}");
    assert!(percents.is_sorted() && percents.last() == Some(&100), "{percents:?}");
    let job = desk.job(id).await;
    assert_eq!(job.status(desk.clock.now()), kit::jobs::Status::Done);
    let rows = u64::try_from(ROWS).unwrap();
    assert_eq!(job.work().summary(), Summary { rows, created: rows, ..Summary::default() });
    let (results, summary) = desk.results(id);
    assert_eq!(summary, counts(ROWS, ROWS, 0));
    assert!(results.values().all(|result| result["status"] == "created") && results.len() == ROWS);
    assert_eq!(desk.products().await, ROWS);
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Duplicate.into());
    assert!(desk.files.link(&job).await.unwrap().contains("X-Amz-Expires=900"));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_any_two_writes_each_row_is_applied_once_and_has_one_result() {
    const ROWS: usize = 1_000;
    let desk = Desk::start().await;
    // Every tenth row repeats the code of the one before it. Rows of one step are applied in any order: one of the two fails.
    let file: String = (0..ROWS)
        .map(|number| {
            json!({ "code": format!("p{}", number - usize::from(number % 10 == 9)), "price": 1 }).to_string() + "\n"
        })
        .collect();
    let id = desk.requested(Format::JsonLines, &file).await;
    let mut millis = 0;
    while desk.job(id).await.finished_at().is_none() {
        // The lost invocations of several messages may overlap: a transition that another one made first is an error.
        let ran = tokio::time::timeout(Duration::from_millis(millis), desk.run(id, Deadline::never())).await;
        if let Ok(Err(failure)) = ran {
            assert!(matches!(failure, Failure::Retry(_)), "{failure:?}");
        }
        desk.services.refuse_uploads(usize::from(millis % 3 == 0));
        millis += 7;
    }
    let (results, summary) = desk.results(id);
    assert_eq!(summary, counts(ROWS, ROWS * 9 / 10, ROWS / 10));
    for (row, result) in &results {
        let twin = if row % 10 == 0 { row - 1 } else { row + 1 };
        let wanted = match row % 10 {
            0 | 9 if result["status"] == "refused" => "created",
            0 | 9 => "refused",
            _ => continue,
        };
        assert_eq!(results[&twin]["status"], wanted, "{result}");
    }
    let failed = results.values().filter(|result| result["status"] == "refused");
    assert!(failed.into_iter().all(|result| result["errors"][0]["field"] == "code"));
    assert_eq!(desk.products().await, ROWS * 9 / 10);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_or_applied_fails_alone_with_field_rule_and_remedy() {
    let desk = Desk::start().await;
    let file = "{\"code\":\"a\",\"price\":1}\nnonsense\n{\"code\":\"b\",\"price\":\"free\"}\n{\"price\":1}\n{\"code\":\"c\",\"price\":2}";
    let id = desk.requested(Format::JsonLines, file).await;
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    let (results, summary) = desk.results(id);
    assert_eq!(summary, counts(5, 2, 3));
    assert_eq!((&results[&1]["row"], &results[&1]["status"]), (&json!(1), &json!("created")));
    assert!(results[&1]["id"].is_string());
    let error = |row: u64| results[&row]["errors"][0].clone();
    assert!(error(2)["rule"].as_str().unwrap().contains("must be a JSON object"));
    assert_eq!(
        error(3),
        json!({ "field": "price", "rule": "must be a whole number of cents", "remedy": "Write 1250 for 12.50." })
    );
    assert!(error(4)["rule"].as_str().unwrap().contains("code"));
}

#[tokio::test]
async fn a_table_of_a_spreadsheet_is_imported_too() {
    let desk = Desk::start().await;
    let id = desk.requested(Format::Csv, "\u{feff}code,price\r\n\"a, b\",5\r\nc\r\n\r\nd,7\r\n").await;
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    let (results, summary) = desk.results(id);
    assert_eq!(summary, counts(3, 2, 1));
    assert_eq!(results[&2]["errors"][0]["rule"], "must have 2 fields, not 1");
    let there = desk.shop.get::<Product>(product_key("a, b"), Read::Strong).await.unwrap().unwrap().value;
    assert_eq!(there.price, 5);
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_read_ends_the_import() {
    let desk = Desk::start().await;
    let id = desk.requested(Format::JsonLines, &catalogue(1_000)).await;
    let step = Deadline::after(Duration::ZERO);
    for _ in 0..3 {
        assert_ne!(desk.run(id, step).await.unwrap(), Done::Applied.into());
    }
    let applied = desk.products().await;
    desk.services.put(&desk.key(id, ".upload"), catalogue(2_000).as_bytes());
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert_eq!(desk.job(id).await.status(desk.clock.now()), kit::jobs::Status::Failed);
    assert_eq!(desk.products().await, applied);
    assert_eq!(desk.services.open_uploads(), 0);
}

#[tokio::test]
async fn too_many_rows_and_a_row_without_end_are_refused() {
    let desk = Desk::start().await;
    let long = format!("{{\"code\":\"{}\"}}\n", "x".repeat(300_000));
    for file in ["{}\n".repeat(10_001), long] {
        let id = desk.requested(Format::JsonLines, &file).await;
        assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
        assert_eq!(desk.job(id).await.status(desk.clock.now()), kit::jobs::Status::Failed);
    }
    for file in ["", "x"] {
        let id = desk.requested(Format::JsonLines, file).await;
        if file == "x" {
            desk.services.remove(&desk.key(id, ".upload"));
        }
        assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
        assert!(desk.job(id).await.failure().unwrap().contains("there is no uploaded file with 1 to"));
    }
}

#[tokio::test]
async fn an_import_whose_file_does_not_come_makes_room_for_the_next_after_an_hour() {
    let desk = Desk::start().await;
    let job = Job::<Import<Products>>::new(types::new_uuid(), desk.owner, "c".to_owned(), desk.clock.now())
        .beginning_at(Place::awaiting(Format::Csv));
    let until = desk.clock.now() + jiff::SignedDuration::from_mins(15);
    let form = serde_json::to_value(desk.files.upload_form(&job, until, desk.clock.now()).await.unwrap()).unwrap();
    assert_eq!(form["fields"]["key"], desk.key(job.id, ".upload"));
    assert_eq!(form["fields"]["Content-Type"], "text/csv");
    assert_eq!(job.status(desk.clock.now()), kit::jobs::Status::Requested);
    desk.clock.advance(Duration::from_hours(1));
    assert_eq!(job.status(desk.clock.now()), kit::jobs::Status::Failed);
}

/// A kind whose adjacent rows of one code belong together.
#[derive(Debug, Clone)]
struct Grouped;

impl ImportKind for Grouped {
    type Context = Shop;

    const NAME: &'static str = "grouped";
    const PREFIX: &'static str = "imports";
    const MAX_BYTES: u64 = 10_000_000;
    const MAX_ROWS: u64 = 10_000;
    const MAX_ROW_BYTES: u64 = 1024 * 1024;

    fn group(fields: &serde_json::Map<String, Value>) -> Option<String> {
        fields["code"].as_str().map(ToOwned::to_owned)
    }
}

#[tokio::test]
async fn no_slice_of_a_file_cuts_a_group() {
    let desk = Desk::start().await;
    let jobs = Jobs::<Import<Grouped>>::new(desk.shop.clone());
    let runner = Runner::new(jobs.clone(), desk.files.clone(), desk.clock.clone());
    let importer = Importer::new(runner, desk.files.clone());
    // Groups of 1 to 60 rows, one of them with 400 kB, and some rows that cannot be read.
    let mut file = "code,note\r\n".to_owned();
    let mut sizes = BTreeMap::new();
    for group in 0..120_usize {
        let (rows, note) = ((group * 7) % 60 + 1, if group == 50 { 20_000 } else { 40 });
        sizes.insert(format!("g{group}"), rows);
        for _ in 0..rows {
            file.extend([format!("g{group},"), "n".repeat(note), "\r\n".to_owned()]);
        }
        if group % 10 == 0 {
            file += "broken\r\n";
        }
    }
    let (id, now) = (types::new_uuid(), desk.clock.now());
    desk.services.put(&desk.key(id, ".upload"), file.as_bytes());
    let job = Job::new(id, desk.owner, "c".to_owned(), now).beginning_at(Place::awaiting(Format::Csv));
    let known = jobs.known(desk.owner, id).await.unwrap();
    jobs.request(known, job, LIMIT, now, &Outbox::none()).await.unwrap();
    let seen = std::sync::Mutex::new(BTreeMap::new());
    let apply = async |_: &Job<Import<Grouped>>, rows: Vec<Row>| {
        let code = rows[0].fields["code"].as_str().unwrap().to_owned();
        assert!(rows.iter().all(|row| row.fields["code"] == code.as_str()));
        assert_eq!(seen.lock().unwrap().insert(code.clone(), rows.len()), None, "{code} was cut");
        Ok(rows.iter().map(|_| Ok(Applied { effect: Effect::Unchanged, id: None })).collect())
    };
    let ran = importer.run(desk.owner, id, Deadline::never(), apply, |_, _| Ok(Outbox::none())).await.unwrap();
    assert_eq!(ran, Done::Applied.into());
    assert_eq!(*seen.lock().unwrap(), sizes);
    let summary = jobs.get(desk.owner, id).await.unwrap().unwrap().value.work().summary();
    let unchanged = sizes.values().map(|rows| u64::try_from(*rows).unwrap()).sum();
    assert_eq!((summary.unchanged, summary.refused, summary.rows), (unchanged, 12, unchanged + 12));
}

#[tokio::test]
async fn nothing_of_an_import_is_left_of_a_deleted_user() {
    let desk = Desk::start().await;
    let id = desk.requested(Format::JsonLines, &catalogue(500)).await;
    assert_eq!(desk.run(id, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert!(desk.services.keys().len() > 3);
    assert_eq!(desk.importer.forget(desk.owner).await.unwrap(), Done::Applied.into());
    assert!(desk.services.keys().is_empty());
    assert_eq!(desk.importer.forget(desk.owner).await.unwrap(), Done::Duplicate.into());
}
