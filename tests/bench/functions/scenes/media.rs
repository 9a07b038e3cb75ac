//! Scenes of media: a user with a profile and five published pictures. Each is made of a JPEG of two megapixels.

use std::sync::OnceLock;

use contracts::identity::{PlanChanged, ProfileChanged, UserDeleted};
use jiff::{SignedDuration, Timestamp};
use media::domain::keys;
use media::domain::medium::{Medium, Status};
use media::domain::purpose::{ContentType, Purpose};
use media::store::{Media, Store};
use serde_json::Value;
use testkit::pictures;
use types::{MediaId, PersonName};

use crate::harness::services::BUCKET;
use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

/// Pictures of the one whose pictures are listed.
const PICTURES: usize = 5;

pub struct Scene {
    ann: Person,
    picture: MediaId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let ann = stage.person();
        stage.hear("media-keep-profiles", named(&ann)).await;
        let mut picture = wanted(stage, &ann).await;
        for _ in 1..PICTURES {
            publish(stage, &ann, picture).await;
            picture = wanted(stage, &ann).await;
        }
        publish(stage, &ann, picture).await;
        Self { ann, picture }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.ann);
        let somebody = stage.person();
        let event = match name {
            "media-create-media" => ask().by(&somebody).event(),
            "media-delete-media" => ask().by(&somebody).at("id", wanted(stage, &somebody).await).event(),
            "media-forget-user" => {
                wanted(stage, &somebody).await;
                fact(name, UserDeleted { user_id: somebody.id })
            }
            "media-get-media" => ask().at("id", self.picture).event(),
            "media-get-profile" => ask().at("id", self.ann.id).event(),
            "media-keep-plans" => fact(name, PlanChanged { user_id: somebody.id, plan: "premium".to_owned() }),
            "media-keep-profiles" => fact(name, named(&somebody)),
            "media-list-media" => ask().event(),
            "media-list-profiles" => ask().query("ids", self.ann.id).event(),
            "media-process-upload" => {
                let picture = wanted(stage, &somebody).await;
                upload(stage, &somebody, picture)
            }
            // One picture was never uploaded each time.
            "media-sweep-uploads" => {
                never_uploaded(stage, &somebody).await;
                sample(name)
            }
            _ => return None,
        };
        Some(event)
    }
}

fn named(person: &Person) -> ProfileChanged {
    ProfileChanged { user_id: person.id, name: PersonName::parse("Ann").expect("a name") }
}

fn jpeg() -> &'static [u8] {
    static JPEG: OnceLock<Vec<u8>> = OnceLock::new();
    JPEG.get_or_init(|| pictures::jpeg(1_600, 1_200))
}

/// A picture that is not uploaded yet.
async fn wanted(stage: &Stage, owner: &Person) -> MediaId {
    let wish = Request::of("media-create-media").by(owner).with("bytes", jpeg().len());
    stage.made(wish).await.parse().expect("an id")
}

/// Puts the file there; gives the message of it.
fn upload(stage: &Stage, owner: &Person, picture: MediaId) -> Value {
    let (name, key) = ("media-process-upload", keys::upload(owner.id, picture));
    stage.world.services().put(&key, jpeg().to_vec());
    let body = sample(name)["Records"][0]["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&body).expect("JSON");
    body["detail"]["bucket"]["name"] = BUCKET.into();
    body["detail"]["object"]["key"] = key.into();
    body["detail"]["object"]["size"] = jpeg().len().into();
    message(name, &body)
}

async fn publish(stage: &Stage, owner: &Person, picture: MediaId) {
    stage.invoke("media-process-upload", &upload(stage, owner, picture)).await;
}

/// What the sweep takes away: the wish is two hours old, and no file came.
async fn never_uploaded(stage: &Stage, owner: &Person) {
    let wish = Medium {
        id: MediaId::generate(),
        owner_id: owner.id,
        purpose: Purpose::Photo,
        content_type: ContentType::Jpeg,
        bytes: 100_000,
        correlation_id: "bench".to_owned(),
        created_at: Timestamp::now() - SignedDuration::from_hours(2),
        status: Status::AwaitingUpload,
    };
    let store = Store::new(stage.world.table().of::<Media>());
    assert!(store.add(wish, None).await.is_ok(), "a wish");
}
