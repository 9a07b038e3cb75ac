//! Lists of aquariums and of what is in them.

use kit::http::Endpoint;
use serde_json::json;
use testkit::Template;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::alarms_support::Tank;
use crate::aquariums_support::{Asked, Fishroom, Person, about};

/// Items on a page.
const PAGE: usize = 20;

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/aquarium/aquariums", "aquariums of the same owner, and of others", || Box::pin(aquariums())),
    Entry::list(
        "GET /v1/aquarium/aquariums/{id}/invitations",
        "invitations to the same aquarium, and to others",
        || Box::pin(invitations()),
    ),
    Entry::list("GET /v1/aquarium/aquariums/{id}/equipment", "equipment of the same aquarium, and of others", || {
        Box::pin(equipment())
    }),
    Entry::list(
        "GET /v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services",
        "services of the same equipment, and of other equipment",
        || Box::pin(services()),
    ),
    Entry::list("GET /v1/aquarium/aquariums/{id}/livestock", "livestock of the same aquarium, and of others", || {
        Box::pin(livestock())
    }),
    Entry::list(
        "GET /v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements",
        "movements of the same livestock, and of other livestock",
        || Box::pin(movements()),
    ),
    Entry::list(
        "GET /v1/aquarium/aquariums/{id}/readings/manual",
        "manual readings of the same aquarium, and of others",
        || Box::pin(readings()),
    ),
    Entry::list("GET /v1/aquarium/aquariums/{id}/alarms", "alarms of the same aquarium, and of others", || {
        Box::pin(alarms())
    }),
];

/// An owner, and the ID of an aquarium.
async fn owned(room: &Fishroom) -> (Person, String) {
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    (ann, id)
}

fn read(endpoint: Endpoint, ann: &Person, asked: &Asked<'_>) -> Request {
    let ann = SignedInUser { id: ann.id, token: ann.token.clone() };
    let request = Request::get(endpoint, "/v1/aquarium/aquariums", &ann);
    asked.path.iter().fold(request, |request, (name, value)| request.about(name, value))
}

/// A full page of copies of the items of a kind, in the same place as in others.
fn scene(room: &Fishroom, (template, kind): (&Template, &str), (id, place): (&str, &str), request: Request) -> Scene {
    let copies = Copies::of(template.with(&[&format!("\"{kind}#")]), &id).owned_by(&place);
    Scene::new(&room.table, copies.both(), request.again()).showing(PAGE, true)
}

async fn aquariums() -> Scene {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let (id, template) = room.table.written_by(room.aquarium(&ann, "a")).await;
    let request = read(room.list_aquariums(), &ann, &Asked::default());
    scene(&room, (&template, "aquarium"), (&id, &ann.id.to_string()), request)
}

async fn invitations() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let (create, body) = (room.create_invitation(), json!({ "role": "viewer" }));
    let (reply, template) = room.table.written_by(room.call(&create, "POST", &ann, about(&id), Some(body))).await;
    let invitation = reply.body["id"].as_str().expect("an ID").to_owned();
    let request = read(room.list_invitations(), &ann, &about(&id));
    scene(&room, (&template, "invitation"), (&invitation, &id), request)
}

async fn equipment() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let (filter, template) = room.table.written_by(room.filter(&ann, &id, "a")).await;
    let request = read(room.list_equipment(), &ann, &about(&id));
    scene(&room, (&template, "equipment"), (&filter.path[1].1, &id), request)
}

async fn services() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let filter = room.filter(&ann, &id, "a").await;
    let (reply, template) = room.table.written_by(room.serve(&ann, &filter, "a", "2026-03-14T09:00:00Z")).await;
    let service = reply.body["id"].as_str().expect("an ID").to_owned();
    let request = read(room.list_services(), &ann, &filter);
    scene(&room, (&template, "service"), (&service, &filter.path[1].1), request)
}

async fn livestock() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let (fish, template) = room.table.written_by(room.fish(&ann, &id, "a", 4)).await;
    let request = read(room.list_livestock(), &ann, &about(&id));
    scene(&room, (&template, "livestock"), (&fish.path[1].1, &id), request)
}

async fn readings() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let (reply, template) =
        room.table.written_by(room.measure(&ann, &id, "a", "2026-03-14T09:00:00Z", &[("nitrate", "10")])).await;
    let reading = reply.body["items"][0]["id"].as_str().expect("an ID").to_owned();
    let path = "/v1/aquarium/aquariums?parameter=nitrate";
    let asked = SignedInUser { id: ann.id, token: ann.token.clone() };
    let request = Request::get(room.list_manual_readings(), path, &asked).about("id", &id);
    scene(&room, (&template, "reading"), (&reading, &id), request)
}

async fn movements() -> Scene {
    let room = Fishroom::start().await;
    let (ann, id) = owned(&room).await;
    let fish = room.fish(&ann, &id, "a", 4).await;
    let (reply, template) = room.table.written_by(room.lose(&ann, &fish, "a", 1)).await;
    let movement = reply.body["id"].as_str().expect("an ID").to_owned();
    let request = read(room.list_movements(), &ann, &fish);
    scene(&room, (&template, "movement"), (&movement, &fish.path[1].1), request)
}

/// The alarm of a device that is too warm.
async fn alarms() -> Scene {
    let tank = Tank::start().await;
    tank.rule("25", "0.5", "celsius").await;
    tank.wait(1);
    let (_, template) = tank.reef.table.written_by(Box::pin(tank.send("26"))).await;
    let alarm = tank.alarms("all").await[0]["id"].as_str().expect("an ID").to_owned();
    let copies = Copies::of(template.with(&["\"episode#"]), &alarm).owned_by(&tank.reef.aquarium);
    let owner = SignedInUser { id: tank.reef.owner.id, token: tank.reef.owner.token.clone() };
    let request = Request::get(tank.reef.list_alarms(), "/v1/aquarium/aquariums/x/alarms", &owner);
    let request = request.about("id", &tank.reef.aquarium);
    Scene::new(&tank.reef.table, copies.both(), request.again()).showing(PAGE, true)
}
