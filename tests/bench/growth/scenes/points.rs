//! The search around a place, subscriptions and photos.

use contracts::points::PointKind;
use dynamo::Outbox;
use geo::{IndexPosition, MAX_QUERIES};
use kit::http::Endpoint;
use points::domain::album::{Album, MAX_PHOTOS, Photo};
use points::domain::subscription::Subscription;
use points::store::Points;
use testkit::Template;
use types::{GeoPoint, MediaId, PointId, UserId};

use super::ask::{Request, SignedInUser};
use super::copies::{Copies, fresh, whole_second};
use super::{Claim, Entry, Kind, Scene};
use crate::points_support::{Map, at, point};

/// The middle of the city.
const CENTER: (f64, f64) = (52.52, 13.405);
/// Metres in a degree of latitude, on the sphere that distances are measured on.
const METRES_PER_DEGREE: f64 = 6_371_007.18 * std::f64::consts::PI / 180.0;
/// Points on each square kilometre of the city: 100,000 of them take a thousand, as large a city as Berlin.
const DENSITY: f64 = 100.0;
/// How far the search in the city reaches, in metres: 28 points are in that circle.
const NEAR_M: u32 = 300;
/// How many points crowd in the circle of the other search.
const CROWD: f64 = 100_000.0;
/// How far that search reaches, in metres.
const CROWD_M: u32 = 2_000;

/// The most units that one query reads: half of one for each 4 KB of the megabyte after which it ends.
const UNITS_PER_QUERY: f64 = 1_048_576.0 / 4_096.0 / 2.0;

/// Points on a page.
const PAGE_POINTS: usize = 20;
/// Units for what is shown with a point: its album, its figures and the caller's subscription.
const UNITS_PER_SHOWN_POINT: f64 = 1.5;

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers")]
const NO_MORE: Claim = Claim::Bounded {
    calls: MAX_QUERIES as u32 + 1,
    read_units: MAX_QUERIES as f64 * UNITS_PER_QUERY + PAGE_POINTS as f64 * UNITS_PER_SHOWN_POINT,
};

/// A box of about 600 by 600 metres around the middle of the city.
const WITHIN: &str = "/v1/community/points/within?bbox=13.4006,52.5173,13.4094,52.5227";
/// Each query reads at most fifty points of less than a kilobyte.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers")]
const WITHIN_BOUND: Claim = Claim::Bounded {
    calls: MAX_QUERIES as u32 + 1,
    read_units: MAX_QUERIES as f64 * 50.0 / 8.0 + PAGE_POINTS as f64 * UNITS_PER_SHOWN_POINT,
};

pub(super) const SCENES: &[Entry] = &[
    Entry::new(Kind::Search, "GET /v1/community/points", "points of a city, 100 on each square kilometre", || {
        Box::pin(search(near(NEAR_M), Map::list_points, city_step_m()))
    })
    // The cells that cover a circle are larger than it.
    .claiming(Claim::Level(1_000)),
    // Each size is a circle with all points in it: what is there is read, up to a bound.
    Entry::new(Kind::Search, "GET /v1/community/points (all points in the circle)", "points in the circle", || {
        Box::pin(search(near(CROWD_M), Map::list_points, crowd_step_m()))
    })
    .claiming(NO_MORE),
    Entry::new(
        Kind::Search,
        "GET /v1/community/points/within",
        "points of a city, 100 on each square kilometre",
        || Box::pin(search(WITHIN.to_owned(), Map::list_points_within, city_step_m())),
    )
    .claiming(Claim::Level(1_000)),
    Entry::new(Kind::Search, "GET /v1/community/points/within (all points in the box)", "points in the box", || {
        Box::pin(search(WITHIN.to_owned(), Map::list_points_within, crowd_step_m() / 10.0))
    })
    .claiming(WITHIN_BOUND),
    Entry::list("GET /v1/community/points/mine", "points of the same person, and of others", || Box::pin(mine())),
    Entry::list("GET /v1/community/points/subscriptions", "subscriptions of the same person, and of others", || {
        Box::pin(subscriptions())
    }),
    Entry::list("GET /v1/community/points/{id}/photos", "points with as many photos", || Box::pin(photos())),
];

