//! Texts of messages: files under `templates/<language>/`. Values are escaped where the text is HTML.
//!
//! Three filters write values as the reader does: `money` (`12.50 EUR`), `date_time` and `time` (RFC 3339, UTC).

use std::collections::BTreeSet;
use std::sync::OnceLock;

use calendar::ZoneName;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, State, UndefinedBehavior, context};
use serde::Serialize;

use crate::domain::branding::{Branding, LogoUrl};
use crate::domain::content::{Content, DigestEntry};
use crate::domain::language::Language;
use crate::domain::localization::Locale;
use crate::pages::UnsubscribePage;

/// The longest first line, in characters: what a phone shows of a push message, and a mailbox of a subject.
const MAX_TITLE_CHARS: usize = 120;

/// A template is invalid or missing, or uses a variable that was not given.
#[derive(Debug, thiserror::Error)]
#[error("template: {0}")]
pub struct TemplateError(#[from] minijinja::Error);

/// The plain text of a message, for the inbox, push messages and text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// The title, one line.
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

/// The recipient of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The recipient's language and time zone.
    pub locale: Locale<'a>,
    /// The recipient's display name, if known.
    pub name: Option<&'a str>,
    /// Whether the recipient has no account: the e-mail is about an order, for which its address was given.
    pub is_guest: bool,
}

/// The links of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// The target of the button.
    pub button: &'a str,
    /// The base URL of the app, without a trailing slash.
    pub app: &'a str,
    /// The unsubscribe page; `None` for e-mails that cannot be turned off.
    pub unsubscribe: Option<&'a str>,
}

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        /// Every template of a message.
        pub const NAMES: &[&str] = &[$($name),+];

        const SOURCES: &[(Language, &str, &str)] = &[
            (Language::En, "common", include_str!("../templates/en/common.jinja")),
            (Language::De, "common", include_str!("../templates/de/common.jinja")),
            (Language::En, "page", include_str!("../templates/pages/en.jinja")),
            (Language::De, "page", include_str!("../templates/pages/de.jinja")),
            $(
                (Language::En, $name, include_str!(concat!("../templates/en/", $name, ".jinja"))),
                (Language::De, $name, include_str!(concat!("../templates/de/", $name, ".jinja"))),
            )+
        ];
    };
}

templates!(
    "api_key_created",
    "api_key_deleted",
    "aquarium_welcome",
    "badge_earned",
    "care_event",
    "care_reminder",
    "confirm_new_email",
    "deposit_completed",
    "device_silent",
    "digest",
    "donation_failed",
    "donation_received",
    "donation_refunded",
    "donation_sent",
    "dose_reservoir_low",
    "email_change_requested",
    "email_changed",
    "export_ready",
    "mfa_disabled",
    "mfa_enabled",
    "mfa_removal_cancelled",
    "mfa_removal_scheduled",
    "mfa_removed",
    "order_cancelled",
    "order_confirmed",
    "order_delivered",
    "order_placed",
    "order_refunded",
    "order_shipped",
    "password_changed",
    "phone_code",
    "plain",
    "recovery_codes_replaced",
    "report_ready",
    "reset_password",
    "session_ended",
    "session_replayed",
    "sign_in_code",
    "suggestion_decided",
    "task_due",
    "task_overdue",
    "telegram_linked",
    "telegram_unlinked",
    "transfer_received",
    "verify_email",
    "water_alarm",
    "water_alarm_ended",
    "water_alarm_reminder",
    "water_alarm_unsettled",
);

/// Returns title and text of a message as plain text.
pub fn brief(content: &Content, locale: Locale<'_>) -> Result<Brief, TemplateError> {
    let (name, data) = template_of(content);
    let mut blocks = Blocks::of(&file(locale.language, name, "txt"), localized(data, locale))?;
    Ok(Brief { title: one_line(&blocks.block("title")?), text: blocks.block("text")? })
}

