//! What functions call beside the table, as far as a success needs it: parameters, the bus, queues, mail, push messages,
//! the bucket, moderation, timers, state machines, open sockets, the payment provider, CloudFormation's answers.
//!
//! Everything is taken at once and nothing is looked at twice, so that what is measured is the function.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::BufStream;
use tokio::net::TcpStream;

use testkit::wire::{self, Request};

use super::order_payments::OrderPayments;

/// The bucket's name.
pub const BUCKET: &str = "bucket";
/// Below this path is the payment provider.
pub const PAYMENTS: &str = "/payments";
/// What functions load whole is below this key.
const SNAPSHOTS: &str = "snapshots/";
/// CloudFormation takes answers there.
pub const CUSTOM_RESOURCE: &str = "/custom-resource";

/// The services.
#[derive(Debug, Clone, Default)]
pub struct Services(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    parameters: HashMap<String, String>,
    objects: BTreeMap<String, Vec<u8>>,
    payments: HashMap<String, Value>,
    order_payments: OrderPayments,
}

/// A status and a body.
type Answer = (u16, Vec<u8>);

impl Services {
    /// Services with these parameters.
    pub fn new(parameters: HashMap<String, String>) -> Self {
        Self(Arc::new(Mutex::new(Held { parameters, ..Held::default() })))
    }

    /// Starts them; gives their address. They end with the runtime.
    pub async fn start(&self) -> String {
        let services = self.clone();
        wire::serve(move |stream| services.clone().serve(stream)).await
    }

    /// Puts an object into the bucket.
    pub fn put(&self, key: &str, body: Vec<u8>) {
        self.held().objects.insert(key.to_owned(), body);
    }

    /// The buyer of an order pays.
    pub fn pay_order(&self, payment: &str) {
        self.held().order_payments.pay(payment);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().expect("nothing panics with this lock")
    }

    async fn serve(self, mut stream: BufStream<TcpStream>) {
        while let Some(request) = wire::read(&mut stream).await {
            let (status, body) = self.held().answer(&request);
            // Objects and parts of uploads are known by their tags.
            let has_tag = ["HEAD", "PUT"].contains(&request.method.as_str());
            let headers: Vec<_> = has_tag.then(|| "etag: tag".to_owned()).into_iter().collect();
            let written = if request.method == "HEAD" {
                wire::write_head(&mut stream, status, &headers, body.len()).await
            } else {
                wire::write(&mut stream, status, &headers, &body).await
            };
            if written.is_none() {
                return;
            }
        }
    }
}

fn told(body: &Value) -> Answer {
    (200, body.to_string().into_bytes())
}

impl Held {
    fn answer(&mut self, request: &Request) -> Answer {
        let path = request.path.split('?').next().unwrap_or_default();
        if !request.target.is_empty() {
            return self.json_service(request);
        }
        if let Some(key) = path.strip_prefix(&format!("/{BUCKET}")) {
            return self.bucket(request, key.trim_start_matches('/'));
        }
        if let Some(path) = path.strip_prefix(PAYMENTS) {
            return self.payment(request, path.trim_start_matches("/v1/"));
        }
        if path == CUSTOM_RESOURCE {
            let failed = String::from_utf8_lossy(&request.body).contains("FAILED");
            return (if failed { 500 } else { 200 }, Vec::new());
        }
        match path.split('/').nth(1) {
            Some("v2") => told(&json!({ "MessageId": "mail" })),
            Some("schedules") => {
                told(&json!({ "ScheduleArn": "arn:aws:scheduler:us-east-1:123456789012:schedule/a/b" }))
            }
            Some("") => push(&request.body),
            _ => told(&json!({})),
        }
    }

