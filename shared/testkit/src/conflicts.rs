//! The rule of DynamoDB that the embedded one does not know: of two transactions that touch one item at the same time,
//! the second is cancelled with `TransactionConflict`.
//!
//! The embedded one answers one after the other, and in no time. A front of it lets through what nothing stands in the way of, holds
//! the items of each transaction for as long as DynamoDB takes for one, and cancels what meets them.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long a transaction holds its items.
const TRANSACTION: Duration = Duration::from_millis(20);

/// Items that transactions under way hold.
type Held = Arc<Mutex<HashSet<String>>>;

/// Starts a front of the database at `database`, and says where it is. It ends with the test's runtime.
pub(crate) async fn front(database: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let held = Held::default();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, database, held.clone()));
        }
    });
    address
}

/// Passes on one connection, request by request, until either side ends it.
async fn serve(mut client: TcpStream, database: SocketAddr, held: Held) {
    let Ok(mut upstream) = TcpStream::connect(database).await else { return };
    while let Some((head, body)) = message(&mut client).await {
        let wanted = if head.contains("TransactWriteItems") { items(&body) } else { Vec::new() };
        let answer = if let Err(met) = hold(&held, &wanted) {
            cancelled(&met)
        } else {
            let answer = pass_on(&mut upstream, &head, &body).await;
            if !wanted.is_empty() {
                tokio::time::sleep(TRANSACTION).await;
            }
            held.lock().unwrap_or_else(PoisonError::into_inner).retain(|item| !wanted.contains(item));
            let Some(answer) = answer else { return };
            answer
        };
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}

async fn pass_on(upstream: &mut TcpStream, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    upstream.write_all(&[head.as_bytes(), body].concat()).await.ok()?;
    let (head, body) = message(upstream).await?;
    Some([head.as_bytes(), &body].concat())
}

/// Holds all items, or says which of them are held by others.
fn hold(held: &Held, wanted: &[String]) -> Result<(), Vec<bool>> {
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if wanted.iter().any(|item| held.contains(item)) {
        return Err(wanted.iter().map(|item| held.contains(item)).collect());
    }
    held.extend(wanted.iter().cloned());
    Ok(())
}

/// The keys of a transaction's items, in its order.
fn items(body: &[u8]) -> Vec<String> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let writes = request["TransactItems"].as_array().cloned().unwrap_or_default();
    let of_write = |write: &Value| {
        let write = write.as_object()?.values().next()?;
        let key = if write["Key"].is_null() { &write["Item"] } else { &write["Key"] };
        Some(format!("{} {}", key["pk"]["S"], key["sk"]["S"]))
    };
    writes.iter().filter_map(of_write).collect()
}

fn cancelled(met: &[bool]) -> Vec<u8> {
    let reasons: Vec<_> = met
        .iter()
        .map(|met| if *met { json!({ "Code": "TransactionConflict" }) } else { json!({ "Code": "None" }) })
        .collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body =
        json!({ "__type": kind, "message": "Transaction cancelled", "CancellationReasons": reasons }).to_string();
    let length = body.len();
    let head =
        format!("HTTP/1.1 400 Bad Request\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}");
    format!("{head}\r\n\r\n{body}").into_bytes()
}

/// A request or an answer: its head with the empty line, and its body. None at the end of the connection.
async fn message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths =
        lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let length: usize = lengths.next().and_then(|text| text.parse().ok()).unwrap_or_default();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}
