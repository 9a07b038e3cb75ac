use contracts::payments::CaptureMode;

use super::*;
use crate::domain::cart::Language;
use crate::domain::checkout::{InvoicePrefix, Seller};
use crate::domain::invoice::{InvoiceCounter, Issuer, due};
use crate::domain::order::{ItemUnits, LineUnits};
use crate::domain::order_fixture::{EXCLUSIVE, Fixture, INCLUSIVE, location, placed_at, variant};
use crate::domain::placed::Order;
use crate::domain::shipment::{ToShip, Tracking, ship};
use types::Uuid;

fn documents(order: &Order) -> Vec<Invoice> {
    let seller = Seller {
        name: "Köşe Dükkânı Çiğdem & Söhne GmbH".to_owned(),
        address: ["Hafenstraße 1", "20457 Hamburg", "Deutschland"].map(str::to_owned).to_vec(),
        tax_number: "DE123456789".to_owned(),
    };
    let prefix = InvoicePrefix::parse("RE").unwrap();
    let counter = InvoiceCounter { year: 2026, last: 16 };
    let issuer = Issuer { seller: &seller, prefix: &prefix, counter };
    let units = |line: usize| ItemUnits { line, variant_id: variant(line as u128 + 1), quantity: 1 };
    let wanted = ToShip {
        request: Uuid::nil(),
        location_id: location(),
        units: vec![units(0)],
        tracking: Tracking::default(),
        without_payment: false,
    };
    let shipped = ship(order, wanted, placed_at()).unwrap().order;
    let first = due(&shipped, &[]).unwrap().issue(&shipped, issuer, placed_at());
    let mut next = first.order;
    let all = vec![first.invoice];
    if next.fulfilment.lines[0].cancellable() == 0 {
        return all;
    }
    next.fulfilment.cancel_units(&[LineUnits { line: 0, quantity: 1 }]).unwrap();
    let issuer = Issuer { counter: first.counter, ..issuer };
    let credit = due(&next, &all).unwrap().issue(&next, issuer, placed_at()).invoice;
    all.into_iter().chain([credit]).collect()
}

/// An order with names in many languages, long titles and options.
fn order(fixture: &Fixture, language: Language) -> Order {
    let mut order = fixture.order();
    let titles = [
        "Kahvaltı tabağı ışıltılı, İznik çinisi desenli, elde boyanmış, Ø 26 cm",
        "Grüße-Becher „Straßenfest“ mit Untertasse",
        "Café crème tasse à deux anses, œuvre d’art n° 5",
        "Łódź kubek żółty, jaśmin — zestaw",
        "Чайник заварочный, Ελληνικό φλιτζάνι, ₺ € £ ¥",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftstasse",
        "日本のカップ 🍵",
    ];
    for (index, line) in order.lines.iter_mut().enumerate() {
        line.title = titles[index % titles.len()].to_owned();
        line.choices = [("Größe".to_owned(), "XL".to_owned()), ("Renk".to_owned(), "yeşil".to_owned())].into();
    }
    if let Some(contact) = &mut order.contact {
        contact.language = language;
    }
    order
}

/// Writes files to the folder `INVOICE_SAMPLES`, if it is set, for a look at them.
fn keep(name: &str, pdf: &[u8]) {
    if let Some(folder) = std::env::var_os("INVOICE_SAMPLES") {
        std::fs::write(std::path::Path::new(&folder).join(name), pdf).unwrap();
    }
}

fn samples() -> Vec<(&'static str, Order)> {
    let few = Fixture::new(&[(3, 1_999, 190_000), (1, 850, 70_000), (12, 123_456, 190_000)]);
    let many: Vec<_> = (0..50).map(|index| (index + 2, 1_099 + i64::from(index), 190_000)).collect();
    let net = Fixture { policy: EXCLUSIVE, ..few.clone() };
    let yen = Fixture {
        currency: "JPY",
        shipping: (800, 100_000),
        ..Fixture::new(&[(2, 80, 100_000), (1, 120_000, 80_000)])
    };
    let dinar = Fixture { currency: "KWD", policy: INCLUSIVE, shipping: (1_500, 0), ..Fixture::new(&[(2, 12_345, 0)]) };
    let huge = Fixture { capture: CaptureMode::Immediate, ..Fixture::new(&[(999, 999_999_999, 107_500)]) };
    vec![
        ("few-de", order(&few, Language::De)),
        ("net-en", order(&net, Language::En)),
        ("many-de", order(&Fixture::new(&many), Language::De)),
        ("yen-en", order(&yen, Language::En)),
        ("dinar-en", order(&dinar, Language::En)),
        ("huge-en", order(&huge, Language::En)),
    ]
}

