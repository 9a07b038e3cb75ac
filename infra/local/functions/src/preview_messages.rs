//! One HTML page with every message in every language, as an e-mail and as a text message. The local cloud serves it at
//! `/_local/templates`.

use notifications::domain::content::{Content, DigestEntry, Link};
use notifications::domain::language::Language;
use notifications::domain::request::OF_ACCOUNTS;
use notifications::templates::{self, Links, NAMES, Reader};

const STYLE: &str = "body{margin:0;font:15px/1.5 system-ui,sans-serif;background:#f3f7f8;color:#12262e}\
    header{padding:14px 20px;background:#fff;border-bottom:1px solid #d9e3e6}header a{color:inherit;font-weight:650;text-decoration:none}\
    main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));gap:20px;padding:20px}\
    section{background:#fff;border:1px solid #d9e3e6;border-radius:10px;overflow:hidden}\
    h2{margin:0;padding:14px 18px 0;font-size:16px}p{margin:2px 18px 12px;color:#5b727c;font-size:13px}\
    iframe{width:100%;height:430px;border:0;border-top:1px solid #d9e3e6}\
    pre{margin:0;padding:14px 18px;border-top:1px solid #d9e3e6;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}";

/// The page.
pub(crate) fn page() -> Result<String, kit::Error> {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Messages · Atoll</title><style>{STYLE}</style></head><body><header><a href=\"/_local/mailbox\">Mailbox</a> · \
         every message in every language</header><main>"
    );
    for name in NAMES {
        for language in Language::ALL {
            page += &section(name, language)?;
        }
    }
    Ok(page + "</main></body></html>")
}

/// One message in one language.
fn section(name: &str, language: Language) -> Result<String, kit::Error> {
    let content = sample(name);
    // The others are about the account's safety, which nobody unsubscribes from.
    let unsubscribe =
        (name == "digest" || !OF_ACCOUNTS.contains(&name)).then_some("https://app.example/unsubscribe?token=sample");
    let links = Links { button: "https://app.example/page", app: "https://app.example", unsubscribe };
    let mail = templates::mail(&content, Reader { language, name: Some("Ann") }, links)?;
    let brief = templates::brief(&content, language)?;
    Ok(format!(
        "<section><h2>{}</h2><p>{name}, {}</p><iframe sandbox=\"\" title=\"{name}\" srcdoc=\"{}\"></iframe><pre>{}</pre></section>",
        escaped(&mail.subject),
        language.as_str(),
        escaped(&mail.html),
        escaped(&brief.text)
    ))
}

/// What each template asks for.
fn sample(name: &str) -> Content {
    if name == "digest" {
        let titles = ["The fountain has water again", "Ann fed the cats", "A shelter needs blankets"];
        let entries = titles.map(|title| DigestEntry {
            category: contracts::notifications::Category::Activity,
            title: title.to_owned(),
            link: Link::Page { path: "/points/7".to_owned() },
        });
        return Content::Digest { entries: entries.into(), left_out: 4 };
    }
    let data = [
        ("title", "The fountain has water again"),
        ("body", "Bea filled the fountain at the old market this morning.\n\nThe next turn is yours, on Friday."),
        ("device", "Ann's phone"),
        ("reason", if name == "donation_failed" { "declined" } else { "device_limit" }),
        ("code", "123456"),
        ("amount", "12.50 EUR"),
        ("badge", "Feeder"),
        ("event", "Feeding"),
        ("point", "the fountain at the old market"),
        ("reward", "100 POINTS"),
        ("tier", "silver"),
        ("time", "08:00"),
    ];
    let data = data.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    Content::Template { name: name.to_owned(), data, link: Link::App }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
