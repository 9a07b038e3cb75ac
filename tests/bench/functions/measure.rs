//! Measures one function: cold starts, first invocations, warm ones, with the table near and some way off.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::deployed::Deployed;
use crate::harness::runtime_api::{self, Function, Invocation};
use crate::harness::{binary, quantile};
use crate::request::sample;
use crate::scenes::{Scene, most_calls};
use crate::stage::{Stage, command};

/// Cold starts of each function, at each latency; the median counts.
pub const COLD_STARTS: usize = 5;
/// Warm invocations with the table near, as many as `PATIENCE` allows for; a row says how many there were.
pub const WARM_INVOCATIONS: usize = 200;
/// Warm invocations with the table some way off.
const WARM_INVOCATIONS_FAR: usize = 30;
/// Fewer are not measured, however long they take.
const MIN_INVOCATIONS: usize = 20;
/// How long warm invocations of one function go on at one latency, with what is prepared for each.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// How many full batches of a queue are measured.
const BATCHES: RangeInclusive<usize> = 3..=10;
/// How much later the table answers: not at all, and by what a call within a region takes.
const ADDED: [Duration; 2] = [Duration::ZERO, Duration::from_millis(3)];

/// What was seen of a function at one latency.
struct Seen {
    inits: Vec<(Duration, Duration)>,
    firsts: Vec<Invocation>,
    warm: Vec<Invocation>,
    peak_kib: u64,
    log: Log,
}

/// What a function wrote in its first process: up to its first answer, and in all.
struct Log {
    first_bytes: usize,
    text: String,
}

/// Measures a function.
pub async fn measure(function: &Deployed) -> Result<Value, String> {
    let stage = Stage::start().await;
    let scene = Scene::set(&stage, &function.name).await;
    let (mut near, mut latencies) = (None, Vec::new());
    for added in ADDED {
        let seen = watch(&stage, &scene, function, added).await?;
        let warm = |share| quantile(seen.warm.iter().map(|one| one.duration), share);
        latencies.push(json!({
            "addedMillis": added.as_millis(),
            "firstMillis": quantile(seen.firsts.iter().map(|first| first.duration), 0.5),
            "firstCpuMillis": quantile(seen.firsts.iter().map(|first| first.cpu), 0.5),
            "warmP50Millis": warm(0.5),
            "warmP99Millis": warm(0.99),
            "warmCpuMillis": quantile(seen.warm.iter().map(|one| one.cpu), 0.5),
            "warmInvocations": seen.warm.len(),
        }));
        near.get_or_insert(seen);
    }
    let seen = near.ok_or("no latency")?;
    let batch = batches(&stage, &scene, function).await?;
    let last = lines(&seen.log.text).last().cloned().unwrap_or_default();
    Ok(json!({
        "name": function.name,
        "memoryMib": function.memory_mib,
        "bytes": runtime_api::size(&binary(&function.name)),
        "initMillis": quantile(seen.inits.iter().map(|(wall, _)| *wall), 0.5),
        "initCpuMillis": quantile(seen.inits.iter().map(|(_, cpu)| *cpu), 0.5),
        "peakKib": seen.peak_kib,
        "status": seen.warm.last().and_then(|last| last.reply.as_ref().ok()?["statusCode"].as_u64()),
        "logBytes": (seen.log.text.len() - seen.log.first_bytes) / seen.warm.len(),
        "dynamoCalls": last["dynamoCalls"],
        "readUnits": last["readUnits"],
        "writeUnits": last["writeUnits"],
        "latencies": latencies,
        "fullBatch": batch,
    }))
}

/// What as many messages as come at once take a consumer, with the table near; null where there is one at a time.
async fn batches(stage: &Stage, scene: &Scene, function: &Deployed) -> Result<Value, String> {
    let name = &function.name;
    let Some(messages) = function.queue_batch.filter(|messages| *messages > 1) else { return Ok(Value::Null) };
    let environment = stage.world.environment_of(function, &stage.database(Duration::ZERO).await);
    let (mut process, _) = cold(stage, scene, name, &environment, &mut Vec::new()).await?;
    let (started, mut seen) = (Instant::now(), Vec::new());
    while seen.len() < *BATCHES.start() || (seen.len() < *BATCHES.end() && started.elapsed() < PATIENCE) {
        let mut batch = scene.event(stage, name).await;
        for _ in 1..messages {
            let record = scene.event(stage, name).await["Records"][0].take();
            batch["Records"].as_array_mut().ok_or("no records")?.push(record);
        }
        let invocation = process.invoke(&batch).await?;
        success(name, &invocation.reply)?;
        seen.push(invocation);
    }
    check_log(&process.finish(), seen.len() * messages, name)?;
    Ok(json!({
        "messages": messages,
        "warmP50Millis": quantile(seen.iter().map(|one| one.duration), 0.5),
        "warmCpuMillis": quantile(seen.iter().map(|one| one.cpu), 0.5),
        "warmInvocations": seen.len(),
    }))
}

