//! Scenes of vision: a user with five identifications of one photo, of two megapixels' large size.

use std::sync::OnceLock;

use contracts::identity::UserDeleted;
use contracts::media::MediaPublished;
use contracts::vision::{IdentificationKind, IdentificationRequested};
use serde_json::{Value, json};
use testkit::pictures;
use types::MediaId;

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// Identifications of the one whose identifications are listed.
const IDENTIFICATIONS: usize = 5;
const CREATE: &str = "vision-create-identification";

pub struct Scene {
    ann: Person,
    identification: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let ann = stage.member(&[]).await.person;
        let photo = photo(stage, &ann).await;
        let mut identification = requested(stage, &ann, photo, "species").await;
        for _ in 1..IDENTIFICATIONS {
            identification = requested(stage, &ann, photo, "species").await;
        }
        Self { ann, identification }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let somebody = stage.member(&[]).await.person;
        let event = match name {
            "vision-confirm-identification" => {
                let (id, looked) = pending(stage, &somebody, IdentificationKind::TestStrip).await;
                stage.invoke("vision-identify", &looked).await;
                Request::of(name).by(&somebody).at("id", id).with("values", json!([])).event()
            }
            CREATE => Request::of(name).by(&somebody).with("mediaId", photo(stage, &somebody).await).event(),
            "vision-delete-identification" => {
                let (id, _) = pending(stage, &somebody, IdentificationKind::Species).await;
                Request::of(name).by(&somebody).at("id", id).event()
            }
            "vision-forget-user" => {
                pending(stage, &somebody, IdentificationKind::Species).await;
                fact(name, UserDeleted { user_id: somebody.id })
            }
            "vision-get-identification" => Request::of(name).by(&self.ann).at("id", &self.identification).event(),
            "vision-identify" => pending(stage, &somebody, IdentificationKind::Species).await.1,
            "vision-keep-pictures" => fact(name, published(&somebody, MediaId::generate())),
            "vision-list-identifications" => Request::of(name).by(&self.ann).event(),
            _ => return None,
        };
        Some(event)
    }
}

fn jpeg() -> &'static [u8] {
    static JPEG: OnceLock<Vec<u8>> = OnceLock::new();
    JPEG.get_or_init(|| pictures::jpeg(1_280, 960))
}

fn published(owner: &Person, media_id: MediaId) -> MediaPublished {
    MediaPublished {
        media_id,
        owner_id: owner.id,
        purpose: "photo".to_owned(),
        content_type: "image/jpeg".to_owned(),
        width: 1_280,
        height: 960,
        variants: Vec::new(),
        path: Some(format!("published/{}/{media_id}/0/", owner.id)),
    }
}

/// A photo that is published, and known.
async fn photo(stage: &Stage, owner: &Person) -> MediaId {
    let media = MediaId::generate();
    stage.world.services().put(&format!("published/{}/{media}/0/large.jpg", owner.id), jpeg().to_vec());
    stage.hear("vision-keep-pictures", published(owner, media)).await;
    media
}

async fn requested(stage: &Stage, owner: &Person, media: MediaId, kind: &str) -> String {
    stage.made(Request::of(CREATE).by(owner).with("mediaId", media).with("kind", kind)).await
}

/// A requested identification, and the message about it.
async fn pending(stage: &Stage, owner: &Person, kind: IdentificationKind) -> (String, Value) {
    let media = photo(stage, owner).await;
    let id = requested(stage, owner, media, kind.as_str()).await;
    let identification_id = id.parse().expect("an id");
    let requested = IdentificationRequested { identification_id, user_id: owner.id, media_id: media, kind };
    (id, fact("vision-identify", requested))
}
