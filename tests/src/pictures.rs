//! Pictures as a client uploads them, and the bucket as its owner sees it.

use reqwest::Client;
use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, Reply, User, eventually};

/// What ends a part of a form; no file of the tests has it.
const BOUNDARY: &str = "atoll-test-boundary";

impl Cloud {
    /// Asks for a place to upload a photo to.
    pub async fn ask_to_upload(&self, user: &User, content_type: &str, bytes: usize) -> Value {
        self.ask_to_upload_for("photo", user, content_type, bytes).await
    }

    /// Asks for a place to upload a picture with another purpose to.
    async fn ask_to_upload_for(&self, purpose: &str, user: &User, content_type: &str, bytes: usize) -> Value {
        let body = json!({ "purpose": purpose, "contentType": content_type, "bytes": bytes });
        let call =
            self.post("/v1/media").bearer(&user.access_token).header("idempotency-key", &Uuid::now_v7().to_string());
        call.json(&body).send().await.expect(201)
    }

    /// Sends a form with a file, some of its fields changed, as a browser does.
    pub async fn send_form(&self, upload: &Value, changes: &[(&str, &str)], file: &[u8]) -> u16 {
        let mut fields = upload["fields"].as_object().expect("fields").clone();
        for (name, value) in changes {
            fields.insert((*name).to_owned(), json!(value));
        }
        let mut body = Vec::new();
        for (name, value) in &fields {
            let value = value.as_str().expect("a text");
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: x/y\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let url = upload["url"].as_str().expect("a url");
        let sent = Client::new().post(url).header("content-type", kind).body(body).send().await;
        sent.expect("an answer of S3").status().as_u16()
    }

    /// Uploads a photo, and answers with its id.
    pub async fn upload(&self, user: &User, content_type: &str, file: &[u8]) -> String {
        let asked = self.ask_to_upload(user, content_type, file.len()).await;
        assert_eq!(self.send_form(&asked["upload"], &[], file).await, 201);
        asked["id"].as_str().expect("an id").to_owned()
    }

    /// Uploads a picture of a product, waits until it is published, and answers with its id.
    pub async fn upload_product_picture(&self, user: &User, jpeg: &[u8]) -> String {
        let asked = self.ask_to_upload_for("product", user, "image/jpeg", jpeg.len()).await;
        assert_eq!(self.send_form(&asked["upload"], &[], jpeg).await, 201);
        let id = asked["id"].as_str().expect("an id").to_owned();
        assert_eq!(self.checked(user, &id).await["status"], "published");
        id
    }

    /// A picture as a user sees it.
    pub async fn see(&self, user: &User, id: &str) -> Reply {
        self.get(&format!("/v1/media/{id}")).bearer(&user.access_token).send().await
    }

    /// Waits until a picture is published or rejected.
    pub async fn checked(&self, user: &User, id: &str) -> Value {
        eventually("the picture to be checked", async || {
            let seen = self.see(user, id).await.expect(200);
            ["published", "rejected"].map(|end| seen["status"] == end).contains(&true).then_some(seen)
        })
        .await
    }

    /// What a URL shows to a client without credentials.
    pub async fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let reply = Client::new().get(url).send().await.expect("an answer");
        let status = reply.status().as_u16();
        (status, reply.bytes().await.expect("a body").to_vec())
    }

    /// How long caches may keep what a URL shows.
    pub async fn cache_control(&self, url: &str) -> String {
        let reply = Client::new().get(url).send().await.expect("an answer");
        let header = reply.headers().get("cache-control").map(|value| value.to_str().expect("a text"));
        header.unwrap_or_default().to_owned()
    }

    /// The keys of all objects that have this in their key.
    pub async fn objects(&self, part: &str) -> Vec<String> {
        let client = self.s3().await;
        let mut keys = Vec::new();
        let mut pages = client.list_objects_v2().bucket(self.media_bucket()).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.expect("a page");
            keys.extend(page.contents().iter().filter_map(|object| object.key()).map(str::to_owned));
        }
        keys.retain(|key| key.contains(part));
        keys
    }

    /// S3 as the cloud's owner.
    pub async fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.sdk().await)
    }

    /// Tells the moderator what to find in a picture: one that a check makes of this file.
    pub async fn flag(&self, content_type: &str, file: &[u8], label: &str) {
        let kind = content_type.parse().expect("a kind");
        let picture = media::domain::picture::read(file, kind, u64::MAX).expect("a picture");
        let seen = picture.variants.iter().find(|variant| variant.name == media::domain::picture::MODERATED_VARIANT);
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&seen.expect("a variant").jpeg);
        let half = |bytes: &[u8]| u128::from_be_bytes(bytes.try_into().expect("sixteen bytes"));
        let digest = format!("{:032x}{:032x}", half(&digest[..16]), half(&digest[16..]));
        let flag = json!({ "labels": [label], "sha256": digest });
        assert_eq!(self.local("POST", "moderation").json(&flag).send().await.status, 201);
    }

    /// Puts a message about an upload into the queue of the checks, as S3 does.
    pub async fn tell_of_upload(&self, owner: &str, id: &str) {
        let bucket = self.media_bucket().to_owned();
        let told = kit::bucket::ObjectCreated { bucket, key: format!("quarantine/{owner}/{id}") };
        let client = aws_sdk_sqs::Client::new(&self.sdk().await);
        let urls = client.list_queues().send().await.expect("queues").queue_urls.unwrap_or_default();
        let url = urls.into_iter().find(|url| url.ends_with("media-process-upload")).expect("the queue");
        client
            .send_message()
            .queue_url(url)
            .message_body(told.to_body().expect("json"))
            .send()
            .await
            .expect("a message");
    }

    /// Starts a function as its schedule does, and waits until it has ended.
    pub async fn invoke(&self, binary: &str) {
        let functions = self.local("GET", "functions").send().await.expect(200);
        let found = functions.as_array().expect("a list").iter().find(|item| item["binary"] == binary);
        let name = found.and_then(|item| item["name"].as_str()).unwrap_or_else(|| panic!("no function {binary}"));
        let environment = self.client_environment();
        let url = format!("{}/2015-03-31/functions/{name}/invocations", environment[0].1);
        let credential = format!("{}/20260101/us-east-1/lambda/aws4_request", environment[1].1);
        let signature = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0");
        let reply =
            Client::new().post(url).header("authorization", signature).body("{}").send().await.expect("an answer");
        assert!(reply.headers().get("x-amz-function-error").is_none(), "{binary} failed");
        assert_eq!(reply.status().as_u16(), 200);
    }
}
