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
            for markup in ["<b>Ann", "<i>News", "<b>Body", "<b>phone"] {
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