async fn watch(stage: &Stage, scene: &Scene, function: &Deployed, added: Duration) -> Result<Seen, String> {
    let database = stage.database(added).await;
    let environment = stage.world.environment_of(function, &database);
    let (mut inits, mut firsts, mut logs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 1..COLD_STARTS {
        let (process, first) = cold(stage, scene, &function.name, &environment, &mut inits).await?;
        firsts.push(first);
        logs.push(process.finish().len());
    }
    let (mut process, first) = cold(stage, scene, &function.name, &environment, &mut inits).await?;
    firsts.push(first);
    let warm = warm(stage, scene, &function.name, &mut process, added).await?;
    let peak_kib = process.peak_kib();
    logs.sort_unstable();
    let log = Log { first_bytes: logs[logs.len() / 2], text: process.finish() };
    check_log(&log.text, warm.len(), &function.name)?;
    Ok(Seen { inits, firsts, warm, peak_kib, log })
}

/// Starts a process and calls it once.
async fn cold(
    stage: &Stage,
    scene: &Scene,
    name: &str,
    environment: &HashMap<String, String>,
    inits: &mut Vec<(Duration, Duration)>,
) -> Result<(Function, Invocation), String> {
    let event = scene.event(stage, name).await;
    let mut process = Function::start(&command(name), environment).await?;
    inits.push((process.init, process.cpu()));
    let first = process.invoke(&event).await?;
    match success(name, &first.reply) {
        Ok(()) => Ok((process, first)),
        Err(error) => Err(format!("{error}; its log: {}", process.finish())),
    }
}

async fn warm(
    stage: &Stage,
    scene: &Scene,
    name: &str,
    process: &mut Function,
    added: Duration,
) -> Result<Vec<Invocation>, String> {
    let most = if added.is_zero() { WARM_INVOCATIONS.min(most_calls(name)) } else { WARM_INVOCATIONS_FAR };
    let (started, mut warm) = (Instant::now(), Vec::new());
    while warm.len() < MIN_INVOCATIONS || (warm.len() < most && started.elapsed() < PATIENCE) {
        let event = scene.event(stage, name).await;
        let invocation = process.invoke(&event).await?;
        success(name, &invocation.reply)?;
        warm.push(invocation);
    }
    Ok(warm)
}

/// Whether an answer of a function is a success: the status that it is there for, a list with something in it, no message
/// that failed, no error.
pub fn success(name: &str, reply: &Result<Value, String>) -> Result<(), String> {
    let answer = reply.as_ref().map_err(|error| format!("it failed with {error}"))?;
    let failed = answer["batchItemFailures"].as_array().is_some_and(|failures| !failures.is_empty());
    match answer["statusCode"].as_u64() {
        Some(status) if !expects(name, status) => Err(format!("it answered {status}: {}", answer["body"])),
        _ if failed => Err(format!("messages failed: {answer}")),
        Some(_) if answer["body"].as_str().is_some_and(|body| body.starts_with(r#"{"items":[]"#)) => {
            Err("it answered an empty list".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether the status is a success of the function. One of them is there to answer 404.
fn expects(name: &str, status: u64) -> bool {
    if name == "platform-answer-unknown-route" { status == 404 } else { (200..400).contains(&status) }
}

/// Whether the function writes nothing, although its method is `POST`: what it calculates or checks with is in the body.
fn only_answers(name: &str) -> bool {
    let names =
        ["aquariums-calculate-", "aquariums-convert-value", "aquariums-derive-value", "knowledge-check-stocking"];
    names.iter().any(|start| name.starts_with(start))
}

/// What is told of each invocation.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == "invocation").collect()
}

/// A message that was ignored, or was nothing new, is answered without a failure, and so may a request be that changes
/// nothing: the log tells them from those that had an effect. Functions that `kit::event` runs log no invocations.
fn check_log(log: &str, warm: usize, name: &str) -> Result<(), String> {
    let lines = lines(log);
    let sample = sample(name);
    let method = &sample["requestContext"]["http"]["method"];
    let changes = method.as_str().is_some_and(|method| method != "GET") && !only_answers(name);
    let is_told = !sample["requestContext"].is_null() || !sample["Records"].is_null() || !lines.is_empty();
    if is_told && lines.len() <= warm {
        return Err(format!("it was called {} times and tells of {}", warm + 1, lines.len()));
    }
    let refuses = expects(name, 404);
    let odd = |line: &&Value| {
        (line["outcome"] != "ok" && !refuses)
            || (line["trigger"] == "queue" && line["code"] != "applied")
            || (changes && line["writeUnits"] == 0.0)
    };
    match lines.iter().find(odd) {
        None => Ok(()),
        Some(line) => Err(format!("an invocation had no effect: {line}")),
    }
}
