//! Lambda's Runtime API for one process, and the process: started, called, and measured.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::BufStream;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use testkit::wire;

/// How long a function may take to ask for its first event, or to answer one.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a process says.
enum Said {
    /// It asks for an event.
    Next(oneshot::Sender<Vec<u8>>),
    /// It answered.
    Response(Vec<u8>),
    /// It answered with an error, or could not start.
    Failed(Vec<u8>),
    /// It has ended by itself.
    Ended,
}

/// A running function that waits for its next event.
pub struct Function {
    process: Child,
    log: Option<JoinHandle<Vec<u8>>>,
    said: mpsc::UnboundedReceiver<(Instant, Said)>,
    waiting: Option<oneshot::Sender<Vec<u8>>>,
    /// From the start of the process to its first request for an event.
    pub init: Duration,
}

/// What one invocation cost.
pub struct Invocation {
    /// From handing over the event to having the answer.
    pub duration: Duration,
    /// Time on a processor, to the next request for an event.
    pub cpu: Duration,
    /// The answer.
    pub reply: Result<Value, String>,
}

impl Function {
    /// Starts a function.
    pub async fn start(command: &[String], environment: &HashMap<String, String>) -> Result<Self, String> {
        let (sender, said) = mpsc::unbounded_channel();
        let ended = sender.clone();
        let api = wire::serve(move |stream| answer(stream, sender.clone())).await;
        let (log, output) = std::io::pipe().map_err(|error| error.to_string())?;
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let started = Instant::now();
        // The pipe's other end is closed with the command, so that the log ends with the process.
        let process = Command::new(&command[0])
            .args(&command[1..])
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", api)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{}: {error}", command[0]))?;
        let mut function = Self { process, log: Some(read_all(log, ended)), said, waiting: None, init: Duration::ZERO };
        match next(&mut function.said).await {
            Ok((at, Said::Next(waiting))) => {
                (function.waiting, function.init) = (Some(waiting), at.duration_since(started));
                Ok(function)
            }
            Ok((_, Said::Response(body) | Said::Failed(body))) => Err(String::from_utf8_lossy(&body).into_owned()),
            Ok((_, Said::Ended)) => Err(format!("it ended: {}", function.finish())),
            Err(error) => Err(format!("{error}: {}", function.finish())),
        }
    }

    /// Ends it, and gives all that it wrote to its standard output and error: what Lambda would put into its log.
    pub fn finish(mut self) -> String {
        self.end();
        let written = self.log.take().and_then(|log| log.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&written).into_owned()
    }

    fn end(&mut self) {
        // A process that has ended by itself cannot be killed, and needs not be.
        self.process.kill().unwrap_or_default();
        self.process.wait().expect("a process that was killed ends");
    }

    /// Gives it an event.
    pub async fn invoke(&mut self, event: &Value) -> Result<Invocation, String> {
        let waiting = self.waiting.take().ok_or("it does not wait for an event")?;
        let body = serde_json::to_vec(event).map_err(|error| error.to_string())?;
        let (cpu, started) = (self.cpu(), Instant::now());
        waiting.send(body).map_err(|_| "it has gone")?;
        let (answered, reply) = match next(&mut self.said).await? {
            (at, Said::Response(body)) => (at, serde_json::from_slice(&body).map_err(|error| error.to_string())),
            (at, Said::Failed(body)) => (at, Err(String::from_utf8_lossy(&body).into_owned())),
            (_, Said::Ended) => return Err("it ended".to_owned()),
            (_, Said::Next(_)) => return Err("it asks for another event before it answers".to_owned()),
        };
        let (_, Said::Next(waiting)) = next(&mut self.said).await? else {
            return Err("it answers twice, or ended".to_owned());
        };
        self.waiting = Some(waiting);
        Ok(Invocation { duration: answered.duration_since(started), cpu: self.cpu().saturating_sub(cpu), reply })
    }

    /// The time that its threads have been on a processor, from the scheduler's own count in nanoseconds.
    pub fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let nanos = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanos.sum())
    }

    /// The most memory that it has held, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads in a thread of its own, as soon as something is there: a full pipe would stop the function. The pipe ends with
/// the process.
fn read_all(mut log: std::io::PipeReader, ended: mpsc::UnboundedSender<(Instant, Said)>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut written = Vec::new();
        log.read_to_end(&mut written).expect("a pipe");
        // Nobody listens any more if it was ended on purpose.
        ended.send((Instant::now(), Said::Ended)).unwrap_or_default();
        written
    })
}

/// The size of a file, in bytes.
pub fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

async fn next(said: &mut mpsc::UnboundedReceiver<(Instant, Said)>) -> Result<(Instant, Said), String> {
    match tokio::time::timeout(PATIENCE, said.recv()).await {
        Ok(Some(said)) => Ok(said),
        Ok(None) => Err("it has gone".to_owned()),
        Err(_) => Err(format!("nothing within {PATIENCE:?}")),
    }
}

async fn answer(mut stream: BufStream<TcpStream>, said: mpsc::UnboundedSender<(Instant, Said)>) {
    let mut number = 0_u64;
    while let Some(request) = wire::read(&mut stream).await {
        let at = Instant::now();
        let done = if request.method == "GET" {
            let (sender, event) = oneshot::channel();
            if said.send((at, Said::Next(sender))).is_err() {
                return;
            }
            let Ok(event) = event.await else { return };
            number += 1;
            wire::write(&mut stream, 200, &headers(number), &event).await
        } else {
            let failed = request.path.ends_with("/error");
            let what = if failed { Said::Failed(request.body) } else { Said::Response(request.body) };
            // Answered first: who listens stops the clock by the time that the request came.
            let written = wire::write(&mut stream, 202, &[], b"{}").await;
            if said.send((at, what)).is_err() {
                return;
            }
            written
        };
        if done.is_none() {
            return;
        }
    }
}

fn headers(number: u64) -> [String; 4] {
    let deadline = std::time::SystemTime::now() + PATIENCE;
    let millis = deadline.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
    [
        format!("lambda-runtime-aws-request-id: 00000000-0000-4000-8000-{number:012}"),
        format!("lambda-runtime-deadline-ms: {millis}"),
        "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:measured".to_owned(),
        "lambda-runtime-trace-id: Root=1-00000000-000000000000000000000000;Sampled=0".to_owned(),
    ]
}