#[test]
fn every_sample_is_a_valid_file_that_is_always_the_same() {
    for (name, order) in samples() {
        for document in documents(&order) {
            let pdf = render(&document).unwrap();
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 200_000, "{name}: {} bytes", pdf.len());
            assert_eq!(pdf, render(&document).unwrap(), "{name}");
            keep(&format!("{name}-{}.pdf", document.sequence), &pdf);
        }
    }
}

#[test]
fn all_lines_are_on_the_pages_and_nothing_leaves_them_or_overlaps() {
    let fonts = Fonts::load().unwrap();
    for (name, order) in samples() {
        for document in documents(&order) {
            let texts = Texts::of(document.language);
            let pages = layout::pages(&document, &texts, &fonts);
            let written: Vec<&Op> = pages.iter().flatten().collect();
            for op in &written {
                let (x, right, y) = match op {
                    Op::Text { x, y, text, style } => (*x, x + fonts.width(text, style.weight, style.size), *y),
                    Op::Line { x, y, to, .. } => (*x, *to, *y),
                };
                assert!(x >= 55.0 && right <= PAGE_WIDTH - 55.0, "{name}: {op:?}");
                assert!((50.0..PAGE_HEIGHT - 40.0).contains(&y), "{name}: {op:?}");
            }
            for page in &pages {
                let spans: Vec<(f32, f32, f32)> = page
                    .iter()
                    .filter_map(|op| match op {
                        Op::Text { x, y, text, style } => {
                            Some((*y, *x, x + fonts.width(text, style.weight, style.size)))
                        }
                        Op::Line { .. } => None,
                    })
                    .collect();
                for (index, (y, left, right)) in spans.iter().enumerate() {
                    let clash = spans.iter().skip(index + 1).find(|(other_y, other_left, other_right)| {
                        (other_y - y).abs() < 5.0 && other_left < right && left < other_right
                    });
                    assert!(clash.is_none(), "{name}: {:?} at {y}", page[index]);
                }
            }
            let has =
                |wanted: &str| written.iter().any(|op| matches!(op, Op::Text { text, .. } if text.contains(wanted)));
            let skus = document.lines.iter().filter_map(|line| line.sku.as_deref());
            skus.for_each(|sku| assert!(has(sku), "{name}: {sku}"));
            assert!(has(&document.number.to_string()) && has("DE123456789"), "{name}");
        }
    }
    let many = &samples()[2];
    let document = &documents(&many.1)[0];
    assert_eq!(layout::pages(document, &Texts::of(Language::En), &fonts).len(), 4);
}

#[test]
fn letters_of_european_languages_have_glyphs_and_others_are_question_marks() {
    let fonts = Fonts::load().unwrap();
    let written = |text: &str| fonts.shape(text, fonts::Weight::Bold).0;
    for known in ["ığüşöçİĞÜŞÖÇ", "äöüßÄÖÜẞ", "éèêçœ", "łżźćąę", "ăâîșț", "őű", "Ελλά", "Привет", "₺€£¥₴", "ðþæø"]
    {
        assert_eq!(written(known), known);
    }
    // A letter and a combining mark are one letter.
    assert_eq!(written("u\u{308}"), "ü");
    assert_eq!(written("日🍵"), "??");
    for (_, order) in samples() {
        for document in documents(&order) {
            let pages = layout::pages(&document, &Texts::of(document.language), &fonts);
            let digits = |text: &str| text.chars().any(|letter| letter.is_ascii_digit());
            for op in pages.iter().flatten() {
                if let Op::Text { text, style, .. } = op
                    && (digits(text) || text.contains('-'))
                {
                    assert_eq!(fonts.shape(text, style.weight).0.contains('?'), text.contains('?'), "{text}");
                }
            }
        }
    }
}
