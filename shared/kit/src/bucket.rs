//! Messages of a bucket: S3 tells EventBridge of each object, and a rule brings it to a queue.

use serde::{Deserialize, Serialize};

use crate::consumer::Message;

/// An object came to be. It may be told more than once, and late: the object may be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCreated {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
}

/// What EventBridge puts in the queue, as far as it is read.
#[derive(Serialize, Deserialize)]
struct BusEvent {
    detail: Detail,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Serialize, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Object {
    key: String,
}

impl ObjectCreated {
    /// The body of a message that says the same, to send it again.
    pub fn to_body(&self) -> Result<String, serde_json::Error> {
        let detail = Detail { bucket: Bucket { name: self.bucket.clone() }, object: Object { key: self.key.clone() } };
        serde_json::to_string(&BusEvent { detail })
    }
}

impl Message for ObjectCreated {
    fn read(body: &str) -> Result<Self, String> {
        let event: BusEvent = serde_json::from_str(body)
            .map_err(|error| format!("the message is of no bucket: {}", contracts::without_values(&error)))?;
        Ok(Self { bucket: event.detail.bucket.name, key: event.detail.object.key })
    }

    /// The object's own name, since a bucket knows nothing of who uploaded it and why.
    fn correlation_id(&self) -> String {
        self.key.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_s3_says_is_read_and_said_again() {
        // As the guide of S3 shows it, shortened.
        let body = r#"{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"version":"0",
            "bucket":{"name":"b"},"object":{"key":"quarantine/a b/7","size":5,"etag":"e","sequencer":"0"},
            "request-id":"N4N7GDK58NMKJ12R","requester":"1","reason":"POST Object"}}"#;
        let told = ObjectCreated::read(body).unwrap();
        assert_eq!(told, ObjectCreated { bucket: "b".into(), key: "quarantine/a b/7".into() });
        assert_eq!(ObjectCreated::read(&told.to_body().unwrap()), Ok(told.clone()));
        assert_eq!(told.correlation_id(), "7");
        assert!(ObjectCreated::read(r#"{"detail":{}}"#).is_err());
    }
}