/// Returns the variables that a template uses and that were not given, over all languages; empty if it can be rendered.
pub fn missing(content: &Content) -> Result<BTreeSet<String>, TemplateError> {
    let (mut missing, zone) = (BTreeSet::new(), ZoneName::utc());
    for language in Language::ALL {
        let Err(error) = brief(content, Locale { language, zone: &zone }) else { continue };
        let given = |field: &str| matches!(content, Content::Template { data, .. } if data.contains_key(field));
        let template = engine()?.get_template(&file(language, template_of(content).0, "txt"))?;
        let used = template.undeclared_variables(false);
        missing.extend(used.into_iter().filter(|field| !given(field)));
        if missing.is_empty() {
            return Err(error);
        }
    }
    Ok(missing)
}

/// Returns the values that a template does not use in any language and that are no IDs for clients.
pub fn unused(content: &Content) -> Result<BTreeSet<String>, TemplateError> {
    let Content::Template { data, .. } = content else { return Ok(BTreeSet::new()) };
    let mut unused: BTreeSet<String> = data.keys().filter(|name| !name.ends_with("_id")).cloned().collect();
    for language in Language::ALL {
        let used = engine()?.get_template(&file(language, template_of(content).0, "txt"))?.undeclared_variables(false);
        unused.retain(|name| !used.contains(name));
    }
    Ok(unused)
}

/// Returns a message as a mail.
pub fn mail(
    content: &Content,
    reader: Reader<'_>,
    branding: &Branding,
    links: Links<'_>,
) -> Result<Mail, TemplateError> {
    let subject = brief(content, reader.locale)?.title;
    let part = |kind| part(content, reader, branding, links, kind);
    Ok(Mail { text: part("txt")?, html: part("html")?, subject })
}

/// Returns the HTML of a page for unsubscribing.
pub fn unsubscribe_page(
    page: UnsubscribePage<'_>,
    branding: &Branding,
    language: Language,
) -> Result<String, TemplateError> {
    let (state, category, token) = match page {
        UnsubscribePage::Confirm { category, token } => ("confirm", Some(category), Some(token)),
        UnsubscribePage::Done { category } => ("done", Some(category), None),
        UnsubscribePage::Invalid => ("invalid", None, None),
    };
    let brand = brand(branding);
    let values = context! { state, category => category.map(Serde), brand => brand.clone() };
    let mut blocks = Blocks::of(&file(language, "page", "html"), values)?;
    let values = context! {
        language => language.as_str(),
        brand,
        title => blocks.block("title")?,
        text => blocks.block("text")?,
        button => blocks.block("button")?,
        token,
    };
    Ok(engine()?.get_template("page.html")?.render(values)?)
}

fn part(
    content: &Content,
    reader: Reader<'_>,
    branding: &Branding,
    links: Links<'_>,
    kind: &str,
) -> Result<String, TemplateError> {
    let (name, data) = template_of(content);
    let language = reader.locale.language;
    let mut message = Blocks::of(&file(language, name, kind), localized(data, reader.locale))?;
    let (entries, left_out) = digest_entries(content, links.app);
    let product = branding.name.as_str();
    let unsubscribe_link = links.unsubscribe;
    let common = context! { name => reader.name, is_guest => reader.is_guest, left_out, product, unsubscribe_link };
    let mut common = Blocks::of(&file(language, "common", kind), common)?;
    let text = message.block("text")?;
    let paragraphs: Vec<_> =
        text.split("\n\n").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    let values = context! {
        language => language.as_str(),
        brand => brand(branding),
        title => one_line(&message.block("title")?),
        greeting => common.block("greeting")?,
        paragraphs,
        entries => Value::from(Serde(entries)),
        more => if left_out > 0 { common.block("more")? } else { String::new() },
        button => message.block("button")?,
        note => message.block("note")?,
        link => links.button,
        reason => common.block("reason")?,
        unsubscribe => common.block("unsubscribe")?,
        unsubscribe_link,
    };
    Ok(engine()?.get_template(&format!("layout.{kind}"))?.render(values)?)
}

