//! As much HTTP/1.1 as the SDKs' clients and the Runtime API need: small, so that nothing but a function is measured.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// A request: what it asks, and its body.
#[derive(Debug)]
pub struct Request {
    /// `GET` and the like.
    pub method: String,
    /// What is asked for, with its query.
    pub path: String,
    /// The header `x-amz-target`, by which JSON services tell their operations.
    pub target: String,
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
}

/// Reads one; none when the client has gone.
pub async fn read(stream: &mut BufStream<TcpStream>) -> Option<Request> {
    let (mut line, mut length, mut chunked, mut target) = (String::new(), 0, false, String::new());
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            "x-amz-target" => value.trim().clone_into(&mut target),
            _ => {}
        }
    }
    let body = if chunked { read_chunks(stream).await? } else { read_bytes(stream, length).await? };
    Some(Request { method, path, target, body })
}

async fn read_bytes(stream: &mut BufStream<TcpStream>, length: usize) -> Option<Vec<u8>> {
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

async fn read_chunks(stream: &mut BufStream<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        body.extend(read_bytes(stream, length).await?);
        stream.read_line(&mut line).await.ok()?;
        if length == 0 {
            return Some(body);
        }
    }
}

/// Answers with JSON; the headers are whole lines. None when the client has gone.
pub async fn write(stream: &mut BufStream<TcpStream>, status: u16, headers: &[String], body: &[u8]) -> Option<()> {
    write_of(stream, status, headers, (body.len(), body)).await
}

/// Writes a response without its body, which has so many bytes, as `HEAD` asks for.
pub async fn write_head(
    stream: &mut BufStream<TcpStream>,
    status: u16,
    headers: &[String],
    length: usize,
) -> Option<()> {
    write_of(stream, status, headers, (length, &[])).await
}

async fn write_of(
    stream: &mut BufStream<TcpStream>,
    status: u16,
    headers: &[String],
    (length, body): (usize, &[u8]),
) -> Option<()> {
    let mut head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("content-type: application/json\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.flush().await.ok()
}

/// Serves connections with a state of their own that they share, until the runtime ends; gives the URL and the state.
pub(crate) async fn start<S, F>(handler: fn(BufStream<TcpStream>, Arc<S>) -> F) -> (String, Arc<S>)
where
    S: Default + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let state = Arc::<S>::default();
    let served = state.clone();
    let address = serve(move |stream| handler(stream, served.clone())).await;
    (format!("http://{address}"), state)
}

/// Serves connections until the runtime ends; gives the address.
pub async fn serve<F>(handler: impl Fn(BufStream<TcpStream>) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).expect("a socket");
            tokio::spawn(handler(BufStream::new(stream)));
        }
    });
    address
}
