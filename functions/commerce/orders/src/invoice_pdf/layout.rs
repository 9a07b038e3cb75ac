//! The pages of an invoice: which text stands where. Lengths are in points, from the upper left corner of a page.

use super::countries::country_name;
use super::fonts::{Fonts, Weight};
use super::texts::Texts;
use crate::domain::address::{Address, AddressLine};
use crate::domain::cart::Language;
use crate::domain::invoice::{Invoice, InvoiceKind, InvoiceLine};

/// Width of A4.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// Height of A4.
pub(super) const PAGE_HEIGHT: f32 = 841.89;

const LEFT: f32 = 56.0;
const RIGHT: f32 = PAGE_WIDTH - 56.0;
const TOP: f32 = 64.0;
/// Where the body of a page ends.
const BOTTOM: f32 = PAGE_HEIGHT - 80.0;
const FOOTER: f32 = PAGE_HEIGHT - 44.0;

/// Left and right ends of the columns of the table.
const DESCRIPTION: f32 = LEFT + 26.0;
const DESCRIPTION_WIDTH: f32 = 190.0;
const QUANTITY: f32 = 318.0;
const UNIT_PRICE: f32 = 404.0;
const RATE: f32 = 446.0;
/// Left end of the totals.
const TOTALS: f32 = 246.0;

const BODY: f32 = 9.0;
const SMALL: f32 = 7.5;
const LINE: f32 = 12.5;
const SMALL_LINE: f32 = 10.5;
/// Space between two rows of the table.
const GAP: f32 = 5.0;
/// Space that a line needs below its upper end, so that letters do not touch what is above.
const ASCENT: f32 = 9.0;

/// How dark something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shade {
    /// Text.
    Black,
    /// What matters less.
    Grey,
    /// Lines.
    Light,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Size in points.
    pub size: f32,
    /// Weight.
    pub weight: Weight,
    /// Shade.
    pub shade: Shade,
}

const NORMAL: Style = Style { size: BODY, weight: Weight::Regular, shade: Shade::Black };
const STRONG: Style = Style { weight: Weight::Bold, ..NORMAL };
const DETAIL: Style = Style { size: SMALL, weight: Weight::Regular, shade: Shade::Grey };
const HEADING: Style = Style { size: 18.0, weight: Weight::Bold, shade: Shade::Black };
const SELLER: Style = Style { size: 12.0, weight: Weight::Bold, shade: Shade::Black };

/// Something that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Op {
    /// A text, from its left end on its base line.
    Text {
        /// Left end.
        x: f32,
        /// Base line.
        y: f32,
        /// The text.
        text: String,
        /// How it looks.
        style: Style,
    },
    /// A horizontal line.
    Line {
        /// Left end.
        x: f32,
        /// Height.
        y: f32,
        /// Right end.
        to: f32,
        /// Shade.
        shade: Shade,
    },
}

/// Returns what is drawn on each page of a document.
pub(super) fn pages(invoice: &Invoice, texts: &Texts, fonts: &Fonts) -> Vec<Vec<Op>> {
    let mut writer = Writer { invoice, texts, fonts, pages: vec![Vec::new()], y: TOP };
    writer.head();
    writer.table();
    writer.totals();
    writer.closing();
    writer.footers();
    writer.pages
}

struct Writer<'a> {
    invoice: &'a Invoice,
    texts: &'a Texts,
    fonts: &'a Fonts,
    pages: Vec<Vec<Op>>,
    /// Upper end of what comes next on the last page.
    y: f32,
}

