//! Measures one function: cold starts, first invocations, warm ones, with the table near and some way off.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::deployed::Deployed;
use crate::harness::runtime_api::{self, Function, Invocation};
use crate::harness::{binary, quantile};
use crate::scenes::Scene;
use crate::stage::{Stage, command};

/// Cold starts of each function, at each latency; the median counts.
pub const COLD_STARTS: usize = 5;
/// Warm invocations with the table near, as many as `PATIENCE` allows for.
pub const WARM_INVOCATIONS: usize = 200;
/// Fewer are not measured, however long they take.
const MIN_INVOCATIONS: usize = 50;
/// Warm invocations with the table some way off.
const WARM_INVOCATIONS_FAR: usize = 50;
/// How long warm invocations of one function go on, with what is prepared for each.
const PATIENCE: Duration = Duration::from_millis(1_500);
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
    check_log(&log.text)?;
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
    match success(&first.reply) {
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
    let (most, started) = (if added.is_zero() { WARM_INVOCATIONS } else { WARM_INVOCATIONS_FAR }, Instant::now());
    let mut warm = Vec::new();
    while warm.len() < MIN_INVOCATIONS || (warm.len() < most && started.elapsed() < PATIENCE) {
        let event = scene.event(stage, name).await;
        let invocation = process.invoke(&event).await?;
        success(&invocation.reply)?;
        warm.push(invocation);
    }
    Ok(warm)
}

/// Whether an answer is a success: a status below 400, no message that failed, no error.
pub fn success(reply: &Result<Value, String>) -> Result<(), String> {
    let answer = reply.as_ref().map_err(|error| format!("it failed with {error}"))?;
    let failed = answer["batchItemFailures"].as_array().is_some_and(|failures| !failures.is_empty());
    match answer["statusCode"].as_u64() {
        Some(status) if !(200..400).contains(&status) => Err(format!("it answered {status}: {}", answer["body"])),
        _ if failed => Err(format!("messages failed: {answer}")),
        _ => Ok(()),
    }
}

/// What is told of each invocation.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == "invocation").collect()
}

/// A message that was ignored, or was nothing new, is answered without a failure: the log tells it from one that had an
/// effect.
fn check_log(log: &str) -> Result<(), String> {
    let lines = lines(log);
    let odd = |line: &&Value| line["outcome"] != "ok" || (line["trigger"] == "queue" && line["code"] != "applied");
    match lines.iter().find(odd) {
        None if lines.is_empty() => Err("it logs nothing".to_owned()),
        None => Ok(()),
        Some(line) => Err(format!("an invocation had no effect: {line}")),
    }
}
