//! Texts of messages: files under `templates/<language>/`, with what is put in escaped where the text is HTML.

use std::collections::BTreeSet;
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
    "badge_earned",
    "care_event",
    "care_reminder",
    "deposit_completed",
    "digest",
    "donation_failed",
    "donation_received",
    "donation_refunded",
    "donation_sent",
    "mfa_disabled",
    "mfa_enabled",
    "password_changed",
    "phone_code",
    "plain",
    "reset_password",
    "session_ended",
    "session_replayed",
    "transfer_received",
    "verify_email",
);

/// The title and the text of a message, as plain text.
pub fn brief(content: &Content, language: Language) -> Result<Brief, TemplateError> {
    let (name, data) = template_of(content);
    let mut blocks = Blocks::of(&file(language, name, "txt"), data)?;
    Ok(Brief { title: one_line(&blocks.block("title")?), text: blocks.block("text")? })
}

/// The fields that a template asks for and was not given, in whichever language; none if it can be written out in all.
pub fn missing(content: &Content) -> Result<BTreeSet<String>, TemplateError> {
    let mut missing = BTreeSet::new();
    for language in Language::ALL {
        let Err(error) = brief(content, language) else { continue };
        let given = |field: &str| matches!(content, Content::Template { data, .. } if data.contains_key(field));
        let template = engine()?.get_template(&file(language, template_of(content).0, "txt"))?;
        let asked = template.undeclared_variables(false);
        missing.extend(asked.into_iter().filter(|field| !given(field)));
        if missing.is_empty() {
            return Err(error);
        }
    }
    Ok(missing)
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
mod tests {
    use std::collections::BTreeMap;

    use contracts::notifications::Category;

    use super::*;
    use crate::domain::content::{DigestEntry, Link};

    const LINKS: Links<'_> = Links {
        button: "https://app.example/page?token=a_b-c",
        app: "https://app.example",
        unsubscribe: Some("https://app.example/unsubscribe?token=u"),
    };

    /// Each template with what it asks for, and with markup in it.
    fn contents() -> Vec<(String, Content)> {
        let data: BTreeMap<String, String> = [
            ("title", "<i>News</i>"),
            ("body", "<b>Body</b>\n\nMore"),
            ("device", "<b>phone</b>"),
            ("reason", "device_limit"),
            ("code", "123456"),
            ("amount", "12.50 EUR"),
            ("badge", "<i>Feeder</i>"),
            ("event", "<b>Feeding</b>"),
            ("point", "<i>The fountain</i>"),
            ("tier", "silver"),
            ("time", "08:00"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
        let templates = NAMES.iter().filter(|name| **name != "digest").map(|name| {
            ((*name).to_owned(), Content::Template { name: (*name).to_owned(), data: data.clone(), link: Link::App })
        });
        let entry = DigestEntry {
            category: Category::Activity,
            title: "<i>News</i>".to_owned(),
            link: Link::Page { path: "/points/7".to_owned() },
        };
        let digest = Content::Digest { entries: vec![entry; 2], left_out: 3 };
        templates.chain([("digest".to_owned(), digest)]).collect()
    }

    #[test]
    fn every_template_is_filled_in_in_every_language_and_escaped_in_html_only() {
        for language in Language::ALL {
            for (name, content) in contents() {
                let which = format!("{}/{name}", language.as_str());
                let mail = mail(&content, Reader { language, name: Some("<b>Ann</b>") }, LINKS).unwrap();
                assert!(mail.html.contains("&lt;b&gt;Ann&lt;&#x2f;b&gt;"), "{which}: {}", mail.html);
                for markup in ["<b>Ann", "<i>News", "<b>Body", "<b>phone", "<i>Feeder", "<b>Feeding", "<i>The"] {
                    assert!(!mail.html.contains(markup), "{which}: {}", mail.html);
                }
                assert!(mail.text.contains("<b>Ann</b>") && !mail.text.contains("&lt;"), "{which}: {}", mail.text);
                for part in [&mail.html, &mail.text, &mail.subject] {
                    assert!(!part.contains("{{") && !part.contains("{%"), "{which}: {part}");
                    // RFC 5322, section 2.1.1.
                    assert!(part.lines().all(|line| line.len() <= 998), "{which}: a line is too long");
                }
                assert!(!mail.subject.is_empty() && mail.html.contains("unsubscribe?token=u"), "{which}");
                let brief = brief(&content, language).unwrap();
                assert!(!brief.text.is_empty() && !brief.title.contains('\n'), "{which}: {brief:?}");
            }
        }
    }

    #[test]
    fn what_may_be_left_out_is_said_where_it_is_given() {
        let text = |name: &str, data: &[(&str, &str)]| {
            let data = data.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            let content = Content::Template { name: name.to_owned(), data, link: Link::App };
            Language::ALL.map(|language| brief(&content, language).unwrap().text)
        };
        let badge = [("badge", "Feeder"), ("tier", "gold")];
        let rewarded = [&badge[..], &[("reward", "500 POINTS")]].concat();
        assert!(text("badge_earned", &rewarded).iter().all(|text| text.contains("500 POINTS")));
        assert!(text("badge_earned", &badge).iter().all(|text| !text.contains("POINTS")));
        let to_point = [("amount", "5 EUR"), ("point", "The fountain")];
        assert!(text("donation_received", &to_point).iter().all(|text| text.contains("The fountain")));
        assert_eq!(text("donation_received", &to_point[..1])[0], "You received a donation of 5 EUR.");
    }

    #[test]
    fn languages_differ_and_a_person_without_a_name_is_greeted() {
        let content = Content::template("verify_email", Link::App);
        let subject = |language| mail(&content, Reader { language, name: None }, LINKS).unwrap();
        let (english, german) = (subject(Language::En), subject(Language::De));
        assert_eq!(
            (english.subject.as_str(), german.subject.as_str()),
            ("Confirm your e-mail address", "Bestätigen Sie Ihre E-Mail-Adresse")
        );
        assert!(english.text.starts_with("Hello,\n") && german.text.starts_with("Guten Tag,\n"), "{}", german.text);
        assert!(
            english.html.contains("token=a_b-c\"") && english.text.contains("\nhttps://app.example/page?token=a_b-c\n")
        );
    }

    #[test]
    fn what_is_missing_or_unknown_is_an_error_and_not_a_gap() {
        assert!(brief(&Content::template("plain", Link::App), Language::En).is_err());
        assert!(brief(&Content::template("no_such", Link::App), Language::En).is_err());
        assert!(brief(&Content::template("../layout", Link::App), Language::En).is_err());
    }

    #[test]
    fn a_title_is_one_line_and_bounded() {
        let title = format!("a\r\nBcc: b@example.com {}", "x".repeat(200));
        let title = brief(&Content::plain(&title, "body"), Language::En).unwrap().title;
        assert!(title.starts_with("a Bcc: b@example.com x") && title.chars().count() == MAX_TITLE_CHARS, "{title}");
    }

    #[test]
    fn the_list_of_templates_is_that_of_the_files() {
        for language in Language::ALL {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(language.as_str());
            let mut files: Vec<_> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".jinja", ""))
                .filter(|name| name != "common")
                .collect();
            files.sort();
            assert_eq!(files, NAMES);
        }
    }
}
