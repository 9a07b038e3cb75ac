//! On an uploaded file of an import: creates and changes species row by row.
//!
//! Emits `knowledge.species_changed.v1` for each species that is created or changed; nothing for one that is as the row says already. A
//! row is written with one transaction, so it is applied completely or not at all.

use contracts::{Actor, Envelope};
use dynamo::{ConflictRetry, Outbox, StoreError};
use jiff::Timestamp;
use kit::Deadline;
use kit::bucket::ObjectCreated;
use kit::jobs::{Applied, Effect, Import, Job, Row, RowError, RowResult, import_of};
use kit::sqs::{Done, Failure, PartlyHandled};
use types::EventId;

use crate::ctx::Importing;
use crate::domain::species::{ChangeRefusal, Species, SpeciesRow};
use crate::problem::Refusal;
use crate::store::{NotWritten, SpeciesImport, SpeciesWrite};

/// Handles one message.
pub async fn run_import(ctx: &'static Importing, uploaded: ObjectCreated, deadline: Deadline) -> PartlyHandled {
    let Some((owner, id)) = import_of::<SpeciesImport>(&uploaded.key) else { return Ok(Done::Ignored.into()) };
    let apply = async |job: &Job<Import<SpeciesImport>>, rows: Vec<Row>| {
        let mut results = Vec::with_capacity(rows.len());
        for row in rows {
            results.push(apply(ctx, job, row).await?);
        }
        Ok(results)
    };
    ctx.importer.run(owner, id, deadline, apply, |_, _| Ok(Outbox::none())).await
}

/// Applies a row, or returns why it is refused.
async fn apply(ctx: &Importing, job: &Job<Import<SpeciesImport>>, row: Row) -> Result<RowResult, Failure> {
    let imported = match row.parse::<SpeciesRow>() {
        Ok(parsed) => Species::parse(parsed).and_then(|species| species.cited_at(ctx.clock.now())),
        Err(error) => return Ok(Err(vec![error])),
    };
    let imported = match imported {
        Ok(imported) => imported,
        Err(errors) => return Ok(Err(errors)),
    };
    let mut retry = ConflictRetry::default();
    loop {
        match attempt(ctx, job, &imported).await? {
            Attempt::Applied(effect) => return Ok(Ok(Applied { effect, id: None })),
            Attempt::Refused(refusal) => return Ok(Err(vec![row_error(refusal)])),
            Attempt::Conflict => match retry.pause().await {
                // One row must not hold up the others.
                Err(StoreError::Contended { .. }) => return Ok(Err(vec![contended()])),
                paused => paused?,
            },
        }
    }
}

enum Attempt {
    Applied(Effect),
    Refused(ChangeRefusal),
    Conflict,
}

async fn attempt(ctx: &Importing, job: &Job<Import<SpeciesImport>>, imported: &Species) -> Result<Attempt, Failure> {
    let read = ctx.store.to_change(&imported.id).await?;
    let decided = match &read.species {
        Some(known) => known.value.imported(imported.clone()),
        None => imported.check_words().map(|()| Some(imported.clone())),
    };
    let next = match decided {
        Ok(Some(next)) => next,
        Ok(None) => return Ok(Attempt::Applied(Effect::Unchanged)),
        Err(refusal) => return Ok(Attempt::Refused(refusal)),
    };
    let revision = read.species.as_ref().map_or(0, |known| known.version) + 1;
    let outbox = changed(job, &next, revision, ctx.clock.now())?;
    match ctx.store.write(&[SpeciesWrite { read: &read, next: &next, outbox }]).await {
        Ok(()) if read.species.is_none() => Ok(Attempt::Applied(Effect::Created)),
        Ok(()) => Ok(Attempt::Applied(Effect::Changed)),
        Err(NotWritten::Conflict | NotWritten::Store(StoreError::Contended { .. })) => Ok(Attempt::Conflict),
        Err(NotWritten::Store(error)) => Err(error.into()),
    }
}

fn changed(job: &Job<Import<SpeciesImport>>, next: &Species, revision: u64, now: Timestamp) -> Result<Outbox, Failure> {
    // The outbox stays with the species, and erasure does not reach it: it must not name the admin.
    let (id, actor) = (EventId::generate(), Actor::System);
    Ok(Outbox::of(Envelope::new(id, now, job.correlation_id.clone(), actor, next.changed_fact(revision)))?)
}

fn row_error(refusal: ChangeRefusal) -> RowError {
    let field = match refusal {
        ChangeRefusal::TooManySynonyms | ChangeRefusal::TooManyWords(_) => "names",
        ChangeRefusal::SourceInUse(_) | ChangeRefusal::TooManySources => "sources",
        ChangeRefusal::Merged(_) | ChangeRefusal::IntoItself | ChangeRefusal::OtherKind => "id",
    };
    let problem = kit::http::Problem::from(Refusal::from(refusal));
    let detail = problem.detail().unwrap_or_default();
    let (rule, remedy) = detail.split_once(". ").unwrap_or((detail, "Correct the row and import it again."));
    RowError { field: field.to_owned(), rule: rule.trim_end_matches('.').to_owned(), remedy: remedy.to_owned() }
}

fn contended() -> RowError {
    RowError {
        field: String::new(),
        rule: "was changed by others at the same time, again and again".to_owned(),
        remedy: "Import the row again.".to_owned(),
    }
}
