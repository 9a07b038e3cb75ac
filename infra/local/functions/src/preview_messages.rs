//! One HTML page with every message in every language, as an e-mail and as a text message. The local cloud serves it at
//! `/_local/templates`.

use notifications::domain::branding::Branding;
use notifications::domain::content::{Collected, Content, DigestEntry, Link};
use notifications::domain::language::Language;
use notifications::domain::localization::Locale;
use notifications::domain::request::OF_ACCOUNTS;
use notifications::pages::UnsubscribePage;
use notifications::templates::{self, Links, NAMES, Reader};

const STYLE: &str = "body{margin:0;font:15px/1.5 system-ui,sans-serif;background:#f3f7f8;color:#12262e}\
    header{padding:14px 20px;background:#fff;border-bottom:1px solid #d9e3e6}header a{color:inherit;font-weight:650;text-decoration:none}\
    main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));gap:20px;padding:20px}\
    section{background:#fff;border:1px solid #d9e3e6;border-radius:10px;overflow:hidden}\
    h2{margin:0;padding:14px 18px 0;font-size:16px}p{margin:2px 18px 12px;color:#5b727c;font-size:13px}\
    iframe{width:100%;height:500px;border:0;border-top:1px solid #d9e3e6}\
    pre{margin:0;padding:14px 18px;border-top:1px solid #d9e3e6;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}";

/// The page.
pub(crate) fn page() -> Result<String, kit::Error> {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Templates · Atoll</title><style>{STYLE}</style></head><body><header><a href=\"/_local/mailbox\">Mailbox</a> · \
         Every message in every language</header><main>"
    );
    for name in NAMES {
        for language in Language::ALL {
            page += &section(name, language)?;
        }
    }
    for language in Language::ALL {
        page += &unsubscribe_section(language)?;
    }
    Ok(page + "</main></body></html>")
}

/// The product that the samples are from.
fn branding() -> Result<Branding, kit::Error> {
    Ok(Branding { name: "Atoll".parse()?, logo_url: None, colour: "#0b7285".parse()? })
}

/// The page that unsubscribe links open, in one language.
fn unsubscribe_section(language: Language) -> Result<String, kit::Error> {
    let category = contracts::notifications::Category::Activity;
    let pages = [
        UnsubscribePage::Confirm { category, token: "sample" },
        UnsubscribePage::Done { category },
        UnsubscribePage::Invalid,
    ];
    let sections = pages.into_iter().map(|page| {
        let html = templates::unsubscribe_page(page, &branding()?, language)?;
        Ok(format!(
            "<section><h2>Unsubscribe page</h2><p>{}</p><iframe sandbox=\"\" title=\"Unsubscribe page\" srcdoc=\"{}\"></iframe></section>",
            language.as_str(),
            escaped(&html)
        ))
    });
    sections.collect()
}

/// One message in one language.
fn section(name: &str, language: Language) -> Result<String, kit::Error> {
    let content = sample(name);
    // Security messages cannot be unsubscribed from.
    let unsubscribe =
        (name == "digest" || !OF_ACCOUNTS.contains(&name)).then_some("https://app.example/unsubscribe?token=sample");
    let links = Links { button: "https://app.example/page", app: "https://app.example", unsubscribe };
    let zone = calendar::ZoneName::parse("Europe/Berlin")?;
    let locale = Locale { language, zone: &zone };
    let mail = templates::mail(&content, Reader { locale, name: Some("Ann"), is_guest: false }, &branding()?, links)?;
    let brief = templates::brief(&content, locale)?;
    Ok(format!(
        "<section><h2>{}</h2><p>{name}, {}</p><iframe sandbox=\"\" title=\"{name}\" srcdoc=\"{}\"></iframe><pre>{}</pre></section>",
        escaped(&mail.subject),
        language.as_str(),
        escaped(&mail.html),
        escaped(&brief.text)
    ))
}

/// A value for every variable of every template.
fn sample(name: &str) -> Content {
    if name == "digest" {
        let titles = ["The fountain has water again", "Ann fed the cats", "A shelter needs blankets"];
        let collected = Collected { category: contracts::notifications::Category::Activity, in_inbox: None };
        let entries = titles.map(|title| DigestEntry {
            collected,
            title: title.to_owned(),
            link: Link::Page { path: "/points/7".to_owned() },
        });
        return Content::Digest { entries: entries.into(), rest: vec![collected; 4] };
    }
    let data = [
        ("title", "The fountain has water again"),
        ("body", "Bea filled the fountain at the old market this morning.\n\nThe next turn is yours, on Friday."),
        ("device", "Ann's phone"),
        ("reason", reason(name)),
        ("code", "123456"),
        ("amount", "12.50 EUR"),
        ("key", "Warehouse"),
        ("badge", "Feeder"),
        ("event", "Feeding"),
        ("point", "the fountain at the old market"),
        ("reward", "100 POINTS"),
        ("tier", "silver"),
        ("at", "2026-11-29T13:05:00Z"),
        ("takes_effect_at", "2026-12-02T13:05:00Z"),
        ("due_at", "2026-11-29T07:00:00Z"),
        ("time_zone", "Europe/Berlin"),
        ("product", "Atoll"),
        ("number", "7ZK2M0QX9D"),
        ("order_id", "0f0c6e4a-3b1f-8c2d-9a47-6e5f4a3b2c1d"),
        ("total", "34.12 EUR"),
        ("lines", "2 × Teapot, blue\n\n1 × Tea towel"),
        ("more", "3"),
        ("carrier", "DHL"),
        ("tracking", "JJD000390007896543210"),
        ("is_last", "true"),
        ("is_complete", "true"),
        ("aquarium", "Reef"),
        ("alarm", "Temperature"),
        ("cause", "limit"),
        ("value", "28.6 °C"),
        ("since", "2026-11-29T12:35:00Z"),
        ("task", "Change 20 % of the water"),
        ("empty_at", "2026-12-02T05:00:00Z"),
        ("species", "Danio rerio"),
        ("decision", "rejected"),
    ];
    let data = data.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    Content::Template { name: name.to_owned(), data, link: Link::App }
}

/// Templates name different kinds of reasons alike.
fn reason(name: &str) -> &'static str {
    match name {
        "donation_failed" => "declined",
        "suggestion_decided" => "The source does not name the temperature.",
        _ => "device_limit",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
