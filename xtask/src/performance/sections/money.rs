//! Dollars: per million of each request, idle, and per month for so many users, beside containers that are always on.

use super::{BESIDE, Written, prices, words};
use crate::failure::Result;
use crate::performance::measured::Peers;
use crate::performance::money::{Line, Model, Month, Part, Traffic, always_on, idle, month};
use crate::performance::plot::{Bars, Group};
use crate::performance::text::{Table, count, dollars, figure, list, percent};

/// How many requests the first table is about.
const MILLION: f64 = 1e6;

/// All of it.
pub fn write(model: &Model<'_>, peers: Option<&Peers>) -> Result<Written> {
    let mut written = Written::default();
    written.page("prices", &prices::page(model)?);
    written.say(&format!(
        "Prices of {}, gone through on {}: [{BESIDE}/prices.md]({BESIDE}/prices.md), with their sources, and with all that \
         is assumed.",
        model.prices.region, model.prices.checked
    ));
    let gaps = model.gaps()?;
    if !gaps.is_empty() {
        written.say("**Left out:**");
        written.say(&list(gaps));
    }
    per_million(model, &mut written)?;
    idle_months(model, &mut written)?;
    months(model, &mut written)?;
    if let Some(peers) = peers {
        side_by_side(model, peers, &mut written)?;
    }
    Ok(written)
}

/// What Lambda alone asks for the same work on each stack, with the memory of our function.
fn side_by_side(model: &Model<'_>, peers: &Peers, written: &mut Written) -> Result<()> {
    let (second, request) = (model.prices.unit("lambdaGbSecond")?, model.prices.unit("lambdaRequest")?);
    let head = ["work", "stack", "MB", "billed ms, warm", "a million warm", "billed ms, cold", "a million cold"];
    let mut table = Table::new(head).with_words(2);
    for work in &peers.works {
        for stack in work.stacks.iter().filter(|stack| !stack.function.is_empty()) {
            let memory = model.system.server(&stack.function)?.memory;
            let (warm, cold) = model.billed_millis(&stack.figures, memory, 1.0)?;
            let cost = |millis: f64| dollars(MILLION * (request + millis / 1e3 * memory / 1024.0 * second));
            let cells = [count(memory), count(warm), cost(warm), count(cold), cost(cold)];
            table.row([words(&work.work), stack.stack.clone()].into_iter().chain(cells));
        }
    }
    written.say("### Lambda's part, side by side");
    written.say(
        "The same work on each stack, with the memory that our function has. Whether the others would do with it is not said: \
         their peak memory is above.",
    );
    written.say(&table.text());
    Ok(())
}