fn brand(branding: &Branding) -> Value {
    context! {
        name => branding.name.as_str(),
        logo_url => branding.logo_url.as_ref().map(LogoUrl::as_str),
        colour => branding.colour.to_string(),
        text_colour => branding.colour.text().to_string(),
    }
}

/// Adds what the filters need to the values of a message.
fn localized(data: Value, locale: Locale<'_>) -> Value {
    context! { reader_language => locale.language.as_str(), reader_zone => locale.zone.as_str(), ..data }
}

/// Calls a filter's function with the locale that [`localized`] has added.
fn in_locale(state: &State<'_, '_>, act: impl Fn(Locale<'_>) -> String) -> String {
    let value = |name: &str| state.lookup(name).unwrap_or_default();
    let code = value("reader_language");
    let known = Language::ALL.into_iter().find(|language| code.as_str() == Some(language.as_str()));
    let zone = value("reader_zone").as_str().and_then(|name| ZoneName::parse(name).ok()).unwrap_or_else(ZoneName::utc);
    act(Locale { language: known.unwrap_or_default(), zone: &zone })
}

/// An entry of a digest mail.
#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    link: String,
}

fn digest_entries<'a>(content: &'a Content, app: &str) -> (Vec<Entry<'a>>, usize) {
    match content {
        Content::Template { .. } => (Vec::new(), 0),
        Content::Digest { entries, rest } => {
            let entry = |entry: &'a DigestEntry| Entry {
                title: &entry.title,
                link: format!("{app}{}", entry.link.path().unwrap_or_default()),
            };
            (entries.iter().map(entry).collect(), rest.len())
        }
    }
}

fn template_of(content: &Content) -> (&str, Value) {
    match content {
        Content::Template { name, data, .. } => (name, Value::from(Serde(data))),
        Content::Digest { entries, rest } => ("digest", context! { count => entries.len() + rest.len() }),
    }
}

fn file(language: Language, name: &str, kind: &str) -> String {
    format!("{}/{name}.{kind}", language.as_str())
}

/// Line breaks would end a mail's header.
fn one_line(text: &str) -> String {
    let words: Vec<_> =
        text.split(|char: char| char.is_whitespace() && char != '\u{a0}').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().filter(|char| !char.is_control()).take(MAX_TITLE_CHARS).collect()
}

/// A rendered template whose blocks are read one by one.
struct Blocks(minijinja::Captured<'static>);

impl Blocks {
    fn of(file: &str, values: Value) -> Result<Self, TemplateError> {
        Ok(Self(engine()?.get_template(file)?.render_captured(values)?))
    }

    fn block(&mut self, name: &str) -> Result<String, TemplateError> {
        Ok(self.0.with_state_mut(|state| state.render_block(name))?.trim().to_owned())
    }
}

/// All templates, each once as text and once as HTML. The engine escapes by the name's extension.
fn engine() -> Result<&'static Environment<'static>, TemplateError> {
    static ENGINE: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.add_template("layout.html", include_str!("../templates/layout.html"))?;
    engine.add_template("layout.txt", include_str!("../templates/layout.txt"))?;
    engine.add_template("page.html", include_str!("../templates/pages/layout.html"))?;
    engine.add_filter("money", |state: &State, text: &str| in_locale(state, |locale| locale.money(text)));
    engine.add_filter("date_time", |state: &State, text: &str| in_locale(state, |locale| locale.date_time(text)));
    engine.add_filter("time", |state: &State, text: &str, elsewhere: &str| {
        in_locale(state, |locale| locale.time(text, elsewhere))
    });
    for (language, name, source) in SOURCES {
        for kind in ["html", "txt"] {
            engine.add_template_owned(file(*language, name, kind), *source)?;
        }
    }
    Ok(ENGINE.get_or_init(|| engine))
}

#[cfg(test)]
mod tests;
