//! What is done to one person: the export of what is held on them, and its deletion.

use std::time::Duration;

use badges::consumers::forget_user::forget_user;
use badges::ctx::ConsumerContext;
use contracts::identity::{ExportRequested, UserDeleted};
use dynamo::Outbox;
use identity::consumers::run_export::run_export;
use kit::jobs::{Files, Job};
use kit::limits::Limit;
use kit::{Clock, Deadline};
use types::{EventTypeId, UserId};

use super::ask::{SignedInUser, hear};
use super::copies::{Copies, fresh, whole_second};
use super::{Asking, Claim, Entry, Kind, Scene};
use crate::badges_support::{Board, event};
use crate::bucket::{BUCKET, Services};
use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, Person};

const EXPORT: &str = "identity-run-export";
const FORGETTING: &str = "badges-forget-user";
/// How many facts somebody has who is forgotten among many.
const FEW_FACTS: usize = 10;

pub(super) const SCENES: &[Entry] = &[
    // Each time leaves a job, which the next one reads; a read of others' items would cost far more.
    Entry::new(Kind::Export, EXPORT, "notifications of others", || Box::pin(export(false)))
        .claiming(Claim::Bounded { calls: 50, read_units: 50.0 })
        .asked(1),
    Entry::new(Kind::Export, "identity-run-export (of more)", "notifications of the same person", || {
        Box::pin(export(true))
    })
    .claiming(Claim::Own),
    Entry::new(Kind::Forgetting, FORGETTING, "facts of others", || Box::pin(forgetting(false))),
    // One delivery of the event deletes a bounded part.
    Entry::new(Kind::Forgetting, "badges-forget-user (of more)", "facts of the same person", || {
        Box::pin(forgetting(true))
    })
    .claiming(Claim::Own)
    .asked(1),
];

async fn export(is_own: bool) -> Scene {
    let (identity, now) = (Deployment::at(Clock::manual(whole_second())).await, whole_second());
    let (desk, ann) = (Desk::beside(&identity), SignedInUser::of(&identity).await);
    let person = Person { id: ann.id, token: ann.token.clone() };
    let (id, template) = identity.table.written_by(Box::pin(desk.notify(&person, now))).await;
    let copies = Copies::of(template, &id).owned_by(&ann.id).made_at(now);
    let files = Files::new(&Services::start().await.config().into(), BUCKET);
    let (exporter, owner) = (identity.exporter(files), ann.id);
    let grow = move |number| vec![if is_own { copies.own(number) } else { copies.foreign(number) }];
    // The request is part of what is measured: a read of three items and a write of as many.
    let again = move |_| -> Asking {
        hear(async move {
            let (job, now) = (Job::new(types::new_uuid(), owner, "growth".to_owned(), now), exporter.clock.now());
            let asked = ExportRequested { user_id: owner, export_id: job.id };
            let unlimited = Limit::per_day("exports", u32::MAX);
            let exports = exporter.store.exports();
            let known = exports.known(owner, job.id).await.expect("the table");
            let requested = exports.request(known, job, unlimited, now, &Outbox::none()).await;
            assert!(requested.is_ok(), "{requested:?}");
            run_export(exporter, event(now, asked), Deadline::never()).await
        })
    };
    Scene::new(&identity.table, grow, again)
}

/// Each time somebody else is forgotten, of whom so many facts are known.
async fn forgetting(is_own: bool) -> Scene {
    let board = Board::start().await;
    let user = UserId::generate();
    let (event_id, told) = board.reported(user, EventTypeId::generate(), 0);
    let ((), template) = board.table.written_by(board.hear_until_done(&told)).await;
    let (copies, table) = (Copies::of(template, &event_id).owned_by(&user), board.table.clone());
    let consumer: &'static ConsumerContext = board.consumer;
    let items = std::rc::Rc::new(std::cell::Cell::new(1));
    let (counted, of_others) = (items.clone(), copies.clone());
    let grow = move |number: usize| {
        counted.set(number + 1);
        if is_own { Vec::new() } else { vec![of_others.foreign(number)] }
    };
    let again = move |_| -> Asking {
        let somebody = fresh(0);
        let facts = if is_own { items.get() } else { FEW_FACTS };
        let theirs = |number| copies.own(number).copy(&[(user.to_string(), somebody.clone())]);
        for first in (0..facts).step_by(2_000) {
            table.fill((first..facts.min(first + 2_000)).map(theirs));
        }
        let gone = UserDeleted { user_id: somebody.parse().expect("an id") };
        // Over at once: one round of deletions is measured, however many there are to come.
        hear(forget_user(consumer, event(consumer.clock.now(), gone), Deadline::after(Duration::ZERO)))
    };
    Scene::new(&board.table, grow, again)
}
