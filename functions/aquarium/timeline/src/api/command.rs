//! What all commands share: idempotency, authority, and the loop of read, decide and write.

use dynamo::{ConflictRetry, Outbox, StoreError, Versioned};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{IdempotencyKey, Problem};
use serde::Serialize;
use types::{AquariumId, UserId, Uuid};

use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::entry::Entry;
use crate::domain::stream::Stream;
use crate::problem::Refusal;
use crate::store::{Change, Mark, NotWritten, Opened};

/// Bytes of the salt of a note.
const SALT_BYTES: usize = 16;

/// A command, recognised by its ID when it is repeated.
#[derive(Debug)]
pub struct Command {
    aquarium_id: AquariumId,
    id: Uuid,
    fingerprint: String,
    now: Timestamp,
    entry: Option<u64>,
}

/// What a command writes.
pub struct Decided {
    /// The new entries.
    pub entries: Vec<Entry>,
    /// The changed entry: as it was read, and as it is afterwards.
    pub target: Option<(Versioned<Entry>, Entry)>,
    /// The timeline afterwards.
    pub stream: Stream,
    /// The events.
    pub outbox: Outbox,
}

/// What a command wrote, now or when it was first sent.
#[derive(Debug)]
pub enum Written {
    /// Now: the new entries, and the changed entry with its version.
    Now(Vec<Entry>, Option<Box<(Entry, u64)>>),
    /// Before.
    Before(Box<Opened>, Mark),
}

impl Command {
    /// The command of a request.
    pub fn new(
        operation: &str,
        standing: &Standing,
        key: &IdempotencyKey,
        aquarium_id: AquariumId,
        request: &impl Serialize,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let scope = format!("{}#{aquarium_id}", standing.user_id());
        let text = serde_json::to_string(request).map_err(Problem::internal)?;
        // The mark lies under the aquarium, which can be another user's, and the request may have a note. The ID depends on
        // the idempotency key, so a reader of the mark cannot test guesses of the note.
        let fingerprint = key.derive_id(&format!("{operation}\n{text}"), &scope).to_string();
        Ok(Self { aquarium_id, id: key.derive_id(operation, &scope), fingerprint, now, entry: None })
    }

    /// The same command, about an entry.
    #[must_use]
    pub fn about(self, entry: Option<u64>) -> Self {
        Self { entry, ..self }
    }

    /// Opens the timeline for a keeper, checks the standing of the caller at the same time, and writes what `decide` returns.
    /// On a conflict `decide` is called again with the newer timeline.
    pub async fn run(
        &self,
        ctx: &Ctx,
        standing: &Standing,
        decide: impl Fn(&Opened, Stream, Option<Versioned<Entry>>) -> Result<Decided, Problem>,
    ) -> Result<Written, Problem> {
        let user = standing.user_id();
        let (_caller, mut opened) = standing.with(self.open(ctx, user)).await?;
        let mut retry = ConflictRetry::default();
        loop {
            let known = opened.ok_or(Refusal::NoSuchAquarium)?;
            known.scope.at_least(Role::Keeper)?;
            if let Some(mark) = known.mark.clone() {
                let is_same = mark.fingerprint == self.fingerprint;
                return if is_same {
                    Ok(Written::Before(Box::new(known), mark))
                } else {
                    Err(Refusal::KeyReused.into())
                };
            }
            if known.head.as_ref().is_some_and(|head| head.value.saved.is_newer()) {
                return Err(Refusal::NewerEntries.into());
            }
            let stream = ctx.store.stream(&known).await?.ok_or(Refusal::Rebuilding)?;
            let target = match self.entry {
                Some(seq) => Some(ctx.store.target(&known, seq).await?.ok_or(Refusal::NoSuchEntry)?),
                None => None,
            };
            let decided = decide(&known, stream, target)?;
            if self.write(ctx, &known, &decided).await? {
                let target = decided.target.map(|(read, next)| Box::new((next, read.version + 1)));
                return Ok(Written::Now(decided.entries, target));
            }
            retry.pause().await?;
            opened = self.open(ctx, user).await?;
        }
    }

    async fn open(&self, ctx: &Ctx, user: UserId) -> Result<Option<Opened>, StoreError> {
        ctx.store.open_for(user, self.aquarium_id, self.id, self.entry).await
    }

    /// Returns false if another command was faster.
    async fn write(&self, ctx: &Ctx, opened: &Opened, decided: &Decided) -> Result<bool, Problem> {
        let (Some(first), Some(last)) = (decided.entries.first(), decided.entries.last()) else {
            return Err(Problem::internal("a command without entries"));
        };
        let head = decided.stream.head().map_err(Problem::internal)?;
        let head = head.ok_or_else(|| Problem::internal("a timeline with entries has a head"))?;
        let (id, fingerprint) = (self.id, self.fingerprint.clone());
        let mut mark = Mark::new(self.aquarium_id, id, fingerprint, (first.seq, last.seq), self.now);
        mark.target_seq = decided.target.as_ref().map(|(_, next)| next.seq);
        let change = Change {
            opened,
            head: &head,
            entries: &decided.entries,
            target: decided.target.as_ref().map(|(read, next)| (read, next)),
            task: None,
            mark: &mark,
            outbox: &decided.outbox,
            now: self.now,
        };
        is_written(ctx.store.write(&change).await)
    }
}

/// Returns false if another command was faster.
pub fn is_written(written: Result<(), NotWritten>) -> Result<bool, Problem> {
    match written {
        Ok(()) => Ok(true),
        Err(NotWritten::Conflict) => Ok(false),
        Err(NotWritten::Limit(exceeded)) => Err(exceeded.into()),
        Err(NotWritten::UserErased) => Err(Refusal::NoSuchAquarium.into()),
        Err(NotWritten::TooManyTasks) => Err(Refusal::TooManyTasks.into()),
        Err(NotWritten::Store(error)) => Err(error.into()),
    }
}

/// A random salt.
pub fn salt() -> Result<String, Problem> {
    let mut bytes = [0; SALT_BYTES];
    types::random::fill(&mut bytes).map_err(Problem::internal)?;
    Ok(types::hex(&bytes))
}

/// An entry that a mark names is there until its aquarium is deleted.
pub fn missing(seq: u64) -> StoreError {
    StoreError::Corrupt {
        key: format!("entry {seq}"),
        kind: std::any::type_name::<Entry>(),
        reason: "an entry that was written is missing".to_owned(),
    }
}
