//! A model server of the operator, over HTTPS.
//!
//! ```text
//! POST <url>                                   200
//! authorization: Bearer <secret>               {"suggestions": [{"name": "Danio rerio", "confidence": 0.93}]}
//! idempotency-key: <identification ID>         or, for test_strip:
//! {"kind": "species",                          {"suggestions": [{"parameter": "nitrate", "value": "25",
//!  "contentType": "image/jpeg",                                  "unit": "mg_l_as_no3", "confidence": 0.8}]}
//!  "picture": "<base64>"}
//! ```
//!
//! 400, 413, 415 and 422 say that the picture can never be read. Any other status, a late answer and an answer of
//! another form count as none.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::vision::IdentificationKind;
use futures::future::BoxFuture;
use kit::fresh::Fresh;
use kit::outbound::{Answer, Call, Limits, Outbound};
use kit::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};
use serde::{Deserialize, Serialize};
use water::{Decimal, Entered, Parameter, Unit};

use super::{CALL_TIMEOUT, Look, LookError, Model};
use crate::domain::suggestion::{Findings, InvalidAnswer};

/// The largest answer that is read, in bytes: twenty suggestions take a tenth of it.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// The statuses that say that a picture will never be read.
const REFUSALS: [u16; 4] = [400, 413, 415, 422];
/// Where pictures may go without encryption: to this machine.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1:", "http://localhost:"];

/// The URL of a model server: `https`, or on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUrl(String);

impl FromStr for ModelUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_encrypted = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        let is_local = LOOPBACK.iter().any(|start| text.starts_with(start));
        // Of a URL with user information, the host is what follows the `@`.
        if (is_encrypted || is_local) && !text.contains(['@', ' ']) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be an https URL without user information")
        }
    }
}

/// The secret of a model server.
struct Secret(String);

/// Looks with a model server.
pub struct HttpModel {
    outbound: Outbound,
    url: ModelUrl,
    secret: Fresh<Secret>,
}

impl HttpModel {
    /// Reads `VISION_URL` and `VISION_SECRET_NAME`, and loads the secret.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<ModelUrl>("VISION_URL"), env.required::<String>("VISION_SECRET_NAME"));
        let (url, name) = env.all(values)?;
        let read = {
            let name = name.clone();
            move |text: &str, _| secret(&name, text)
        };
        let loaded = Fresh::load(Parameters::new(&sdk::config()), name, Clock::System.now(), read).await;
        let outbound = Self::outbound().map_err(ConfigError::because)?;
        Ok(Self { outbound, url, secret: loaded.map_err(ConfigError::because)? })
    }

    /// A server with a secret that stays as it is.
    pub fn new(url: ModelUrl, secret: impl Into<String>) -> Result<Self, kit::outbound::OutboundError> {
        Ok(Self { outbound: Self::outbound()?, url, secret: Fresh::fixed(Secret(secret.into())) })
    }

    fn outbound() -> Result<Outbound, kit::outbound::OutboundError> {
        let limits = Limits { attempt: CALL_TIMEOUT, answer_bytes: MAX_ANSWER_BYTES, ..Limits::within(CALL_TIMEOUT) };
        Outbound::new(limits)
    }

    async fn ask(&self, look: Look<'_>) -> Result<Findings, LookError> {
        let no_answer = |error: &dyn std::fmt::Display| LookError::NoAnswer(error.to_string());
        let secret = self.secret.get(look.now).await;
        let picture = Asked { kind: look.kind, content_type: "image/jpeg", picture: STANDARD.encode(look.jpeg) };
        let body = serde_json::to_string(&picture).map_err(|error| no_answer(&error))?;
        // One attempt: each one is paid for, and the identification has attempts of its own.
        let call = Call::post(self.url.0.clone())
            .header("authorization", format!("Bearer {}", secret.0))
            .header("idempotency-key", look.id.to_string())
            .header("accept", "application/json")
            .body("application/json", body);
        let answer = self.outbound.send(call).await.map_err(|error| no_answer(&error))?;
        findings(look.kind, &answer)
    }
}

impl Model for HttpModel {
    fn look<'a>(&'a self, look: Look<'a>) -> BoxFuture<'a, Result<Findings, LookError>> {
        Box::pin(self.ask(look))
    }
}

fn secret(name: &str, text: &str) -> Result<Secret, SecretError> {
    let text = text.trim();
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(Secret(text.to_owned())) } else { Err(SecretError::new(name, "must be visible ASCII characters")) }
}

