//! Texts of messages: files under `templates/<language>/`, with what is put in escaped where the text is HTML.

use std::sync::OnceLock;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use crate::domain::content::Content;
use crate::domain::language::Language;

/// The longest first line, in characters: what a phone shows of a push message, and a mailbox of a subject.
const MAX_TITLE_CHARS: usize = 120;

/// A template is broken, there is none of that name, or it asks for what it was not given.
#[derive(Debug, thiserror::Error)]
#[error("template: {0}")]
pub struct TemplateError(#[from] minijinja::Error);

/// What an inbox, a push message and a text message say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The first line.
    pub title: String,
    /// The text.
    pub text: String,
}

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject line.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Who reads it.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// In which language.
    pub language: Language,
    /// What they call themselves, if that is known.
    pub name: Option<&'a str>,
}

/// Where the links of a mail lead.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// The button.
    pub button: &'a str,
    /// Where pages of the app are, without a slash at the end.
    pub app: &'a str,
    /// No more mails of this kind; none where they cannot be turned off.
    pub unsubscribe: Option<&'a str>,
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        /// Every template of a message.
        pub const NAMES: &[&str] = &[$($name),+];

        const SOURCES: &[(Language, &str, &str)] = &[
            (Language::En, "common", include_str!("../templates/en/common.jinja")),
            (Language::De, "common", include_str!("../templates/de/common.jinja")),
            $(
                (Language::En, $name, include_str!(concat!("../templates/en/", $name, ".jinja"))),
                (Language::De, $name, include_str!(concat!("../templates/de/", $name, ".jinja"))),
            )+
        ];
    };
}

templates!(
    "digest",
    "mfa_disabled",
    "mfa_enabled",
    "password_changed",
    "phone_code",
    "plain",
    "reset_password",
    "session_ended",
    "session_replayed",
    "verify_email",
);

/// The title and the text of a message, as plain text.
pub fn brief(content: &Content, language: Language) -> Result<Brief, TemplateError> {
    let (name, data) = template_of(content);
    let mut blocks = Blocks::of(&file(language, name, "txt"), data)?;
    Ok(Brief { title: one_line(&blocks.block("title")?), text: blocks.block("text")? })
}

/// A message as a mail.
pub fn mail(content: &Content, reader: Reader<'_>, links: Links<'_>) -> Result<Mail, TemplateError> {
    let subject = brief(content, reader.language)?.title;
    Ok(Mail { text: part(content, reader, links, "txt")?, html: part(content, reader, links, "html")?, subject })
}

fn part(content: &Content, reader: Reader<'_>, links: Links<'_>, kind: &str) -> Result<String, TemplateError> {
    let (name, data) = template_of(content);
    let mut message = Blocks::of(&file(reader.language, name, kind), data)?;
    let (entries, left_out) = listed(content, links.app);
    let common = context! { name => reader.name, left_out };
    let mut common = Blocks::of(&file(reader.language, "common", kind), common)?;
    let text = message.block("text")?;
    let paragraphs: Vec<_> =
        text.split("\n\n").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    let values = context! {
        language => reader.language.as_str(),
        title => one_line(&message.block("title")?),
        greeting => common.block("greeting")?,
        paragraphs,
        entries => Value::from(Serde(entries)),
        more => if left_out > 0 { common.block("more")? } else { String::new() },
        button => message.block("button")?,
        note => message.block("note")?,
        link => links.button,
        unsubscribe => common.block("unsubscribe")?,
        unsubscribe_link => links.unsubscribe,
    };
    Ok(engine()?.get_template(&format!("layout.{kind}"))?.render(values)?)
}

/// A line of a collecting mail.
#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    link: String,
}

fn listed<'a>(content: &'a Content, app: &str) -> (Vec<Entry<'a>>, u32) {
    match content {
        Content::Template { .. } => (Vec::new(), 0),
        Content::Digest { entries, left_out } => {
            let entry = |entry: &'a crate::domain::content::DigestEntry| Entry {
                title: &entry.title,
                link: format!("{app}{}", entry.link.path().unwrap_or_default()),
            };
            (entries.iter().map(entry).collect(), *left_out)
        }
    }
}

fn template_of(content: &Content) -> (&str, Value) {
    match content {
        Content::Template { name, data, .. } => (name, Value::from(Serde(data))),
        Content::Digest { entries, left_out } => {
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX) + u64::from(*left_out);
            ("digest", context! { count })
        }
    }
}

fn file(language: Language, name: &str, kind: &str) -> String {
    format!("{}/{name}.{kind}", language.as_str())
}

/// Line breaks would end a mail's header.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|char| !char.is_control()).take(MAX_TITLE_CHARS).collect()
}

/// A template whose blocks are taken one by one.
struct Blocks(minijinja::Captured<'static>);

impl Blocks {
    fn of(file: &str, values: Value) -> Result<Self, TemplateError> {
        Ok(Self(engine()?.get_template(file)?.render_captured(values)?))
    }

    fn block(&mut self, name: &str) -> Result<String, TemplateError> {
        Ok(self.0.with_state_mut(|state| state.render_block(name))?.trim().to_owned())
    }
}

/// All templates, each once as text and once as HTML: the engine escapes by the name's ending.
fn engine() -> Result<&'static Environment<'static>, TemplateError> {
    static ENGINE: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.add_template("layout.html", include_str!("../templates/layout.html"))?;
    engine.add_template("layout.txt", include_str!("../templates/layout.txt"))?;
    for (language, name, source) in SOURCES {
        for kind in ["html", "txt"] {
            engine.add_template_owned(file(*language, name, kind), *source)?;
        }
    }
    Ok(ENGINE.get_or_init(|| engine))
}

#[cfg(test)]
#[path = "templates_tests.rs"]
mod tests;
