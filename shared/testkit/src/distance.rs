//! A database that is some way off: each answer comes later by a given time, as over a network.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// As much of an answer as goes on at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Starts a front of the database at `database` whose answers come later by `added`, and says where it is. Timers have a
/// resolution of a millisecond, so that an answer may come up to one later still. It ends with the test's runtime.
pub(crate) async fn front(database: SocketAddr, added: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, database, added));
        }
    });
    address
}

async fn serve(client: TcpStream, database: SocketAddr, added: Duration) {
    let Ok(upstream) = TcpStream::connect(database).await else { return };
    // Small packets are not to wait for each other: that would be another delay.
    if client.set_nodelay(true).and_then(|()| upstream.set_nodelay(true)).is_err() {
        return;
    }
    let ((mut asks, hears), (answers, mut told)) = (client.into_split(), upstream.into_split());
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(take(answers, sender, added));
    tokio::spawn(give(receiver, hears));
    // Either side ends the connection by going away, which is no error here.
    tokio::io::copy(&mut asks, &mut told).await.ok();
}

/// Takes what the database says, with the time when it is to be heard.
async fn take(mut answers: OwnedReadHalf, sender: mpsc::UnboundedSender<(Instant, Vec<u8>)>, added: Duration) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(length @ 1..) = answers.read(&mut chunk).await {
        if sender.send((Instant::now() + added, chunk[..length].to_vec())).is_err() {
            return;
        }
    }
}

async fn give(mut receiver: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>, mut hears: OwnedWriteHalf) {
    while let Some((due, chunk)) = receiver.recv().await {
        tokio::time::sleep_until(due).await;
        if hears.write_all(&chunk).await.is_err() {
            return;
        }
    }
}
