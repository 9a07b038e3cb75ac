//! An index that is behind its table, as DynamoDB's is: the embedded one is up to date at once.
//!
//! A second database receives the same writes in the same order, each some time later, and answers the queries of the index.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

use crate::front::{Request, Rule, Upstream};

/// The operations that read.
const READS: [&str; 5] = ["BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"];

/// Sends writes to the database now and to its replica later.
pub(crate) struct LaggingIndex {
    replica: SocketAddr,
    lag: Duration,
    /// Held for the time of a write, so that both databases get the writes in one order.
    later: Mutex<mpsc::UnboundedSender<(Instant, Vec<u8>)>>,
}

impl LaggingIndex {
    /// An index that shows each write `lag` later. `replica` is the address of an empty database.
    pub(crate) async fn new(replica: SocketAddr, lag: Duration) -> Self {
        let upstream = Upstream::connect(replica).await.expect("a database");
        let (sender, writes) = mpsc::unbounded_channel();
        tokio::spawn(replay(upstream, writes));
        Self { replica, lag, later: Mutex::new(sender) }
    }
}

async fn replay(mut replica: Upstream, mut writes: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>) {
    while let Some((due, request)) = writes.recv().await {
        tokio::time::sleep_until(due).await;
        if replica.send(&request).await.is_none() {
            return;
        }
    }
}

impl Rule for LaggingIndex {
    async fn answer(&self, upstream: &mut Upstream, request: Request) -> Option<Vec<u8>> {
        let bytes = request.bytes();
        if request.operation() == "Query" && request.parameters()["IndexName"].is_string() {
            return Upstream::connect(self.replica).await.ok()?.send(&bytes).await;
        }
        if READS.contains(&request.operation()) {
            return upstream.send(&bytes).await;
        }
        let later = self.later.lock().await;
        let answer = upstream.send(&bytes).await;
        let is_table = request.operation() == "CreateTable";
        let due = Instant::now() + if is_table { Duration::ZERO } else { self.lag };
        later.send((due, bytes)).expect("a replica");
        answer
    }
}
