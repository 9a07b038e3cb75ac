//! Badges: their lists, and the evaluation of what people do.

use badges::api::{list_badges, list_my_badges, list_user_badges};
use badges::consumers::evaluate_badges::evaluate_badges;
use badges::ctx::{ConsumerContext, Ctx};
use badges::domain::badge::Requirement;
use badges::domain::catalogue::MAX_BADGES;
use badges::store::{Badges, Store};
use kit::http::endpoint;
use testkit::{Template, TestTable, leak};
use types::{EventTypeId, UserId};

use super::ask::{Request, SignedInUser, hear};
use super::copies::Copies;
use super::{Asking, Entry, Kind, Scene};
use crate::badges_support::Board;
use crate::identity_support::{Deployment, stage};

/// How many badges there are where nothing else is said: as many as a product may start with.
const FEW_BADGES: u32 = 10;
const PEOPLE: &str = "facts of the same person, and of others";

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/community/badges", "people with a fact", || Box::pin(list("/v1/community/badges"))),
    Entry::list("GET /v1/community/badges/mine", PEOPLE, || Box::pin(list("/v1/community/badges/mine"))),
    Entry::list("GET /v1/community/users/{id}/badges", PEOPLE, || Box::pin(list("/v1/community/users/x/badges"))),
    Entry::new(Kind::Evaluation, "badges-evaluate-badges", PEOPLE, || Box::pin(evaluation())),
];

/// A board with so many badges. A few of them are earned by the first event; no number of copies reaches the rest.
async fn board(count: u32) -> Board {
    let board = Board::start().await;
    for number in 0..count {
        let requirement = Requirement::Events { event_type_id: None };
        let thresholds: &[u64] = if number < FEW_BADGES { &[1, 1_000_000] } else { &[1_000_000] };
        board.badge(&format!("badge-{number:03}"), requirement, thresholds).await;
    }
    board
}

/// Copies of what is written on the second thing that somebody does. The first one earns badges.
async fn second_fact(board: &Board, user: UserId) -> Copies {
    let kind = EventTypeId::generate();
    board.hear_until_done(&board.reported(user, kind, 1).1).await;
    let (event_id, told) = board.reported(user, kind, 0);
    let ((), template) = board.table.written_by(board.hear_until_done(&told)).await;
    Copies::of(template, &event_id).owned_by(&user)
}

/// As many facts of one person as of others, each of whom has a record.
fn facts(copies: Copies) -> impl Fn(usize) -> Vec<Template> {
    // The person's own record is what all of their facts come to, and stays.
    move |number| vec![copies.own(number).with(&["\"fact#"]), copies.foreign(number)]
}

async fn list(path: &'static str) -> Scene {
    let count = if path == "/v1/community/badges" { MAX_BADGES } else { FEW_BADGES };
    let (board, identity) = (board(count).await, Deployment::start().await);
    let ann = SignedInUser::of(&identity).await;
    let copies = second_fact(&board, ann.id).await;
    let (table, clock, jwks) = (board.table.clone(), board.clock.clone(), identity);
    let again = move |_| -> Asking {
        // A process that has kept nothing.
        let ctx = leak(Ctx::new(fresh(&table), clock.clone(), jwks.verifier()));
        let endpoint = match path {
            "/v1/community/badges" => endpoint(list_badges::list_badges, ctx, stage()),
            "/v1/community/badges/mine" => endpoint(list_my_badges::list_my_badges, ctx, stage()),
            _ => endpoint(list_user_badges::list_user_badges, ctx, stage()),
        };
        Request::get(endpoint, path, &ann).about("id", &ann.id).again()(0)
    };
    Scene::new(&board.table, facts(copies), again).showing(count as usize, false)
}

fn fresh(table: &TestTable) -> Store {
    Store::new(table.of::<Badges>())
}

async fn evaluation() -> Scene {
    let (board, kind, user) = (board(FEW_BADGES).await, EventTypeId::generate(), UserId::generate());
    let copies = second_fact(&board, user).await;
    let table = board.table.clone();
    let again = move |_| -> Asking {
        let (_, told) = board.reported(user, kind, 0);
        let consumer = leak(ConsumerContext::new(fresh(&board.table), board.clock.clone()));
        hear(evaluate_badges(consumer, told))
    };
    Scene::new(&table, facts(copies), again)
}
