//! What screens ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::Actor;
use contracts::aquariums::{AlarmStatus, AquariumKind};
use contracts::identity::UserDeleted;
use futures::future::join_all;
use tests::{Cost, budget, budget_at_most, cost};

use crate::screens_support::{Desk, Shown, access, alarm, created, event, notified, read, removed, task, temperature};

fn shown(function: &str, case: &str, shown: &Shown) {
    assert!(shown.status < 400, "{}", shown.body);
    budget(function, case, Cost::of_header(shown.header("server-timing")));
}

#[tokio::test]
async fn screens_keep_to_their_budget() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    desk.hear_all([created(1, ann, AquariumKind::Marine), access(1, ann, 1, &[ben]), task(1, ann, 21, 600)]).await;
    desk.hear_all([alarm(1, ann, 11, 1, AlarmStatus::Open), temperature(1, ann, 40, 25_000)]).await;
    // One item.
    shown("screens-get-home", "one aquarium", &desk.home(&desk.ann, "").await);
    shown("screens-get-home", "at least", &desk.home(&desk.ann, "atLeast=2026-11-20T12:00:00Z").await);
    // With the standing: 16 shards in one query; one item; one page of the index.
    shown("screens-get-overview", "one aquarium", &desk.overview(&desk.manager).await);
    shown("screens-get-person", "one aquarium", &desk.person(&desk.manager, ann).await);
    shown("screens-list-all-aquariums", "one aquarium", &desk.list(&desk.manager, "openAlarms=true").await);
}

#[tokio::test]
async fn consumers_of_screens_keep_to_their_budget() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    let build = async |case: &str, event| {
        budget("screens-build-home", case, cost(async { desk.hear(event).await.unwrap() }).await);
    };
    // Facts, shard and lists in one read, and in one transaction; then the home of the owner, the facts, a new home on condition that
    // the owner is not erased and the facts are unchanged, and the facts once more.
    let first = created(1, ann, AquariumKind::Marine);
    build("created", first.clone()).await;
    // Facts, the home, and the facts once more: nothing is written.
    build("created, duplicate", first).await;
    build("member added", access(1, ann, 1, &[ben])).await;
    // Nothing changes in the figures: one item, and two homes at once.
    build("values", temperature(1, ann, 40, 25_000)).await;
    build("alarm", alarm(1, ann, 11, 1, AlarmStatus::Open)).await;
    // At the end the facts are written once more, without the former member.
    build("member removed", access(1, ann, 2, &[])).await;
    build("aquarium removed", removed(1, ann)).await;
    build("notification", notified(ann, 31, 50)).await;
    build("notification read", read(ann, &[(31, 50)])).await;
    build("notification read, duplicate", read(ann, &[(31, 50)])).await;
    desk.hear_all([created(2, ann, AquariumKind::Fresh)]).await;
    // Ten messages about an aquarium cost what one costs.
    let ten = (0..10).map(|second| temperature(2, ann, 40 + second, 25_000));
    let together = cost(async { join_all(ten.map(|event| desk.hear(event))).await });
    budget_at_most("screens-build-home", "ten of an aquarium", together.await);
    let deleted = event(200, Actor::User(ann), UserDeleted { user_id: ann });
    // The marker, the home, facts with figures and lists, the homes of the members, and the user's partition.
    budget("screens-forget-user", "an aquarium", cost(async { desk.forget(deleted.clone()).await.unwrap() }).await);
    budget("screens-forget-user", "again", cost(async { desk.forget(deleted).await.unwrap() }).await);
}
