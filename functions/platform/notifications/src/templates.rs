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

/// What the HTML parts have in common.
const LAYOUT: &str = include_str!("../templates/layout.html");

/// The mail that asks for the proof of an address.
pub fn verify_email(name: &PersonName, link: &str) -> Result<Rendered, TemplateError> {
    let html = include_str!("../templates/verify_email.html");
    render("Confirm your e-mail address", html, include_str!("../templates/verify_email.txt"), name, link)
}

/// The mail that lets its reader set a new password.
pub fn reset_password(name: &PersonName, link: &str) -> Result<Rendered, TemplateError> {
    let html = include_str!("../templates/reset_password.html");
    render("Set a new password", html, include_str!("../templates/reset_password.txt"), name, link)
}

/// The mail that tells of a new password; the link is for those who did not set it.
pub fn password_changed(name: &PersonName, link: &str) -> Result<Rendered, TemplateError> {
    let html = include_str!("../templates/password_changed.html");
    render("Your password was changed", html, include_str!("../templates/password_changed.txt"), name, link)
}

fn render(subject: &str, html: &str, text: &str, name: &PersonName, link: &str) -> Result<Rendered, TemplateError> {
    // The engine escapes by the name's ending: HTML in `.html`, nothing in `.txt`.
    let mut engine = Environment::new();
    engine.add_template("layout.html", LAYOUT)?;
    engine.add_template("mail.html", html)?;
    engine.add_template("mail.txt", text)?;
    let values = context! { subject, name => name.as_str(), link };
    Ok(Rendered {
        subject: subject.to_owned(),
        text: engine.get_template("mail.txt")?.render(&values)?,
        html: engine.get_template("mail.html")?.render(&values)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Template = fn(&PersonName, &str) -> Result<Rendered, TemplateError>;

    const ALL: [(&str, Template); 3] = [
        ("Confirm your e-mail address", verify_email),
        ("Set a new password", reset_password),
        ("Your password was changed", password_changed),
    ];

    #[test]
    fn what_is_put_in_is_escaped_in_html_and_only_there() {
        let name = PersonName::parse("<b>Ann</b>").unwrap();
        for (subject, template) in ALL {
            let mail = template(&name, "https://app.example/page?token=a_b-c").unwrap();
            assert_eq!(mail.subject, subject);
            assert!(mail.html.contains(&format!("<title>{subject}</title>")), "{}", mail.html);
            assert!(mail.html.contains("&lt;b&gt;Ann&lt;&#x2f;b&gt;"), "{}", mail.html);
            assert!(!mail.html.contains("<b>Ann"), "{}", mail.html);
            assert!(mail.text.contains("<b>Ann</b>"), "{}", mail.text);
            assert!(mail.text.contains("\nhttps://app.example/page?token=a_b-c\n"), "{}", mail.text);
            assert!(mail.html.contains("token=a_b-c\""), "{}", mail.html);
        }
    }

    #[test]
    fn every_text_is_filled_in_and_fits_a_mail() {
        let name = PersonName::parse("Ann").unwrap();
        for (subject, template) in ALL {
            let mail = template(&name, "https://app.example/page?token=t").unwrap();
            for part in [&mail.html, &mail.text] {
                assert!(part.contains("Hello Ann,"), "{subject}: {part}");
                assert!(!part.contains("{{") && !part.contains("{%"), "{subject}: {part}");
                // RFC 5322, section 2.1.1.
                assert!(part.lines().all(|line| line.len() <= 998), "{subject}: a line is too long");
            }
        }
    }
}
