//! What the tests of identifications share.

use media::domain::picture;
use serde_json::{Value, json};
use testkit::pictures;
use tests::{Call, Cloud, Reply, User, eventually};
use types::Uuid;

pub use tests::tell;

pub const PATH: &str = "/v1/aquarium/identifications";

/// A published photo, and the hash of what a model sees of it.
pub struct Photo {
    pub id: String,
    pub sha256: String,
}

/// A photo that no other test has: the size makes another file.
pub async fn photo(cloud: &Cloud, user: &User, (width, height): (u32, u32)) -> Photo {
    let file = pictures::jpeg(width, height);
    let seen = picture::read(&file, "image/jpeg".parse().unwrap(), u64::MAX).unwrap();
    let large = seen.variants.iter().find(|variant| variant.name == "large").unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&large.jpeg);
    let id = cloud.upload(user, "image/jpeg", &file).await;
    assert_eq!(cloud.checked(user, &id).await["status"], "published");
    Photo { id, sha256: types::hex(&digest[..]) }
}

/// What the model says about a photo, as `cloud/front/vision.py` describes it.
pub async fn answer(cloud: &Cloud, photo: &Photo, answer: &Value) {
    let mut answer = answer.clone();
    answer["sha256"] = json!(photo.sha256);
    assert_eq!(cloud.local("POST", "vision").json(&answer).send().await.status, 201);
}

/// The looks of the model for an identification, whose ID is the key of each request.
pub async fn looks(cloud: &Cloud, id: &str) -> Vec<Value> {
    let seen = cloud.local("GET", "vision").send().await.expect(200);
    let looks = seen["looks"].as_array().unwrap().iter();
    looks.filter(|look| look["identification"] == id).cloned().collect()
}

pub fn create(cloud: &Cloud, user: &User, key: &str) -> Call {
    cloud.post(PATH).bearer(&user.access_token).header("idempotency-key", key)
}

/// Requests an identification once the photo is known, and returns its ID.
pub async fn requested(cloud: &Cloud, user: &User, photo: &Photo, kind: &str) -> String {
    let (key, body) = (Uuid::now_v7().to_string(), json!({ "mediaId": photo.id, "kind": kind }));
    let new = eventually("the photo to be known", async || {
        let reply = create(cloud, user, &key).json(&body).send().await;
        if reply.status == 409 {
            reply.expect_problem(409, "vision.picture_not_published");
            return None;
        }
        Some(reply.expect(202))
    })
    .await;
    new["id"].as_str().unwrap().to_owned()
}

pub async fn get(cloud: &Cloud, user: &User, id: &str) -> Reply {
    cloud.get(&format!("{PATH}/{id}")).bearer(&user.access_token).send().await
}

/// An identification when it has ended.
pub async fn ended(cloud: &Cloud, user: &User, id: &str) -> Value {
    eventually("the end of the identification", async || {
        let seen = get(cloud, user, id).await.expect(200);
        (seen["status"] != "pending").then_some(seen)
    })
    .await
}

/// An identification of a strip with the sandbox's values.
pub async fn identified_strip(cloud: &Cloud, user: &User, size: (u32, u32)) -> String {
    let photo = photo(cloud, user, size).await;
    let id = requested(cloud, user, &photo, "test_strip").await;
    assert_eq!(ended(cloud, user, &id).await["status"], "identified");
    id
}
