//! A system small enough to compute by hand, for tests.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::{Model, Prices, System, Workload};
use crate::performance::measured::{Budgets, Functions};
use crate::repository::Repository;
use crate::survey::Survey;

const MANIFEST: &str = r#"
[package]
name = "orders"
[[bin]]
name = "orders-place-order"
[[bin]]
name = "orders-count-orders"
[[bin]]
name = "orders-sweep"
[[bin]]
name = "platform-publish-events"
"#;

const TEMPLATE: &str = "
Globals:
  Function: { MemorySize: 256, Tracing: Active, Environment: { Variables: { TABLE_NAME: t } } }
Resources:
  PlaceOrder: { Type: AWS::Serverless::Function, Properties: { Handler: orders-place-order, MemorySize: 512 } }
  CountOrders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders-count-orders
      Events: { Source: { Type: SQS, Properties: { Queue: !GetAtt CountOrdersQueue.Arn } } }
  CountOrdersQueue: { Type: AWS::SQS::Queue }
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders-greet
      Events: { Event: { Type: EventBridgeRule, Properties: { Pattern: { detail-type: [orders.order_gone.v1] } } } }
  Send:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders-send
      Events: { Source: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn, ScalingConfig: { MaximumConcurrency: 5 } } } }
  CountOrdersRule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { detail-type: [orders.order_placed.v1] }
      Targets: [{ Id: queue, Arn: !GetAtt CountOrdersQueue.Arn }]
  CountOrdersDlqAlarm: { Type: AWS::CloudWatch::Alarm }
  Sweep:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders-sweep
      Tracing: !Ref Tracing
      Events: { Source: { Type: Schedule, Properties: { Schedule: rate(1 minute) } } }
  PublishEvents:
    Type: AWS::Serverless::Function
    Properties:
      Handler: platform-publish-events
      Events: { Changes: { Type: DynamoDB, Properties: {} } }
";

const PRICES: &str = "
checked: 2026-01-02
region: r
prices:
  httpRequest: { what: x, part: gateway, dollars: 1, per: 1000000, page: p }
  socketMessage: { what: x, part: gateway, dollars: 1, per: 1000000, page: p }
  lambdaRequest: { what: x, part: lambda, dollars: 0.2, per: 1000000, page: p }
  lambdaGbSecond: { what: x, part: lambda, dollars: 0.00001, per: 1, page: p }
  readUnit: { what: x, part: table, dollars: 0.125, per: 1000000, page: p }
  writeUnit: { what: x, part: table, dollars: 0.625, per: 1000000, page: p }
  tableGbMonth: { what: x, part: table, dollars: 0.25, per: 1, page: p }
  backupGbMonth: { what: x, part: table, dollars: 0.2, per: 1, page: p }
  busEvent: { what: x, part: events, dollars: 1, per: 1000000, page: p }
  archiveGb: { what: x, part: events, dollars: 0.1, per: 1, page: p }
  archiveGbMonth: { what: x, part: events, dollars: 0.02, per: 1, page: p }
  queueRequest: { what: x, part: events, dollars: 0.4, per: 1000000, page: p }
  logGb: { what: x, part: watching, dollars: 0.5, per: 1, page: p }
  logGbMonth: { what: x, part: watching, dollars: 0.03, per: 1, page: p }
  metricMonth: { what: x, part: watching, dollars: 0.3, per: 1, page: p }
  alarmMonth: { what: x, part: watching, dollars: 0.1, per: 1, page: p }
  trace: { what: x, part: watching, dollars: 5, per: 1000000, page: p }
  mail: { what: x, part: other, dollars: 0.1, per: 1000, page: p }
  objectGbMonth: { what: x, part: other, dollars: 0.02, per: 1, page: p }
  transferGb: { what: x, part: other, dollars: 0.09, per: 1, page: p }
  processorHour: { what: x, part: alwaysOn, dollars: 0.04, per: 1, page: p }
";

/// The workload of the fixture.
pub const WORKLOAD: &str = "
assumptions:
  hoursPerMonth: { value: 100, why: w }
  addedMillis: { value: 3, why: w }
  processorMegabytes: { value: 1000, why: w }
  keepAliveMinutes: { value: 5, why: w }
  leastColdShare: { value: 0.01, why: w }
  messagesPerBatch: { value: 4, why: w }
  changesPerBatch: { value: 2, why: w }
  pollers: { value: 5, why: w }
  quietPollers: { value: 2, why: w }
  pollSeconds: { value: 20, why: w }
  tracesPerSecond: { value: 1, why: w }
  traceShare: { value: 0.05, why: w }
  logEntryBytes: { value: 26, why: w }
  busEnvelopeBytes: { value: 91, why: w }
  metricsPerContext: { value: 2, why: w }
  failureShare: { value: 0.01, why: w }
  logRetentionMonths: { value: 1, why: w }
  logCompression: { value: 0.2, why: w }
  tableKilobytesPerUser: { value: 30, why: w }
  pictureMegabytesPerUser: { value: 0, why: w }
  replyKilobytes: { value: 0, why: w }
