//! Texts of messages: files under `templates/`, rendered with what is put in escaped where the text is HTML.

use minijinja::{Environment, context};
use types::PersonName;

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject line.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// A template is broken; a test renders each one.
#[derive(Debug, thiserror::Error)]
#[error("template: {0}")]
pub struct TemplateError(#[from] minijinja::Error);

/// The mail that asks for the proof of an address.
pub fn verify_email(name: &PersonName, link: &str) -> Result<Rendered, TemplateError> {
    // The engine escapes by the name's ending: HTML in `.html`, nothing in `.txt`.
    let mut engine = Environment::new();
    engine.add_template("verify_email.html", include_str!("../templates/verify_email.html"))?;
    engine.add_template("verify_email.txt", include_str!("../templates/verify_email.txt"))?;
    let values = context! { name => name.as_str(), link };
    Ok(Rendered {
        subject: "Confirm your e-mail address".to_owned(),
        text: engine.get_template("verify_email.txt")?.render(&values)?,
        html: engine.get_template("verify_email.html")?.render(&values)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_escaped_in_html_and_only_there() {
        let name = PersonName::parse("<b>Ann</b>").unwrap();
        let mail = verify_email(&name, "https://app.example/verify-email?token=a_b-c").unwrap();
        assert!(mail.html.contains("&lt;b&gt;Ann&lt;&#x2f;b&gt;"), "{}", mail.html);
        assert!(mail.text.contains("<b>Ann</b>"));
        assert!(mail.text.contains("https://app.example/verify-email?token=a_b-c"));
        assert!(mail.html.contains("token=a_b-c"));
    }
}
