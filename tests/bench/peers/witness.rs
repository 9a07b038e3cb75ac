//! Stands before the table and counts what is asked of it, so that nobody has to be believed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::BufStream;
use tokio::net::TcpStream;

use testkit::wire;

/// The table in this process wants a signature, and does not check it.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, \
     SignedHeaders=host;x-amz-date;x-amz-target, Signature=0";

/// What was asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// How often each operation was asked for.
    pub operations: BTreeMap<String, u32>,
    /// The longest chain of calls of which each began after the one before had ended, as `dynamo`'s meter has it.
    pub rounds: u32,
    /// Units, as the table tells them.
    pub read_units: f64,
    /// Units, as the table tells them.
    pub write_units: f64,
}

impl Usage {
    /// All calls.
    pub fn calls(&self) -> u32 {
        self.operations.values().sum()
    }

    fn add_units(&mut self, target: &str, reply: &Value) {
        let consumed = match &reply["ConsumedCapacity"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        let reads = ["Get", "Query", "BatchGet"].iter().any(|verb| target.starts_with(verb));
        for capacity in consumed {
            let units = |name: &str| capacity[name].as_f64();
            match (units("ReadCapacityUnits"), units("WriteCapacityUnits")) {
                (None, None) if reads => self.read_units += units("CapacityUnits").unwrap_or_default(),
                (None, None) => self.write_units += units("CapacityUnits").unwrap_or_default(),
                (read, write) => {
                    self.read_units += read.unwrap_or_default();
                    self.write_units += write.unwrap_or_default();
                }
            }
        }
    }
}

/// A way to the table that counts.
pub struct Witness {
    address: String,
    usage: Arc<Mutex<Usage>>,
}

impl Witness {
    /// Stands before the table at `database`.
    pub async fn start(database: &str) -> Self {
        let usage = Arc::new(Mutex::new(Usage::default()));
        let (seen, url) = (usage.clone(), format!("http://{database}/"));
        let client = reqwest::Client::new();
        let address = wire::serve(move |stream| pass_on(stream, client.clone(), url.clone(), seen.clone())).await;
        Self { address, usage }
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What was asked since the last time that this was.
    pub fn take(&self) -> Usage {
        std::mem::take(&mut self.usage.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn pass_on(mut stream: BufStream<TcpStream>, client: reqwest::Client, url: String, usage: Arc<Mutex<Usage>>) {
    while let Some(request) = wire::read(&mut stream).await {
        let operation = request.target.rsplit('.').next().unwrap_or_default().to_owned();
        let place = usage.lock().unwrap_or_else(PoisonError::into_inner).rounds + 1;
        let sent = client
            .post(&url)
            .header("x-amz-target", request.target)
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", SIGNATURE)
            .header("x-amz-date", "20260101T000000Z")
            .body(request.body)
            .send();
        let reply = sent.await.expect("the table answers");
        let (status, body) = (reply.status().as_u16(), reply.bytes().await.expect("the table's answer"));
        {
            let mut usage = usage.lock().unwrap_or_else(PoisonError::into_inner);
            usage.rounds = usage.rounds.max(place);
            *usage.operations.entry(operation.clone()).or_default() += 1;
            usage.add_units(&operation, &serde_json::from_slice(&body).unwrap_or_default());
        }
        if wire::write(&mut stream, status, &[], &body).await.is_none() {
            return;
        }
    }
}