fn per_million(model: &Model<'_>, written: &mut Written) -> Result<()> {
    let profile = model.workload.profile(&model.workload.per_million)?;
    let traffic = Traffic::of(model, profile)?;
    written.say("### Per million requests");
    written.say(&format!(
        "Each request with all that its events cause, at the traffic of {}: with more, fewer invocations are cold. Other is what it asks of others: mail ($100 per million), push, pictures ($1,000 per million that \
         Rekognition looks at).",
        profile.title
    ));
    let head = ["a million times", "sum"].map(str::to_owned).into_iter();
    let head = head.chain(Part::ALL.iter().map(|part| part.title().to_owned())).chain(["invocations".to_owned()]);
    let mut table = Table::new(head);
    let mut rows: Vec<(f64, Vec<String>, Group)> = Vec::new();
    for request in model.workload.requests.values() {
        let work = model.work(request)?;
        let parts = model.prices.bill(&model.used(&work, &traffic)?)?;
        let of = |part: &Part| parts.get(part).copied().unwrap_or_default() * MILLION;
        let invocations: f64 = work.runs.values().map(|runs| runs.invocations).sum();
        let sum: f64 = Part::ALL.iter().map(of).sum();
        let cells = Part::ALL.iter().map(|part| dollars(of(part)));
        let row = [request.title.clone(), dollars(sum)].into_iter().chain(cells).chain([count(invocations)]);
        let values = Part::ALL.iter().filter(|part| **part != Part::Other).map(of).collect();
        rows.push((sum, row.collect(), Group { label: short(&request.title), values }));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut groups = Vec::new();
    for (_, row, group) in rows {
        table.row(row);
        groups.push(group);
    }
    written.say(&table.text());
    groups.sort_by(|a, b| b.values.iter().sum::<f64>().total_cmp(&a.values.iter().sum()));
    let series = Part::ALL.iter().filter(|part| **part != Part::Other).map(|part| part.title().to_owned());
    written.bars(
        "money-requests",
        &Bars {
            title: "A million requests, without mail, push, pictures and traffic".to_owned(),
            unit: "dollars".to_owned(),
            series: series.collect(),
            groups,
            stacked: true,
            show: dollars,
        },
    )
}

fn idle_months(model: &Model<'_>, written: &mut Written) -> Result<()> {
    written.say("### Idle");
    written.say("A month without requests and without data:");
    let lines = idle(model)?;
    written.say(&bill(model, &lines));
    written.say("Not in the sum: the KMS key that encrypts the topic of mail feedback, $1.00 a month.");
    for set in model.workload.always_on.values() {
        written.say(&format!("What would be paid instead for {}, idle:", set.title));
        written.say(&bill(model, &always_on(model, set)?));
    }
    Ok(())
}

/// Lines with their quantities, and the sum.
fn bill(model: &Model<'_>, lines: &[Line]) -> String {
    let mut table = Table::new(["", "uses", "a month"]).with_words(2);
    for line in lines {
        let mut uses: Vec<_> = line
            .quantities
            .iter()
            .map(|(name, quantity)| {
                let dollars = quantity * model.prices.unit(name).unwrap_or_default();
                (dollars, format!("{} `{name}`", count(rounded(*quantity))))
            })
            .collect();
        uses.sort_by(|a, b| b.0.total_cmp(&a.0));
        let uses: Vec<_> = uses.into_iter().map(|(_, text)| text).collect();
        table.row([line.what.clone(), uses.join(", "), dollars(line.dollars())]);
    }
    let sum: f64 = lines.iter().map(Line::dollars).sum();
    table.row(["**sum**".to_owned(), String::new(), format!("**{}**", dollars(sum))]);
    table.text()
}

/// Rounds large numbers to whole ones.
fn rounded(quantity: f64) -> f64 {
    if quantity >= 100.0 { quantity.round() } else { quantity }
}

fn months(model: &Model<'_>, written: &mut Written) -> Result<()> {
    let months: Vec<Month> =
        model.workload.by_users().into_iter().map(|profile| month(model, profile)).collect::<Result<_>>()?;
    written.say("### Per month");
    written.say(&format!("How often a user does what: [{BESIDE}/prices.md]({BESIDE}/prices.md#habits)."));
    let sets: Vec<(&str, f64)> = model
        .workload
        .always_on
        .values()
        .map(|set| Ok((set.title.as_str(), always_on(model, set)?.iter().map(Line::dollars).sum())))
        .collect::<Result<_>>()?;
    let head = [String::new()].into_iter().chain(months.iter().map(|month| month.title.clone()));
    let mut table = Table::new(head);
    let row = |what: &str, of: &dyn Fn(&Month) -> f64| {
        [what.to_owned()].into_iter().chain(months.iter().map(|month| dollars(of(month)))).collect::<Vec<_>>()
    };
    for part in Part::ALL {
        table.row(row(part.title(), &|month: &Month| month.part(part)));
    }
    table.row(row("**sum**", &Month::dollars));
    table.row(row("of which idle", &|month: &Month| month.idle.iter().map(Line::dollars).sum()));
    table.row(row("per user", &|month: &Month| month.dollars() / month.users));
    table.row(row("free allowances would take off", &|month: &Month| month.allowance));
    for (title, sum) in &sets {
        table.row(row(&format!("containers, idle: {title}"), &|_: &Month| *sum));
    }
    written.say(&table.text());
    written.say("The containers are idle. Their work under load, and the larger machines that it needs, cost extra.");
    written.bars("money-months", &shares(&months))?;
    cold_shares(model, written)
}

fn shares(months: &[Month]) -> Bars {
    let group = |month: &Month| Group {
        label: format!("{}: {}", month.title, dollars(month.dollars())),
        values: Part::ALL.iter().map(|part| month.part(*part) / month.dollars() * 100.0).collect(),
    };
    Bars {
        title: "What a month's bill is made of".to_owned(),
        unit: "percent".to_owned(),
        series: Part::ALL.iter().map(|part| part.title().to_owned()).collect(),
        groups: months.iter().map(group).collect(),
        stacked: true,
        show: |share| figure(share.round()),
    }
}

fn cold_shares(model: &Model<'_>, written: &mut Written) -> Result<()> {
    let mut table =
        Table::new(["", "invocations a month", "of which cold", "X-Ray would record", "for", "of it in the bill"]);
    let trace = model.prices.unit("trace")?;
    for profile in model.workload.by_users() {
        let traffic = Traffic::of(model, profile)?;
        let (mut all, mut cold, mut traced, mut billed) = (0.0, 0.0, 0.0, 0.0);
        for (name, server) in model.system.servers() {
            let invocations = traffic.invocations(name);
            all += invocations;
            cold += invocations * traffic.cold_share(name);
            let recorded = invocations * traffic.trace_share(name);
            traced += recorded;
            billed += if server.traced { recorded } else { 0.0 };
        }
        table.row([
            profile.title.clone(),
            count(all.round()),
            percent(cold / all),
            percent(traced / all),
            dollars(traced * trace),
            dollars(billed * trace),
        ]);
    }
    written.say("How much of it is cold, and what X-Ray costs where the parameter `Tracing` turns it on:");
    written.say(&table.text());
    Ok(())
}

/// A title that fits beside a bar: without what stands in brackets or after a comma.
fn short(title: &str) -> String {
    title.split([',', '(']).next().unwrap_or(title).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::measured::Measured;
    use crate::performance::{model, money};

    fn peers() -> Peers {
        let peers = r#"{ "works": [ { "work": "placeOrder", "stacks": [ { "stack": "node", "function": "orders-place-order",
          "initMillis": 100, "initCpuMillis": 100,
          "latencies": [ { "addedMillis": 3, "firstMillis": 20, "warmP50Millis": 10, "warmCpuMillis": 0 } ] } ] } ] }"#;
        serde_json::from_str(peers).unwrap()
    }

    #[test]
    fn the_tables_add_up() {
        let repository = money::fixture_repository();
        let measured = Measured::read(&repository).unwrap();
        let model = model(&repository, &measured).unwrap().unwrap();
        let written = write(&model, Some(&peers())).unwrap();
        // A gateway call a dollar; two mails for each of three people, $600 of mail; 1.5 queue requests per event.
        assert!(written.text.contains("| order | $6"), "{}", written.text);
        assert!(written.text.contains("| gateway | <$0.0001"), "{}", written.text);
        assert!(written.text.contains("| tasks | 100 `processorHour` | $4.00 |"), "{}", written.text);
        assert!(
            written.text.contains("`orders-sweep`") || written.text.contains("was not measured"),
            "{}",
            written.text
        );
        // 10 ms of half a GB at $10 per million GB-seconds are 5 cents, and 20 for the invocation; cold 195.3 + 20 ms.
        let side = "| place order | node | 512 | 10 | $0.25 | 216 | $1.28 |";
        assert!(written.text.contains(side), "{}", written.text);
        assert!(written.files.iter().any(|(path, _)| path == "docs/performance/prices.md"));
    }
}
