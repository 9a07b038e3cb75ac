//! The form that a client uploads with: S3 takes a file with it if the file is what the form says, and nothing else.
//!
//! The SDK signs requests, and a form is no request: it is a policy in JSON, signed with the function's own credentials, as
//! the S3 API reference says under "Authenticating requests: browser-based uploads using POST". So a form ends with those
//! credentials at the latest, and `expires_at` says so where their end is known.

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::sdk;
use crate::signer::{Signer, end_with};

/// Upload form: send `POST` to `url` as `multipart/form-data` with all `fields` first, then the file as `file`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadForm {
    /// URL of the bucket.
    url: String,
    /// Form fields, to be sent unchanged.
    #[schema(value_type = BTreeMap<String, String>)]
    fields: BTreeMap<&'static str, String>,
    /// Time from which the form is not valid any more.
    #[serde(serialize_with = "types::time::millis")]
    expires_at: Timestamp,
}

/// Redacts the fields, which authorize an upload.
impl std::fmt::Debug for UploadForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadForm").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A form could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("S3: {0}")]
pub struct FormError(String);

/// What may be uploaded with a form, apart from the bucket.
#[derive(Debug, Clone, Copy)]
pub struct FormUpload<'a> {
    /// The object that it becomes.
    pub key: &'a str,
    /// What the file says to be.
    pub content_type: &'a str,
    /// The most that it may hold, in bytes; the least is one.
    pub max_bytes: u64,
    /// When the form ends, unless the credentials that sign it end before.
    pub until: Timestamp,
}

/// Signs forms for uploads to a bucket.
#[derive(Debug, Clone)]
pub struct UploadForms {
    client: Client,
    signer: Signer,
    bucket: String,
}

impl UploadForms {
    /// Forms for the bucket of this name.
    pub fn new(config: &sdk::Config, client: Client, bucket: impl Into<String>) -> Self {
        Self { client, signer: Signer::new(config), bucket: bucket.into() }
    }

    /// Returns a form for one upload. It is made without a call.
    pub async fn form(&self, upload: &FormUpload<'_>, now: Timestamp) -> Result<UploadForm, FormError> {
        let FormUpload { key, content_type, max_bytes, until } = *upload;
        let credentials = self.signer.credentials().await.map_err(FormError)?;
        let until = end_with(&credentials, until);
        let config = self.client.config();
        let region = config.region().ok_or_else(|| FormError("there is no region".into()))?.to_string();
        let permit = Permit { bucket: &self.bucket, region: &region, key, content_type, max_bytes, until };
        let fields = fields(&permit, &credentials, now);
        Ok(UploadForm { url: self.address().await?, fields, expires_at: until })
    }

    /// The bucket's own URL, as the client would call it: the SDK knows the rules for regions and endpoints.
    async fn address(&self) -> Result<String, FormError> {
        const ANY: &str = "any";
        let lifetime = PresigningConfig::expires_in(std::time::Duration::from_mins(1));
        let lifetime = lifetime.map_err(|error| FormError(error.to_string()))?;
        let signed = self.client.get_object().bucket(&self.bucket).key(ANY).presigned(lifetime).await;
        let signed = signed.map_err(|error| FormError(sdk::told(&error)))?;
        let plain = signed.uri().split('?').next().unwrap_or_default();
        plain.strip_suffix(ANY).map(str::to_owned).ok_or_else(|| FormError("its URL cannot be told".into()))
    }
}

/// What a signature is made of.
#[derive(Debug, Clone, Copy)]
struct Permit<'a> {
    /// The bucket.
    bucket: &'a str,
    /// The bucket's region.
    region: &'a str,
    /// The object that it becomes.
    key: &'a str,
    /// What the file says to be.
    content_type: &'a str,
    /// The most that it may hold, in bytes; the least is one.
    max_bytes: u64,
    /// When the form ends.
    until: Timestamp,
}

/// The fields of the form, all but the file. Some of them are secrets for as long as the form works.
fn fields(permit: &Permit<'_>, credentials: &Credentials, now: Timestamp) -> BTreeMap<&'static str, String> {
    let day = now.strftime("%Y%m%d").to_string();
    let mut fields = BTreeMap::from([
        ("key", permit.key.to_owned()),
        ("Content-Type", permit.content_type.to_owned()),
        // Without it S3 answers 204 and no body; with it, what a browser can read.
        ("success_action_status", "201".to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", format!("{}/{day}/{}/s3/aws4_request", credentials.access_key_id(), permit.region)),
        ("x-amz-date", now.strftime("%Y%m%dT%H%M%SZ").to_string()),
    ]);
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token", token.to_owned());
    }
    let policy = STANDARD.encode(policy(permit, &fields).to_string());
    let key = generate_signing_key(credentials.secret_access_key(), SystemTime::from(now), permit.region, "s3");
    fields.insert("x-amz-signature", calculate_signature(key, policy.as_bytes()));
    fields.insert("policy", policy);
    fields
}

/// Every field must be in the policy as it is in the form; the size is a condition of its own.
fn policy(permit: &Permit<'_>, fields: &BTreeMap<&'static str, String>) -> Value {
    let mut conditions = vec![json!({ "bucket": permit.bucket }), json!(["content-length-range", 1, permit.max_bytes])];
    conditions.extend(fields.iter().map(|(name, value)| json!({ *name: value })));
    json!({ "expiration": permit.until.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(), "conditions": conditions })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> BTreeMap<&'static str, String> {
        let now: Timestamp = "2015-12-29T10:00:00Z".parse().unwrap();
        let permit = Permit {
            bucket: "media",
            region: "us-east-1",
            key: "quarantine/a/b",
            content_type: "image/png",
            max_bytes: 77,
            until: "2015-12-29T10:15:00.9Z".parse().unwrap(),
        };
        let credentials = Credentials::new("AKIDEXAMPLE", "secret-of-the-test", Some("token".into()), None, "test");
        fields(&permit, &credentials, now)
    }

    #[test]
    fn every_field_is_a_condition() {
        let form = form();
        let policy: Value = serde_json::from_slice(&STANDARD.decode(&form["policy"]).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2015-12-29T10:15:00.000Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!({ "bucket": "media" })));
        assert!(conditions.contains(&json!(["content-length-range", 1, 77])));
        for (name, value) in form.iter().filter(|(name, _)| !["policy", "x-amz-signature"].contains(*name)) {
            assert!(conditions.contains(&json!({ *name: value })), "{name}");
        }
        assert_eq!(form["x-amz-credential"], "AKIDEXAMPLE/20151229/us-east-1/s3/aws4_request");
    }

    /// The guide's own example: policy, key and signature are from "Example: browser-based upload using HTTP POST".
    #[test]
    fn signatures_are_those_of_the_reference() {
        let key = generate_signing_key(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            SystemTime::from("2015-12-29T00:00:00Z".parse::<Timestamp>().unwrap()),
            "us-east-1",
            "s3",
        );
        let policy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9";
        assert_eq!(
            calculate_signature(key, policy.as_bytes()),
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
    }
}
