//! Every template in every language.

use std::collections::BTreeMap;

use contracts::notifications::Category;

use super::*;
use crate::domain::content::{Collected, Link};

const LINKS: Links<'_> = Links {
    button: "https://app.example/page?token=a_b-c",
    app: "https://app.example",
    unsubscribe: Some("https://app.example/unsubscribe?token=u"),
};

fn branding() -> Branding {
    let logo_url = Some("https://cdn.example/logo.png".parse().unwrap());
    Branding { name: "<i>Cats</i> & Co".parse().unwrap(), logo_url, colour: "#ffd43b".parse().unwrap() }
}

fn rendered(content: &Content, language: Language, name: Option<&str>) -> Mail {
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    let reader = Reader { locale: Locale { language, zone: &zone }, name, is_guest: false };
    mail(content, reader, &branding(), LINKS).unwrap()
}

fn in_language(content: &Content, language: Language) -> Result<Brief, TemplateError> {
    brief(content, Locale { language, zone: &ZoneName::utc() })
}

/// Each template with the values that it uses, which contain markup.
fn contents() -> Vec<(String, Content)> {
    let data: BTreeMap<String, String> = [
        ("title", "<i>News</i>"),
        ("body", "<b>Body</b>\n\nMore"),
        ("device", "<b>phone</b>"),
        ("reason", "device_limit"),
        ("code", "123456"),
        ("amount", "12.50 EUR"),
        ("aquarium", "<i>Reef</i>"),
        ("badge", "<i>Feeder</i>"),
        ("event", "<b>Feeding</b>"),
        ("point", "<i>The fountain</i>"),
        ("task", "<b>Clean the skimmer</b>"),
        ("tier", "silver"),
        ("at", "2026-11-29T13:05:00Z"),
        ("key", "<b>Warehouse</b>"),
        ("takes_effect_at", "2026-12-02T13:05:00Z"),
        ("due_at", "2026-11-29T05:00:00Z"),
        ("empty_at", "2026-12-02T05:00:00Z"),
        ("time_zone", "Europe/Istanbul"),
        ("product", "Atoll"),
        ("number", "<b>7K3M9QX2TB</b>"),
        ("lines", "2 × <i>Coffee mug</i>\n\n1 × <b>Plate</b>"),
        ("more", "3"),
        ("total", "123.40 EUR"),
        ("carrier", "<i>DHL</i>"),
        ("tracking", "<b>JD0146</b>"),
        ("is_last", "true"),
        ("is_complete", "true"),
        ("species", "<i>Danio rerio</i>"),
        ("decision", "accepted"),
        ("alarm", "<b>Too warm</b>"),
        ("aquarium", "<i>Reef</i>"),
        ("cause", "limit"),
        ("value", "28.6 °C"),
        ("since", "2026-11-29T13:05:00Z"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into();
    let templates = NAMES.iter().filter(|name| **name != "digest").map(|name| {
        ((*name).to_owned(), Content::Template { name: (*name).to_owned(), data: data.clone(), link: Link::App })
    });
    let entry = DigestEntry {
        collected: Collected { category: Category::Activity, in_inbox: None },
        title: "<i>News</i>".to_owned(),
        link: Link::Page { path: "/points/7".to_owned() },
    };
    let digest = Content::Digest { entries: vec![entry.clone(); 2], rest: vec![entry.collected; 3] };
    templates.chain([("digest".to_owned(), digest)]).collect()
}

#[test]
fn every_template_is_filled_in_in_every_language_and_escaped_in_html_only() {
    for language in Language::ALL {
        for (name, content) in contents() {
            let which = format!("{}/{name}", language.as_str());
            let mail = rendered(&content, language, Some("<b>Ann</b>"));
            assert!(mail.html.contains("&lt;b&gt;Ann&lt;&#x2f;b&gt;"), "{which}: {}", mail.html);
            for markup in [
                "<b>7K",
                "<i>Coffee",
                "<b>Plate",
                "<i>DHL",
                "<i>Danio",
                "<b>JD",
                "<b>Ann",
                "<i>News",
                "<b>Body",
                "<b>phone",
                "<i>Reef",
                "<i>Feeder",
                "<b>Feeding",
                "<i>The",
                "<i>Cats",
                "<b>Too",
                "<i>Reef",
            ] {
                assert!(!mail.html.contains(markup), "{which}: {}", mail.html);
            }
            assert!(mail.text.contains("<b>Ann</b>") && !mail.text.contains("&lt;"), "{which}: {}", mail.text);
            for part in [&mail.html, &mail.text, &mail.subject] {
                assert!(!part.contains("{{") && !part.contains("{%"), "{which}: {part}");
                // RFC 5322, section 2.1.1.
                assert!(part.lines().all(|line| line.len() <= 998), "{which}: a line is too long");
            }
            assert!(!mail.subject.is_empty() && mail.html.contains("unsubscribe?token=u"), "{which}");
            let brief = in_language(&content, language).unwrap();
            assert!(!brief.text.is_empty() && !brief.title.contains('\n'), "{which}: {brief:?}");
        }
    }
}

#[test]
fn what_may_be_left_out_is_said_where_it_is_given() {
    let text = |name: &str, data: &[(&str, &str)]| {
        let data = data.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let content = Content::Template { name: name.to_owned(), data, link: Link::App };
        Language::ALL.map(|language| in_language(&content, language).unwrap().text)
    };
    let badge = [("badge", "Feeder"), ("tier", "gold")];
    let rewarded = [&badge[..], &[("reward", "500 POINTS")]].concat();
    assert!(text("badge_earned", &rewarded).iter().all(|text| text.contains("500\u{a0}POINTS")));
    assert!(text("badge_earned", &badge).iter().all(|text| !text.contains("POINTS")));
    let low = [("product", "Calcium A")];
    assert!(text("dose_reservoir_low", &low)[0].starts_with("The reservoir of Calcium A is empty."));
    let later = [&low[..], &[("empty_at", "2026-12-02T05:00:00Z")]].concat();
    assert!(text("dose_reservoir_low", &later)[0].starts_with("The reservoir of Calcium A will be empty on"));
    let decided = [("species", "Danio rerio"), ("decision", "rejected")];
    let explained = [&decided[..], &[("reason", "The source says 6.")]].concat();
    assert!(text("suggestion_decided", &explained).iter().all(|text| text.contains("The source says 6.")));
    assert!(
        text("suggestion_decided", &decided).iter().all(|text| !text.contains("eason") && !text.contains("gründung"))
    );
    let to_point = [("amount", "5 EUR"), ("point", "The fountain")];
    assert!(text("donation_received", &to_point).iter().all(|text| text.contains("The fountain")));
    assert_eq!(text("donation_received", &to_point[..1])[0], "You received a donation of €5.");
}

#[test]
fn water_alarms_say_what_they_are_about() {
    let data = [("alarm", "Outlet"), ("aquarium", "Reef"), ("value", "28.6 °C"), ("since", "2026-11-29T13:05:00Z")];
    for name in ["water_alarm", "water_alarm_reminder", "water_alarm_ended"] {
        let texts = ["limit", "predicted_crossing", "disagreement", "probe_fault"].map(|cause| {
            let data = data.into_iter().chain([("cause", cause)]);
            let data = data.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
            let content = Content::Template { name: name.to_owned(), data, link: Link::App };
            Language::ALL.map(|language| in_language(&content, language).unwrap().text)
        });
        let different: std::collections::BTreeSet<_> = texts.iter().flatten().collect();
        assert_eq!(different.len(), texts.len() * Language::ALL.len(), "{name}");
        assert!(texts[0].iter().all(|text| text.contains("28.6 °C")), "{name}: {:?}", texts[0]);
        assert!(
            texts[3].iter().all(|text| !text.contains("28.6") && text.contains("Outlet")),
            "{name}: {:?}",
            texts[3]
        );
    }
}

#[test]
fn an_alarm_that_ended_with_its_rule_is_not_said_to_have_recovered() {
    let data = [("alarm", "Outlet"), ("aquarium", "Reef"), ("value", "28.6 °C"), ("since", "2026-11-29T13:05:00Z")];
    for cause in ["limit", "predicted_crossing", "disagreement", "probe_fault"] {
        let data = data.into_iter().chain([("cause", cause), ("end_cause", "setup_changed")]);
        let data = data.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let content = Content::Template { name: "water_alarm_ended".to_owned(), data, link: Link::App };
        let [english, german] = Language::ALL.map(|language| in_language(&content, language).unwrap().text);
        assert!(english.contains("because its rule, sensor or device was deleted or changed"), "{cause}: {english}");
        assert!(german.contains("gelöscht oder geändert"), "{cause}: {german}");
        assert!([english, german].iter().all(|text| text.contains("Outlet") && !text.contains("28.6")), "{cause}");
    }
}

#[test]
fn mails_about_orders_say_what_was_shipped_and_cancelled_and_why_a_guest_gets_them() {
    let data = |fields: &[(&str, &str)]| {
        let data = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        move |name: &str| Content::Template { name: name.to_owned(), data, link: Link::App }
    };
    let text = |content: &Content| Language::ALL.map(|language| rendered(content, language, None).text);
    let few = [("number", "7K3M9QX2TB"), ("lines", "2 × Coffee mug\n\n1 × Plate")];
    let part = text(&data(&few)("order_shipped"));
    assert!(part[0].contains("The rest follows:\n\n2 × Coffee mug\n\n1 × Plate\n\nView"), "{}", part[0]);
    assert!(part[1].contains("Der Rest folgt:") && !part[1].contains("Sendungsnummer"), "{}", part[1]);
    let tracked =
        [&few[..], &[("tracking", "JD0146"), ("carrier", "DHL"), ("is_last", "true"), ("more", "3")]].concat();
    let all = text(&data(&tracked)("order_shipped"));
    assert!(all[0].contains("… and 3 more\n\nCarrier: DHL\n\nTracking number: JD0146\n"), "{}", all[0]);
    assert!(text(&data(&few)("order_cancelled"))[0].contains("These items of your order were cancelled"));
    let placed = [&few[..], &[("total", "1234.50 EUR")]].concat();
    assert!(text(&data(&placed)("order_placed"))[1].contains("Gesamtbetrag: 1.234,50\u{a0}€"));
    let dinar = [&few[..1], &[("amount", "1.234 KWD")]].concat();
    assert!(text(&data(&dinar)("order_refunded"))[0].contains("KWD"));

    let zone = ZoneName::utc();
    let reader = |language| Reader { locale: Locale { language, zone: &zone }, name: None, is_guest: true };
    for (language, reason) in [(Language::En, "was given for an order"), (Language::De, "bei einer Bestellung")] {
        let mail = mail(&data(&few)("order_delivered"), reader(language), &branding(), LINKS).unwrap();
        assert!(mail.text.contains(reason) && mail.text.contains("unsubscribe?token=u"), "{}", mail.text);
    }
}

#[test]
fn languages_differ_and_a_person_without_a_name_is_greeted() {
    let content = Content::template("verify_email", Link::App);
    let subject = |language| rendered(&content, language, None);
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
    assert!(in_language(&Content::template("plain", Link::App), Language::En).is_err());
    assert!(in_language(&Content::template("no_such", Link::App), Language::En).is_err());
    assert!(in_language(&Content::template("../layout", Link::App), Language::En).is_err());
}

#[test]
fn a_title_is_one_line_and_bounded() {
    let title = format!("a\r\nBcc: b@example.com {}", "x".repeat(200));
    let title = in_language(&Content::plain(&title, "body"), Language::En).unwrap().title;
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

#[test]
fn amounts_and_times_are_written_for_the_reader() {
    let amount = Content::template("donation_sent", Link::App).with("amount", "1250.00 EUR");
    let titles = Language::ALL.map(|language| in_language(&amount, language).unwrap().title);
    assert_eq!(titles, ["Thank you for your donation of €1,250.00", "Danke für Ihre Spende über 1.250,00\u{a0}€"]);
    let changed = Content::template("mfa_enabled", Link::App).with("at", "2026-11-29T13:05:00Z");
    for (language, expected) in [
        (Language::En, "29 November 2026, 14:05 (Europe/Berlin)"),
        (Language::De, "29. November 2026, 14:05 Uhr (Europe/Berlin)"),
    ] {
        let mail = rendered(&changed, language, None);
        assert!(mail.text.contains(expected), "{}", mail.text);
    }
}

#[test]
fn mails_show_the_product_with_readable_text_on_its_colour() {
    let mail = rendered(&Content::plain("t", "b"), Language::En, None);
    assert!(
        mail.html.contains("src=\"https:&#x2f;&#x2f;cdn.example&#x2f;logo.png\" alt=\"&lt;i&gt;Cats"),
        "{}",
        mail.html
    );
    assert!(mail.html.contains("background:#ffd43b;color:#1f2933"), "{}", mail.html);
    assert!(mail.text.contains("settings at <i>Cats</i> & Co."), "{}", mail.text);
}

#[test]
fn every_state_of_the_unsubscribe_page_is_written_in_every_language_and_escaped() {
    for language in Language::ALL {
        let page = |page| unsubscribe_page(page, &branding(), language).unwrap();
        for category in Category::ALL.into_iter().filter(|category| *category != Category::Security) {
            let confirm = page(UnsubscribePage::Confirm { category, token: "a\"><script>" });
            assert!(confirm.contains("<form method=\"post\"") && !confirm.contains("<script>"), "{confirm}");
            let done = page(UnsubscribePage::Done { category });
            assert!(!done.contains("<form") && !done.contains("  e-mails") && !done.contains("<i>Cats"), "{done}");
        }
        assert!(!page(UnsubscribePage::Invalid).contains("<form"));
    }
}
