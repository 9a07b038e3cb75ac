//! `catalog-keep-copies` on `media.published.v1`, `media.deleted.v1`, `orders.promotion_changed.v1`

use contracts::media::{MediaDeleted, MediaPublished};
use contracts::orders::{PromotedVariants, PromotionChanged, PublicReduction};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, User, eventually};
use types::{EventId, MediaId, PromotionId};

use super::support::{call, path, pictures_of, show_picture};

async fn tell<T: DomainEvent>(cloud: &Cloud, at: Timestamp, fact: T) {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, at, id.to_string(), Actor::System, fact)).await;
    eventually("the event's line", async || cloud.logged("catalog-keep-copies", &id.to_string()).then_some(())).await;
}

fn published(user: &User, media_id: MediaId) -> MediaPublished {
    let (owner_id, purpose, content_type) = (user.id.parse().unwrap(), "product".to_owned(), "image/jpeg".to_owned());
    MediaPublished { media_id, owner_id, purpose, content_type, width: 1, height: 1, variants: Vec::new(), path: None }
}

fn deleted(user: &User, media_id: MediaId) -> MediaDeleted {
    MediaDeleted { media_id, owner_id: user.id.parse().unwrap(), purpose: "product".to_owned() }
}

#[tokio::test]
async fn a_deleted_picture_leaves_the_products_that_show_it() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let picture = show_picture(&cloud, &manager, &product).await;
    let shown = cloud.get(&path(&product)).send().await.expect(200);
    let (status, file) = cloud.fetch(shown["media"][0]["url"].as_str().unwrap()).await;
    assert_eq!((status, &file[..2]), (200, &[0xff, 0xd8][..]), "a JPEG");
    let watch = cloud.watch("catalog.product_changed.v1").await;
    let gone = cloud.call("DELETE", &format!("/v1/media/{picture}")).bearer(&manager.access_token).send().await;
    assert_eq!(gone.status, 204);
    eventually("the picture to go", async || pictures_of(&cloud, &product).await.is_empty().then_some(())).await;
    // The event of the change that showed it may arrive as late as this.
    eventually("the event without the picture", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["productId"] == product["id"] && data["product"].get("media").is_none())
    })
    .await;
}

#[tokio::test]
async fn a_publication_that_comes_late_brings_nothing_back() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let [early, late] = [MediaId::generate(), MediaId::generate()];
    let now = Timestamp::now();
    tell(&cloud, now, published(&manager, early)).await;
    tell(&cloud, now, deleted(&manager, late)).await;
    tell(&cloud, now, published(&manager, late)).await;
    let show = async |media_id: MediaId| {
        let body = json!({ "media": [{ "mediaId": media_id }] });
        call(&cloud, "PATCH", &path(&product), &manager, Some(&body)).await
    };
    show(late).await.expect_problem(409, "catalog.media_not_published");
    assert_eq!(show(early).await.expect(200)["media"][0]["url"], Value::Null, "its path is not known");
    tell(&cloud, now, deleted(&manager, early)).await;
    assert_eq!(pictures_of(&cloud, &product).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_promotion_for_everybody_reduces_the_price_from_its_event_on() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (product, code) = (cloud.published_product(&manager, "Shoe").await, cloud.price_list(&manager).await);
    let one = json!({
        "productId": product["id"], "sku": product["variants"][0]["sku"],
        "tiers": [{ "minQuantity": 1, "amountMinor": 1_000 }],
    });
    let set = format!("/v1/commerce/price-lists/{code}/prices");
    let reply = call(&cloud, "PUT", &set, &manager, Some(&json!({ "prices": [one] }))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let target = PromotedVariants::Products { ids: vec![serde_json::from_value(product["id"].clone()).unwrap()] };
    let (promotion_id, now) = (PromotionId::generate(), Timestamp::now());
    let promoted = |revision: u64, rate_millionths: u32| PromotionChanged {
        promotion_id,
        name: "Winter sale".to_owned(),
        valid_from: now - SignedDuration::from_hours(1),
        valid_until: None,
        reduction: Some(PublicReduction {
            rate_millionths,
            target: target.clone(),
            currency: None,
            priority: 0,
            group: None,
            exclusive: false,
        }),
        revision,
    };
    // The newer revision comes first, and comes again.
    for (revision, rate) in [(2, 200_000), (1, 500_000), (2, 200_000)] {
        let at = now + SignedDuration::from_millis(i64::try_from(revision).unwrap());
        tell(&cloud, at, promoted(revision, rate)).await;
    }
    let variant = product["variants"][0]["id"].as_str().unwrap();
    let price = cloud.get(&format!("/v1/commerce/variants/{variant}/price?currency=EUR")).send().await.expect(200);
    assert_eq!((&price["amountMinor"], &price["listAmountMinor"]), (&json!(800), &json!(1_000)));
    let promotion = json!({ "promotionId": promotion_id, "name": "Winter sale", "rateMillionths": 200_000 });
    assert_eq!(price["promotions"], json!([promotion]));
}
