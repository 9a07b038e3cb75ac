//! Balances, statements, donations, currencies.

use contracts::points::{PointCreated, PointKind};
use contracts::wallet::Recipient;
use dynamo::Outbox;
use kit::http::Endpoint;
use serde_json::{Value, json};
use types::{CurrencyCode, GeoPoint, PointId, UserId};
use wallet::ctx::Ctx;
use wallet::domain::account::Account;
use wallet::domain::currency::{Currency, Price};
use wallet::store::Wallet;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Claim, Entry, Kind, Scene};
use crate::identity_support::Deployment;
use crate::wallet_support::{Api, Purse, eur, registered};

const GIVEN: &str = "donations of the same person, and of others";
const ENTRIES: &str = "transfers in the same statement, and in others";
const RECEIVED: &str = "donations to the same recipient, and to others";

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/community/currencies", "currencies", || Box::pin(currencies())).claiming(Claim::Own),
    Entry::list("GET /v1/community/currencies/{code}/prices", "prices of the same currency, and of others", || {
        Box::pin(prices())
    }),
    Entry::list("GET /v1/community/donations", GIVEN, || {
        Box::pin(read("/v1/community/donations", Api::list_donations, GIFTS))
    }),
    Entry::list("GET /v1/community/donations?received=true", RECEIVED, || Box::pin(received())),
    Entry::list("GET /v1/community/wallet/transactions", ENTRIES, || {
        Box::pin(read("/v1/community/wallet/transactions", Api::transactions, LINES))
    }),
    // Five reads of a hundred lines.
    Entry::list("GET /v1/community/wallet/transactions?kind=reward (nobody got one)", ENTRIES, || Box::pin(filtered()))
        .claiming(Claim::Level(501)),
    Entry::new(Kind::Balance, "GET /v1/community/wallet", ENTRIES, || Box::pin(balance())),
    Entry::new(Kind::Transfer, "POST /v1/community/wallet/transfers", RECEIVED, || {
        Box::pin(pay("/v1/community/wallet/transfers", Api::send, to_bob))
    }),
    Entry::new(Kind::Transfer, "POST /v1/community/donations (to a point)", RECEIVED, || {
        Box::pin(pay("/v1/community/donations", Api::donate, to_point))
    }),
];

struct Stage {
    purse: Purse,
    /// Who asks.
    ann: SignedInUser,
    ctx: &'static Ctx,
}

async fn set() -> Stage {
    let (purse, identity) = (Purse::start().await, Deployment::start().await);
    let ann = SignedInUser::of(&identity).await;
    purse.hear(registered(ann.id)).await.expect("a person");
    let ctx = Ctx::new(purse.store.clone(), purse.clock.clone(), identity.verifier());
    Stage { purse, ann, ctx: Box::leak(Box::new(ctx)) }
}

/// How lines in statements are known, places in lists with the donations themselves, and donations.
const LINES: &[&str] = &["\"entry#"];
const GIFTS: &[&str] = &["\"given#", DONATION];
const RECEIPTS: &[&str] = &["\"received#", DONATION];
const DONATION: &str = "\"sk\":{\"S\":\"donation\"}";

/// Copies of the parts of a donation that arrived. Balances stay what they are: they do not say of how many lines they are
/// the sum.
async fn donated(purse: &Purse, donor: UserId, recipient: Recipient, parts: &[&[&str]]) -> Copies {
    purse.give(Account::user(donor), eur(1_000_000)).await;
    let (donation, transfer) = purse.donation(donor, recipient, eur(1));
    let (given, template) = purse.table.written_by(purse.give_donation(&donation, &transfer)).await;
    assert!(given.is_ok(), "{given:?}");
    Copies::of(template.with(&parts.concat()), &donation.id).renaming(&transfer.id()).made_at(purse.clock.now())
}

/// What somebody gave is read by them.
async fn read(path: &str, endpoint: fn(&Api) -> Endpoint, parts: &[&str]) -> Scene {
    let Stage { purse, ann, ctx } = set().await;
    let bob = purse.person().await;
    let copies = Box::pin(donated(&purse, ann.id, Recipient::User(bob), &[parts])).await.owned_by(&ann.id);
    let request = Request::get(endpoint(&Api(ctx)), path, &ann);
    Scene::new(&purse.table, copies.both(), request.again()).showing(20, true)
}

async fn filtered() -> Scene {
    Box::pin(read("/v1/community/wallet/transactions?kind=reward", Api::transactions, LINES)).await.showing(0, true)
}