    /// Services whose operations are named by a header.
    fn json_service(&self, request: &Request) -> Answer {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
        match request.target.rsplit('.').next().unwrap_or_default() {
            "GetParameter" => {
                let name = asked["Name"].as_str().unwrap_or_default();
                match self.parameters.get(name) {
                    Some(value) => {
                        told(&json!({ "Parameter": { "Name": name, "Type": "SecureString", "Value": value } }))
                    }
                    None => (400, json!({ "__type": "ParameterNotFound" }).to_string().into_bytes()),
                }
            }
            "GetParametersByPath" => {
                let path = format!("{}/", asked["Path"].as_str().unwrap_or_default());
                let below = self.parameters.iter().filter(|(name, _)| name.starts_with(&path));
                let below: Vec<_> = below.map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
                told(&json!({ "Parameters": below }))
            }
            "PutParameter" => told(&json!({ "Version": 2, "Tier": "Standard" })),
            "PutEvents" => {
                let entries: Vec<_> = entries.iter().map(|_| json!({ "EventId": "event" })).collect();
                told(&json!({ "FailedEntryCount": 0, "Entries": entries }))
            }
            "SendMessage" => told(&json!({ "MessageId": "message", "MD5OfMessageBody": "0" })),
            "SendMessageBatch" => {
                let sent = entries
                    .iter()
                    .map(|entry| json!({ "Id": entry["Id"], "MessageId": "message", "MD5OfMessageBody": "0" }));
                told(&json!({ "Successful": sent.collect::<Vec<_>>(), "Failed": [] }))
            }
            "StartExecution" => {
                let arn = "arn:aws:states:us-east-1:123456789012:execution:machine:one";
                told(&json!({ "executionArn": arn, "startDate": 1_800_000_000 }))
            }
            "DetectCustomLabels" => told(&json!({ "CustomLabels": [] })),
            "DetectModerationLabels" => told(&json!({ "ModerationLabels": [] })),
            other => panic!("no service here knows {other}"),
        }
    }

    fn bucket(&mut self, request: &Request, key: &str) -> Answer {
        match (request.method.as_str(), key) {
            ("POST", _) if request.path.contains("?uploads") => (
                200,
                b"<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>".to_vec(),
            ),
            ("POST", _) if request.path.contains("uploadId=") => {
                (200, b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>".to_vec())
            }
            ("POST", "") => (200, b"<DeleteResult></DeleteResult>".to_vec()),
            ("GET", "") => (200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".to_vec()),
            // Of what is written, only indexes and models are kept: a run writes thousands of pictures, and nobody reads them again.
            ("PUT", key) => {
                if key.starts_with(SNAPSHOTS) {
                    self.objects.insert(key.to_owned(), request.body.clone());
                }
                (200, Vec::new())
            }
            ("DELETE", key) => {
                self.objects.remove(key);
                (204, Vec::new())
            }
            (_, key) => match self.objects.get(key) {
                Some(body) => (200, body.clone()),
                None => (404, b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            },
        }
    }

    /// Stripe's wire format, for cards that pay at once.
    fn payment(&mut self, request: &Request, path: &str) -> Answer {
        let fields: HashMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let path: Vec<&str> = path.split('/').collect();
        if let Some(answer) = self.order_payments.answer(&request.method, &path, &fields) {
            return told(&answer);
        }
        match (request.method.as_str(), path.as_slice()) {
            ("POST", ["payment_intents"]) => {
                let id = payment_id(field("metadata[atoll_reference]"));
                let amount = field("amount").parse::<i64>().unwrap_or_default();
                let new = open_payment(&id, amount, field("currency"));
                told(self.payments.entry(id).or_insert(new))
            }
            ("POST", ["payment_intents", id, "confirm"]) => self.becomes(id, "succeeded"),
            ("POST", ["payment_intents", id, "cancel"]) => self.becomes(id, "canceled"),
            // A payment that no function registered is one that nobody has paid.
            ("GET", ["payment_intents", id]) => {
                told(self.payments.entry((*id).to_owned()).or_insert_with(|| open_payment(id, 1_250, "eur")))
            }
            ("POST", ["refunds"]) => told(&json!({ "id": "re_1", "status": "succeeded" })),
            (method, path) => panic!("the payment provider knows no {method} {}", path.join("/")),
        }
    }

    fn becomes(&mut self, id: &str, status: &str) -> Answer {
        let Some(payment) = self.payments.get_mut(id) else { return (404, Vec::new()) };
        payment["status"] = status.into();
        told(payment)
    }
}

fn open_payment(id: &str, amount: i64, currency: &str) -> Value {
    json!({
        "id": id, "amount": amount, "currency": currency, "status": "requires_payment_method",
        "client_secret": format!("{id}_secret"),
    })
}

/// The provider's id of the payment that is called this by us.
pub fn payment_id(reference: &str) -> String {
    format!("pi_{}", reference.replace(':', "_"))
}

/// SNS, whose operations are forms in and XML out.
fn push(form: &[u8]) -> Answer {
    let action = form_urlencoded::parse(form).find(|(name, _)| name == "Action").map(|(_, action)| action.into_owned());
    let action = action.unwrap_or_default();
    let endpoint = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/one";
    let result = match action.as_str() {
        "CreatePlatformEndpoint" => format!("<EndpointArn>{endpoint}</EndpointArn>"),
        "Publish" => "<MessageId>message</MessageId>".to_owned(),
        _ => String::new(),
    };
    let body = format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>");
    (200, body.into_bytes())
}