impl Writer<'_> {
    fn put(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }

    fn left(&mut self, x: f32, y: f32, text: impl Into<String>, style: Style) {
        self.put(Op::Text { x, y, text: text.into(), style });
    }

    /// Writes a text that ends at `x`.
    fn right(&mut self, x: f32, y: f32, text: impl Into<String>, style: Style) {
        let text = text.into();
        let width = self.fonts.width(&text, style.weight, style.size);
        self.put(Op::Text { x: x - width, y, text, style });
    }

    fn rule(&mut self, x: f32) {
        let y = self.y;
        self.put(Op::Line { x, y, to: RIGHT, shade: Shade::Light });
    }

    /// Starts another page unless this much fits on the present one. Returns whether it did.
    fn reserve(&mut self, height: f32) -> bool {
        let is_full = self.y + height > BOTTOM;
        if is_full {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        is_full
    }

    /// Seller, recipient and what the document is.
    fn head(&mut self) {
        let invoice = self.invoice;
        self.left(LEFT, self.y, invoice.seller.name.clone(), SELLER);
        let mut y = self.y + 15.0;
        let tax_number = format!("{} {}", self.texts.tax_number, invoice.seller.tax_number);
        for line in invoice.seller.address.iter().chain([&tax_number]) {
            self.left(LEFT, y, line.clone(), DETAIL);
            y += SMALL_LINE;
        }
        let below_seller = y;
        y = (TOP + 100.0).max(below_seller + 20.0);
        let recipient = invoice.recipient.as_ref().map(|address| address_lines(address, invoice.language));
        let recipient = recipient.unwrap_or_default();
        let mut below_recipient = y;
        for line in recipient {
            for part in self.fonts.wrap(&line, NORMAL.weight, BODY, 230.0) {
                self.left(LEFT, below_recipient, part, NORMAL);
                below_recipient += LINE;
            }
        }
        let below_facts = self.facts(y);
        self.y = below_recipient.max(below_facts) + 34.0;
        self.left(LEFT, self.y, format!("{} {}", self.texts.title(&invoice.kind), invoice.number), HEADING);
        self.y += 16.0;
        let price_text = if invoice.policy.prices_include_tax { self.texts.inclusive } else { self.texts.exclusive };
        let note = format!("{} {}. {price_text}", self.texts.currency, invoice.currency);
        self.left(LEFT, self.y, note, DETAIL);
        self.y += 18.0;
    }

    /// Number and dates, on the right. Returns the height below them.
    fn facts(&mut self, mut y: f32) -> f32 {
        let (invoice, texts) = (self.invoice, self.texts);
        let mut facts = vec![(texts.number, invoice.number.to_string()), (texts.date, texts.day(invoice.issued_at))];
        if let InvoiceKind::CreditNote { corrects } = &invoice.kind {
            facts.push((texts.corrects, corrects.to_string()));
        }
        facts.push((texts.order, invoice.order_number.to_string()));
        facts.push((texts.ordered, texts.day(invoice.ordered_at)));
        for (label, value) in facts {
            self.left(RIGHT - 200.0, y, label, Style { shade: Shade::Grey, ..NORMAL });
            self.right(RIGHT, y, value, NORMAL);
            y += LINE;
        }
        y
    }

    fn columns(&mut self) {
        let (y, columns) = (self.y + ASCENT, &self.texts.columns);
        let style = Style { weight: Weight::Bold, size: SMALL, shade: Shade::Grey };
        self.left(LEFT, y, columns.position, style);
        self.left(DESCRIPTION, y, columns.description, style);
        self.right(QUANTITY, y, columns.quantity, style);
        self.right(UNIT_PRICE, y, columns.unit_price, style);
        self.right(RATE, y, columns.rate, style);
        self.right(RIGHT, y, columns.amount, style);
        self.y += ASCENT + 5.0;
        self.rule(LEFT);
        self.y += GAP;
    }

    fn table(&mut self) {
        self.columns();
        for (index, line) in self.invoice.lines.iter().enumerate() {
            self.row(index + 1, line);
        }
        self.rule(LEFT);
        self.y += GAP;
    }

    fn row(&mut self, position: usize, line: &InvoiceLine) {
        let (invoice, texts, fonts) = (self.invoice, self.texts, self.fonts);
        let titles = fonts.wrap(&line.title, NORMAL.weight, BODY, DESCRIPTION_WIDTH);
        let choices = line.choices.iter().map(|(option, value)| format!("{option}: {value}"));
        let details: Vec<String> = line.sku.iter().cloned().chain(choices).collect();
        let mut details = fonts.wrap(&details.join(" · "), DETAIL.weight, SMALL, DESCRIPTION_WIDTH);
        if line.discount != 0 {
            details.push(format!("{} {}", texts.discount, texts.amount(-line.discount, &invoice.currency)));
        }
        let height = heights(&[(titles.len(), LINE), (details.len(), SMALL_LINE)]);
        if self.reserve(height) {
            self.columns();
        }
        let y = self.y + ASCENT;
        self.left(LEFT, y, position.to_string(), NORMAL);
        self.right(QUANTITY, y, texts.units(line.quantity), NORMAL);
        self.right(UNIT_PRICE, y, texts.amount(line.unit_price, &invoice.currency), NORMAL);
        self.right(RATE, y, texts.rate(line.tax_rate), NORMAL);
        self.right(RIGHT, y, self.signed(line.amount(invoice.policy)), NORMAL);
        let mut y = y;
        for title in titles {
            self.left(DESCRIPTION, y, title, NORMAL);
            y += LINE;
        }
        for detail in details {
            self.left(DESCRIPTION, y - 1.5, detail, DETAIL);
            y += SMALL_LINE;
        }
        self.y += height + GAP;
    }

    /// The sums, which stay together on a page.
    fn totals(&mut self) {
        let (invoice, texts) = (self.invoice, self.texts);
        let rows = invoice.taxes.len() + 2;
        self.reserve(heights(&[(rows, LINE)]) + 40.0);
        let y = self.y + ASCENT + 4.0;
        let style = Style { weight: Weight::Bold, size: SMALL, shade: Shade::Grey };
        let columns = [TOTALS + 38.0, TOTALS + 122.0, TOTALS + 202.0, RIGHT];
        for (x, head) in columns.into_iter().zip([texts.columns.rate, texts.net, texts.tax, texts.gross]) {
            self.right(x, y, head, style);
        }
        self.y = y + 5.0;
        for taxes in &invoice.taxes {
            let y = self.y + ASCENT;
            let cells = [
                texts.rate(taxes.rate),
                self.signed(taxes.net),
                self.signed(taxes.tax),
                self.signed(taxes.net + taxes.tax),
            ];
            for (x, cell) in columns.into_iter().zip(cells) {
                self.right(x, y, cell, NORMAL);
            }
            self.y += LINE;
        }
        self.y += 4.0;
        self.rule(TOTALS);
        self.y += 5.0;
        let y = self.y + 11.0;
        let label = if invoice.kind == InvoiceKind::Invoice { texts.total } else { texts.credited };
        let large = Style { size: 11.0, ..STRONG };
        self.left(TOTALS, y, label, large);
        let total = texts.money(self.sign() * invoice.total, &invoice.currency);
        self.right(RIGHT, y, total, large);
        self.y = y + 10.0;
    }

    fn closing(&mut self) {
        let text = if self.invoice.kind == InvoiceKind::Invoice { self.texts.paid } else { self.texts.paid_back };
        let lines = self.fonts.wrap(text, NORMAL.weight, BODY, RIGHT - LEFT);
        self.reserve(24.0 + heights(&[(lines.len(), LINE)]));
        self.y += 24.0;
        for line in lines {
            self.y += LINE;
            self.left(LEFT, self.y, line, NORMAL);
        }
    }

    /// The seller and the number of the page, at the foot of each page.
    fn footers(&mut self) {
        let count = self.pages.len();
        let pages = std::mem::take(&mut self.pages);
        for (index, page) in pages.into_iter().enumerate() {
            self.pages.push(page);
            self.y = FOOTER - 14.0;
            self.rule(LEFT);
            let about = format!("{} · {}", self.invoice.seller.name, self.invoice.number);
            self.left(LEFT, FOOTER, about, DETAIL);
            let number = format!("{} {} {} {count}", self.texts.page, index + 1, self.texts.of);
            self.right(RIGHT, FOOTER, number, DETAIL);
        }
    }

    /// What a credit note takes back is negative.
    fn sign(&self) -> i64 {
        if self.invoice.kind == InvoiceKind::Invoice { 1 } else { -1 }
    }

    fn signed(&self, minor: i64) -> String {
        self.texts.amount(self.sign() * minor, &self.invoice.currency)
    }
}

/// Height of lines, given by their numbers and heights.
fn heights(lines: &[(usize, f32)]) -> f32 {
    let height = |(count, height): &(usize, f32)| f32::from(u16::try_from(*count).unwrap_or(u16::MAX)) * height;
    lines.iter().map(height).sum()
}

fn address_lines(address: &Address, language: Language) -> Vec<String> {
    let text = |line: &Option<AddressLine>| line.as_ref().map(|line| line.as_str().to_owned());
    let city = [text(&address.postal_code), Some(address.city.as_str().to_owned())];
    let city: Vec<String> = city.into_iter().flatten().collect();
    let lines = [
        text(&address.company),
        Some(address.name.as_str().to_owned()),
        Some(address.line1.as_str().to_owned()),
        text(&address.line2),
        Some(city.join(" ")),
        text(&address.state),
        Some(country_name(&address.country, language).to_owned()),
    ];
    lines.into_iter().flatten().collect()
}