/// Where point number `number` is: on a spiral of the golden angle, which is as dense everywhere, and of which the first so
/// many points fill a circle (H. Vogel, "A better way to construct the sunflower head", Mathematical Biosciences 44, 1979).
fn place(number: usize, step_m: f64) -> GeoPoint {
    #[expect(clippy::cast_precision_loss, reason = "numbers are small")]
    let number = number as f64;
    let (radius_m, angle) = (step_m * number.sqrt(), number * std::f64::consts::PI * (3.0 - 5.0_f64.sqrt()));
    let north = radius_m * angle.sin() / METRES_PER_DEGREE;
    let east = radius_m * angle.cos() / METRES_PER_DEGREE / CENTER.0.to_radians().cos();
    at(CENTER.0 + north, CENTER.1 + east)
}

/// A copy of the point in the center, at another place.
fn moved(template: &Template, id: PointId, place: GeoPoint) -> Template {
    let (from, to) = (IndexPosition::of(at(CENTER.0, CENTER.1)), IndexPosition::of(place));
    let number = |number: f64| format!("\"N\":\"{number}\"");
    template.copy(&[
        (id.to_string(), fresh(0)),
        (format!("cell#{:x}\"", from.partition), format!("cell#{:x}\"", to.partition)),
        (format!("{:016x}#", from.cell), format!("{:016x}#", to.cell)),
        (number(CENTER.0), number(place.lat())),
        (number(CENTER.1), number(place.lng())),
    ])
}

/// SignedInUser who asks.
async fn caller(map: &Map) -> SignedInUser {
    let person = map.person("ann").await;
    SignedInUser { id: person.id, token: person.token }
}

/// The distance of neighbours in the city, as [`place`] takes it.
fn city_step_m() -> f64 {
    (1.0e6 / DENSITY / std::f64::consts::PI).sqrt()
}

/// The same where all points are in the circle.
fn crowd_step_m() -> f64 {
    f64::from(CROWD_M) / CROWD.sqrt()
}

fn near(radius_m: u32) -> String {
    format!("/v1/community/points?near={},{}&radiusM={radius_m}", CENTER.0, CENTER.1)
}

async fn search(query: String, list: fn(&Map) -> Endpoint, step_m: f64) -> Scene {
    let map = Map::start().await;
    let ann = caller(&map).await;
    let first = point(ann.id, PointKind::Food, at(CENTER.0, CENTER.1));
    let id = first.id;
    let (_, template) = map.table.written_by(map.put(first)).await;
    let request = Request::get(list(&map), &query, &ann);
    let grow = move |number| vec![moved(&template, id, place(number, step_m))];
    Scene::new(&map.table, grow, request.again()).showing(PAGE_POINTS, true)
}

async fn subscriptions() -> Scene {
    let (map, now) = (Map::start().await, whole_second());
    let ann = caller(&map).await;
    let followed = point(UserId::generate(), PointKind::Food, at(CENTER.0, CENTER.1));
    let id = followed.id;
    let subscribe = async {
        map.put(followed).await;
        let begun = Subscription::begun(None, ann.id, id, now);
        assert!(map.store.subscribe(None, &begun, &Outbox::none()).await.is_ok());
    };
    let ((), template) = map.table.written_by(subscribe).await;
    let copies = Copies::of(template, &id).owned_by(&ann.id);
    let request = Request::get(map.list_subscriptions(), "/v1/community/points/subscriptions", &ann);
    Scene::new(&map.table, copies.both(), request.again()).showing(PAGE_POINTS, true)
}

async fn mine() -> Scene {
    let map = Map::start().await;
    let ann = caller(&map).await;
    let kept = point(ann.id, PointKind::Food, at(CENTER.0, CENTER.1));
    let id = kept.id;
    let (_, template) = map.table.written_by(map.put(kept)).await;
    let copies = Copies::of(template, &id).owned_by(&ann.id);
    let request = Request::get(map.list_my_points(), "/v1/community/points/mine", &ann);
    Scene::new(&map.table, copies.both(), request.again()).showing(PAGE_POINTS, true)
}

async fn photos() -> Scene {
    let (map, now) = (Map::start().await, whole_second());
    let ann = caller(&map).await;
    let pictured = point(ann.id, PointKind::Food, at(CENTER.0, CENTER.1));
    let id = pictured.id;
    let photo = |_| Photo { media_id: MediaId::generate(), added_by: ann.id, added_at: now, path: None };
    let album = Album { point_id: id, photos: (0..MAX_PHOTOS).map(photo).collect() };
    let put = async {
        map.put(pictured).await;
        map.table.of::<Points>().create(album, &Outbox::none()).await.expect("an album");
    };
    let ((), template) = map.table.written_by(put).await;
    let copies = Copies::of(template, &id);
    let request = Request::get(map.list_photos(), "/v1/community/points/x/photos", &ann).about("id", &id);
    Scene::new(&map.table, copies.all(), request.again()).showing(MAX_PHOTOS, false)
}
