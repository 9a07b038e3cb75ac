//! Scenes of points: one with three photos and a follower, among ten that are found around a place.

use contracts::identity::UserDeleted;
use contracts::media::MediaPublished;
use contracts::points::PointSubscribed;
use serde_json::{Value, json};
use types::MediaId;

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// Functions whose every call needs another point.
const CREATING: [&str; 3] = ["points-add-photo", "points-create-point", "points-delete-point"];

pub struct Scene {
    ann: Person,
    point: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let ann = stage.person();
        let mut near = Vec::new();
        for number in 0..10 {
            // Within the two kilometres that the sample looks around.
            let place = json!({ "lat": 52.52 + f64::from(number) / 1_000.0, "lng": 13.41 });
            near.push(point_at(stage, &ann, place).await);
        }
        let scene = Self { ann, point: near.swap_remove(0) };
        for _ in 0..3 {
            scene.photo(stage, &scene.point).await;
        }
        stage.call(Request::of("points-subscribe-point").by(&scene.ann).at("id", &scene.point)).await;
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        // A keeper creates at most fifty points a day.
        let ann = if CREATING.contains(&name) { stage.person() } else { self.ann.clone() };
        let ask = || Request::of(name).by(&ann);
        let about = || ask().at("id", &self.point);
        let event = match name {
            "points-add-photo" => {
                let (point, media) = (point(stage, &ann).await, self.published(stage, &ann).await);
                ask().at("id", point).with("mediaId", media).event()
            }
            "points-create-point" => ask().with("location", place(stage)).event(),
            "points-delete-photo" => {
                let media = self.photo(stage, &self.point).await;
                about().at("mediaId", media).event()
            }
            "points-delete-point" => ask().at("id", point(stage, &ann).await).event(),
            "points-forget-user" => {
                let leaver = stage.person();
                point(stage, &leaver).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "points-get-point" | "points-list-photos" => about().event(),
            "points-keep-copies" => fact(name, media(&self.ann)),
            "points-count-activity" => {
                let (point_id, follower) = (self.point.parse().ok()?, stage.person());
                stage.call(Request::of("points-subscribe-point").by(&follower).at("id", &self.point)).await;
                fact(name, PointSubscribed { point_id, user_id: follower.id, revision: 1 })
            }
            "points-list-my-points"
            | "points-list-points"
            | "points-list-points-within"
            | "points-list-subscriptions" => ask().event(),
            "points-subscribe-point" => about().by(&stage.person()).event(),
            "points-unsubscribe-point" => {
                let follower = stage.person();
                stage.call(Request::of("points-subscribe-point").by(&follower).at("id", &self.point)).await;
                about().by(&follower).event()
            }
            "points-update-point" => about().with("name", stage.fresh("Fountain")).event(),
            _ => return None,
        };
        Some(event)
    }

    /// A picture that may be shown.
    async fn published(&self, stage: &Stage, owner: &Person) -> MediaId {
        let published = media(owner);
        let id = published.media_id;
        stage.hear("points-keep-copies", published).await;
        id
    }

    /// A photo that a point shows.
    async fn photo(&self, stage: &Stage, point: &str) -> MediaId {
        let media = self.published(stage, &self.ann).await;
        stage.call(Request::of("points-add-photo").by(&self.ann).at("id", point).with("mediaId", media)).await;
        media
    }
}

/// Far from all others: a place can be full.
fn place(stage: &Stage) -> Value {
    let number = f64::from(u32::try_from(stage.number()).unwrap_or_default());
    json!({ "lat": 40.0 + number / 100.0, "lng": 13.4 })
}

async fn point(stage: &Stage, keeper: &Person) -> String {
    point_at(stage, keeper, place(stage)).await
}

async fn point_at(stage: &Stage, keeper: &Person, place: Value) -> String {
    let made = stage.call(Request::of("points-create-point").by(keeper).with("location", place)).await;
    made["point"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

fn media(owner: &Person) -> MediaPublished {
    MediaPublished {
        media_id: MediaId::generate(),
        owner_id: owner.id,
        purpose: "photo".to_owned(),
        content_type: "image/jpeg".to_owned(),
        width: 4_000,
        height: 3_000,
        variants: Vec::new(),
        path: Some(format!("published/{}/picture/", owner.id)),
    }
}