async fn balance() -> Scene {
    Scene { shows: None, ..Box::pin(read("/v1/community/wallet", Api::wallet, LINES)).await }
}

async fn received() -> Scene {
    let Stage { purse, ann, ctx } = set().await;
    let bob = purse.person().await;
    let copies = Box::pin(donated(&purse, bob, Recipient::User(ann.id), &[RECEIPTS])).await.owned_by(&ann.id);
    let request = Request::get(Api(ctx).list_donations(), "/v1/community/donations?received=true", &ann);
    Scene::new(&purse.table, copies.both(), request.again()).showing(20, true)
}

/// To whom something goes, and how a request says so.
struct Payee {
    recipient: Recipient,
    body: Value,
}

fn to_bob(bob: UserId, _: PointId) -> Payee {
    let body = json!({ "recipientId": bob, "money": eur(1), "message": "For the food" });
    Payee { recipient: Recipient::User(bob), body }
}

fn to_point(_: UserId, point: PointId) -> Payee {
    let recipient = json!({ "kind": "point", "id": point });
    let body = json!({ "recipient": recipient, "money": eur(1), "message": "For the cats" });
    Payee { recipient: Recipient::Point(point), body }
}

/// SignedInUser pays who got so much before.
async fn pay(path: &str, endpoint: fn(&Api) -> Endpoint, payee: fn(UserId, PointId) -> Payee) -> Scene {
    let Stage { purse, ann, ctx } = set().await;
    let (bob, donor, point) = (purse.person().await, purse.person().await, PointId::generate());
    let (name, location) = ("Harbour".to_owned(), GeoPoint::new(53.54, 9.98).expect("a place"));
    let kept =
        PointCreated { point_id: point, name, kind: PointKind::Food, location, keeper_id: Some(bob), revision: 1 };
    purse.hear(kept).await.expect("a point");
    purse.give(Account::user(ann.id), eur(1_000_000)).await;
    let Payee { recipient, body } = payee(bob, point);
    let copies = Box::pin(donated(&purse, donor, recipient, &[LINES, &RECEIPTS[..1]]))
        .await
        .owned_by(&bob)
        .owned_by(&point)
        .renaming(&donor);
    let request = Request::post(endpoint(&Api(ctx)), path, &ann, body);
    Scene::new(&purse.table, copies.both(), request.again())
}

/// The letters that tell one currency from another, as many for each.
fn letters(number: usize) -> String {
    let letter = |power: u32| char::from(b'A' + u8::try_from(number / 26_usize.pow(power) % 26).expect("a letter"));
    (0..4).rev().map(letter).collect()
}

fn code(number: usize) -> CurrencyCode {
    CurrencyCode::parse(&format!("GROWTH{}", letters(number))).expect("a code")
}

async fn currencies() -> Scene {
    let Stage { purse, ann, ctx } = set().await;
    let (name, table) = ("Fish".to_owned(), purse.table.of::<Wallet>());
    let first = Currency { code: code(0), name, exponent: 0, price: Some(eur(5)) };
    let nothing = Outbox::none();
    let (added, template) = purse.table.written_by(table.create(first, &nothing)).await;
    assert!(added.is_ok(), "{added:?}");
    let grow = move |number| vec![template.copy(&[(code(0).to_string(), code(number).to_string())])];
    let request = Request::get(Api(ctx).currencies(), "/v1/community/currencies", &ann);
    Scene::new(&purse.table, grow, request.again())
}

async fn prices() -> Scene {
    let Stage { purse, ann, ctx } = set().await;
    let (since, table) = (purse.clock.now(), purse.table.of::<Wallet>());
    let first = Price { code: code(0), price: Some(eur(5)), since };
    let nothing = Outbox::none();
    let (added, template) = purse.table.written_by(table.create(first, &nothing)).await;
    assert!(added.is_ok(), "{added:?}");
    // Prices have no ids: their times tell them apart.
    let copies = Copies::of(template, &"no id").made_at(since);
    let grow = move |number| {
        let own = copies.own(number);
        let foreign = own.copy(&[(code(0).to_string(), code(number).to_string())]);
        vec![own, foreign]
    };
    let request = Request::get(Api(ctx).prices(), "/v1/community/currencies/x/prices", &ann).about("code", &code(0));
    Scene::new(&purse.table, grow, request.again()).showing(20, true)
}