lines: { platform: ['0123456789'], traced: ['01234'], cold: ['01234567890123456789'], access: ['0123'] }
requests:
  order:
    title: order
    calls:
      - { function: orders-place-order, case: placed, emits: { orders.order_placed.v1: { count: 2, people: 3 } } }
reactions:
  orders.order_placed.v1:
    orders-count-orders: { perPerson: true, also: { mail: 1 } }
foreign: {}
schedules: {}
profiles: { ten: { title: ten, users: 10 } }
perMillion: ten
habits: { order: 2 }
alwaysOn:
  set: { title: set, lines: [{ what: tasks, price: processorHour, product: [2, 0.5, 100] }] }
";

const DOCUMENT: &str = "
Written by hand.
<!-- begin machine -->
An older machine.
<!-- end machine -->
<!-- begin functions --><!-- end functions -->
<!-- begin money --><!-- end money -->
<!-- begin ranks --><!-- end ranks -->
";

const FUNCTIONS: &str = r#"{ "coldStarts": 5, "warmInvocations": 200, "functions": [
  { "name": "orders-place-order", "bytes": 11000000, "initMillis": 10, "initCpuMillis": 10, "peakKib": 20000,
    "status": 201, "logBytes": 100, "latencies": [
      { "addedMillis": 0, "firstMillis": 6, "firstCpuMillis": 3, "warmP50Millis": 1, "warmP99Millis": 2, "warmCpuMillis": 1 },
      { "addedMillis": 3, "firstMillis": 9, "firstCpuMillis": 3, "warmP50Millis": 7, "warmP99Millis": 9, "warmCpuMillis": 1 } ] },
  { "name": "orders-count-orders", "bytes": 12000000, "initMillis": 12, "initCpuMillis": 11, "peakKib": 21000,
    "status": null, "logBytes": 0, "latencies": [
      { "addedMillis": 0, "firstMillis": 6, "firstCpuMillis": 3, "warmP50Millis": 1, "warmP99Millis": 2, "warmCpuMillis": 1 },
      { "addedMillis": 3, "firstMillis": 9, "firstCpuMillis": 3, "warmP50Millis": 7, "warmP99Millis": 9, "warmCpuMillis": 1 } ] } ] }"#;

const BUDGETS: &str = r#"{ "functions": {
  "orders-place-order": { "bytes": 11000000, "cases": {
    "placed": { "calls": 2, "rounds": 2, "readUnits": 1, "writeUnits": 7 },
    "refused": { "calls": 1, "rounds": 1, "readUnits": 1, "writeUnits": 0 } } },
  "orders-sweep": { "bytes": 9, "cases": {
    "much": { "calls": 9, "rounds": 9, "readUnits": 10, "writeUnits": 5 },
    "nothing": { "calls": 1, "rounds": 1, "readUnits": 1, "writeUnits": 0 } } } } }"#;

/// A repository with the fixture's files; written once per process.
pub fn repository() -> Repository {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let root = ROOT.get_or_init(|| {
        let root = std::env::temp_dir().join(format!("xtask-performance-{}", std::process::id()));
        fs::remove_dir_all(&root).ok();
        let repository = Repository::at(&root);
        for (path, text) in [
            ("functions/shop/orders/Cargo.toml", MANIFEST),
            ("functions/shop/orders/template.yaml", TEMPLATE),
            (
                "functions/shop/orders/src/api/place_order.rs",
                "#[utoipa::path(post, path = \"/v1/shop/orders\")]\nasync fn place_order() {}\n",
            ),
            (
                "docs/openapi/shop.json",
                r#"{ "paths": { "/v1/shop/orders": { "post": { "operationId": "place_order" } } } }"#,
            ),
            ("template.yaml", "Parameters: { Tracing: { Default: PassThrough } }"),
            ("events/orders/order_placed.v1.example.json", "{\n  \"a\": \"b\"\n}"),
            (crate::performance::DOCUMENT, DOCUMENT),
            (super::prices::PRICES, PRICES),
            (super::workload::WORKLOAD, WORKLOAD),
            ("target/bench/functions.json", FUNCTIONS),
            ("tests/budgets.json", BUDGETS),
        ] {
            repository.write(path, text).unwrap();
        }
        root
    });
    Repository::at(root)
}

/// The system of the fixture.
pub fn system() -> System {
    System::of(&Survey::of(&repository()).unwrap()).unwrap()
}

/// Its figures.
pub fn functions() -> Functions {
    serde_json::from_str(FUNCTIONS).unwrap()
}

/// Its budgets.
pub fn budgets() -> Budgets {
    serde_json::from_str(BUDGETS).unwrap()
}

/// All of it.
pub fn model<'a>(functions: &'a Functions, budgets: &'a Budgets) -> Model<'a> {
    let prices = Prices::parse(PRICES).unwrap();
    Model { prices, workload: Workload::parse(WORKLOAD).unwrap(), system: system(), functions, budgets }
}