/// What is asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    kind: IdentificationKind,
    content_type: &'static str,
    picture: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered<T> {
    suggestions: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnsweredName {
    name: String,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnsweredValue {
    parameter: Parameter,
    value: Decimal,
    unit: Unit,
    confidence: f64,
}

fn findings(kind: IdentificationKind, answer: &Answer) -> Result<Findings, LookError> {
    if REFUSALS.contains(&answer.status) {
        return Err(LookError::Refused(format!("status {}", answer.status)));
    }
    if answer.status != 200 {
        return Err(LookError::NoAnswer(format!("status {}", answer.status)));
    }
    match kind {
        IdentificationKind::Species => {
            let answered = answer.json::<Answered<AnsweredName>>().map_err(LookError::NoAnswer)?;
            let named: Vec<_> = answered.suggestions.into_iter().map(|one| (one.name, one.confidence)).collect();
            Findings::of_species(&named).map_err(unusable)
        }
        IdentificationKind::TestStrip => {
            let answered = answer.json::<Answered<AnsweredValue>>().map_err(LookError::NoAnswer)?;
            let values = answered.suggestions.into_iter().map(|one| {
                let entered = Entered { value: one.value, unit: one.unit };
                (one.parameter, entered, one.confidence)
            });
            Findings::of_values(&values.collect::<Vec<_>>()).map_err(unusable)
        }
    }
}

/// Another attempt may get a better answer: it may have been one of a proxy.
fn unusable(error: InvalidAnswer) -> LookError {
    LookError::NoAnswer(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec() }
    }

    fn of_species(status: u16, body: &str) -> Result<Findings, LookError> {
        findings(IdentificationKind::Species, &answer(status, body))
    }

    #[test]
    fn pictures_go_out_encrypted() {
        for good in ["https://models.example/v1/look", "http://127.0.0.1:4566/look", "http://localhost:1/"] {
            assert!(good.parse::<ModelUrl>().is_ok(), "{good}");
        }
        for wrong in [
            "",
            "http://models.example",
            "https://",
            "https:///look",
            "ftp://models.example",
            "http://127.0.0.1.evil.example/",
            "http://localhost:1@models.example/",
            "https://user:password@models.example/",
        ] {
            assert!(wrong.parse::<ModelUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_answer_of_the_form_is_read() {
        let found = of_species(200, r#"{"suggestions":[{"name":"Danio rerio","confidence":0.93}]}"#).unwrap();
        assert_eq!((found.species[0].name.as_str(), found.species[0].confidence.get()), ("Danio rerio", 93));
        let body = r#"{"suggestions":[{"parameter":"ph","value":"6.8","unit":"ph","confidence":1}]}"#;
        let found = findings(IdentificationKind::TestStrip, &answer(200, body)).unwrap();
        assert_eq!(found.values[0].entered.value.to_string(), "6.8");
        assert!(of_species(200, r#"{"suggestions":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn any_other_answer_is_none() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"suggestions":[{"name":"a"}]}"#,
            r#"{"suggestions":[{"name":"a","confidence":2}]}"#,
            r#"{"suggestions":[{"name":"a","confidence":"high"}]}"#,
            r#"{"suggestions":[],"more":1}"#,
            r#"{"suggestions":[{"parameter":"ph","value":"6.8","unit":"ph","confidence":1}]}"#,
        ] {
            assert!(matches!(of_species(200, body), Err(LookError::NoAnswer(_))), "{body}");
        }
        for status in [201, 204, 302, 401, 403, 404] {
            assert!(matches!(of_species(status, r#"{"suggestions":[]}"#), Err(LookError::NoAnswer(_))), "{status}");
        }
    }

    #[test]
    fn a_refused_picture_is_refused_for_good() {
        for status in REFUSALS {
            assert!(matches!(of_species(status, ""), Err(LookError::Refused(_))), "{status}");
        }
    }

    #[test]
    fn no_error_quotes_an_answer() {
        let error = of_species(200, r#"{"suggestions":[{"name":"secret","confidence":"secret"}]}"#).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_secret_fits_into_a_header() {
        assert_eq!(secret("name", " abc\n").unwrap().0, "abc");
        for wrong in ["", "\n", "a b", "ä"] {
            assert!(secret("name", wrong).is_err(), "{wrong}");
        }
    }
}
