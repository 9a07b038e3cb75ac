//! The words of invoices, and numbers and dates as readers of a language write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use money::Rate;
use types::CurrencyCode;

use crate::domain::amounts::major_units;
use crate::domain::cart::Language;
use crate::domain::invoice::InvoiceKind;

/// Digits between two separators.
const GROUP: usize = 3;
/// Millionths of a percent.
const PERCENT: u32 = 10_000;

/// The words of a language.
pub(super) struct Texts {
    /// Language (ISO 639-1).
    pub language: &'static str,
    invoice: &'static str,
    credit_note: &'static str,
    /// Label of the document's number.
    pub number: &'static str,
    /// Label of the corrected invoice.
    pub corrects: &'static str,
    /// Label of the date of the document.
    pub date: &'static str,
    /// Label of the order number.
    pub order: &'static str,
    /// Label of the date of the order.
    pub ordered: &'static str,
    /// Label of the seller's tax number.
    pub tax_number: &'static str,
    /// Heads of the columns.
    pub columns: Columns,
    /// Label of a discount.
    pub discount: &'static str,
    /// Label of the sum without tax.
    pub net: &'static str,
    /// Label of the tax.
    pub tax: &'static str,
    /// Label of the sum with tax.
    pub gross: &'static str,
    /// Label of what is paid.
    pub total: &'static str,
    /// Label of what is paid back.
    pub credited: &'static str,
    /// Says in which currency amounts are, before its code.
    pub currency: &'static str,
    /// Says that prices include taxes.
    pub inclusive: &'static str,
    /// Says that prices do not include taxes.
    pub exclusive: &'static str,
    /// Says how an invoice is paid and when goods were supplied.
    pub paid: &'static str,
    /// Says how money is paid back.
    pub paid_back: &'static str,
    /// Label of a page number.
    pub page: &'static str,
    /// Between the page number and the number of pages.
    pub of: &'static str,
    thousands: char,
    point: char,
}

/// Heads of the columns.
pub(super) struct Columns {
    /// Number of the line.
    pub position: &'static str,
    /// What was bought.
    pub description: &'static str,
    /// Number of units.
    pub quantity: &'static str,
    /// Price of a unit.
    pub unit_price: &'static str,
    /// Tax rate.
    pub rate: &'static str,
    /// Amount.
    pub amount: &'static str,
}

const ENGLISH: Texts = Texts {
    language: "en",
    invoice: "Invoice",
    credit_note: "Credit note",
    number: "Number",
    corrects: "Corrects invoice",
    date: "Date",
    order: "Order",
    ordered: "Order date",
    tax_number: "Tax number",
    columns: Columns {
        position: "No.",
        description: "Description",
        quantity: "Quantity",
        unit_price: "Unit price",
        rate: "Tax rate",
        amount: "Amount",
    },
    discount: "Discount",
    net: "Net",
    tax: "Tax",
    gross: "Gross",
    total: "Total",
    credited: "Total credited",
    currency: "All amounts in",
    inclusive: "Prices include taxes.",
    exclusive: "Prices do not include taxes.",
    paid: "The amount is charged to the payment method of the order. Please do not transfer it. The date of supply is the date of shipment.",
    paid_back: "The amount is paid back to the payment method of the order.",
    page: "Page",
    of: "of",
    thousands: ',',
    point: '.',
};

const GERMAN: Texts = Texts {
    language: "de",
    invoice: "Rechnung",
    credit_note: "Rechnungskorrektur",
    number: "Nummer",
    corrects: "Korrigiert Rechnung",
    date: "Datum",
    order: "Bestellung",
    ordered: "Bestelldatum",
    tax_number: "Steuernummer",
    columns: Columns {
        position: "Pos.",
        description: "Bezeichnung",
        quantity: "Menge",
        unit_price: "Einzelpreis",
        rate: "Steuersatz",
        amount: "Betrag",
    },
    discount: "Rabatt",
    net: "Netto",
    tax: "Steuer",
    gross: "Brutto",
    total: "Gesamtbetrag",
    credited: "Korrekturbetrag",
    currency: "Alle Beträge in",
    inclusive: "Die Preise enthalten die Steuer.",
    exclusive: "Die Preise enthalten keine Steuer.",
    paid: "Der Betrag wird über die Zahlungsart der Bestellung eingezogen. Bitte überweisen Sie ihn nicht. Das Lieferdatum ist das Versanddatum.",
    paid_back: "Der Betrag wird über die Zahlungsart der Bestellung erstattet.",
    page: "Seite",
    of: "von",
    thousands: '.',
    point: ',',
};

impl Texts {
    /// Returns the words of a language.
    pub(super) fn of(language: Language) -> Self {
        match language {
            Language::En => ENGLISH,
            Language::De => GERMAN,
        }
    }

    /// Returns what a document is called.
    pub(super) fn title(&self, kind: &InvoiceKind) -> &'static str {
        match kind {
            InvoiceKind::Invoice => self.invoice,
            InvoiceKind::CreditNote { .. } => self.credit_note,
        }
    }

    /// Writes an amount of minor units without its currency.
    pub(super) fn amount(&self, minor: i64, currency: &CurrencyCode) -> String {
        let text = major_units(minor, currency);
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
        match digits.split_once('.') {
            Some((whole, fraction)) => format!("{sign}{}{}{fraction}", self.grouped(whole), self.point),
            None => format!("{sign}{}", self.grouped(digits)),
        }
    }

    /// Writes an amount with its currency.
    pub(super) fn money(&self, minor: i64, currency: &CurrencyCode) -> String {
        format!("{} {currency}", self.amount(minor, currency))
    }

    /// Writes a number of units.
    pub(super) fn units(&self, units: u32) -> String {
        self.grouped(&units.to_string())
    }

    /// Writes a tax rate in percent.
    pub(super) fn rate(&self, rate: Rate) -> String {
        let (whole, rest) = (rate.millionths() / PERCENT, rate.millionths() % PERCENT);
        let rest = format!("{rest:04}");
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { String::new() } else { self.point.to_string() };
        format!("{whole}{point}{rest} %")
    }

    /// Writes the date of a time in UTC.
    pub(super) fn day(&self, at: Timestamp) -> String {
        let date = TimeZone::UTC.to_datetime(at).date();
        let format = if self.language == GERMAN.language { "%d.%m.%Y" } else { "%Y-%m-%d" };
        date.strftime(format).to_string()
    }

    fn grouped(&self, digits: &str) -> String {
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(GROUP) {
                grouped.push(self.thousands);
            }
            grouped.push(digit);
        }
        grouped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let amount = |texts: &Texts, minor, code: &str| texts.amount(minor, &CurrencyCode::parse(code).unwrap());
        // Paymenter/Paymenter#1258, InvoicePlane/InvoicePlane#1677: 80 yen are 80.
        assert_eq!(amount(&ENGLISH, 80, "JPY"), "80");
        assert_eq!(amount(&ENGLISH, 1_234_567, "KWD"), "1,234.567");
        assert_eq!(amount(&GERMAN, -1_234_567, "EUR"), "-12.345,67");
        assert_eq!(amount(&GERMAN, 5, "EUR"), "0,05");
        assert_eq!(amount(&ENGLISH, 0, "KWD"), "0.000");
        assert_eq!(amount(&ENGLISH, i64::MIN, "JPY"), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn rates_have_no_more_decimals_than_they_need() {
        let rate = |texts: &Texts, millionths| texts.rate(Rate::from_millionths(millionths).unwrap());
        assert_eq!((rate(&ENGLISH, 190_000), rate(&ENGLISH, 0)), ("19 %".to_owned(), "0 %".to_owned()));
        assert_eq!((rate(&GERMAN, 107_500), rate(&ENGLISH, 88_750)), ("10,75 %".to_owned(), "8.875 %".to_owned()));
    }
}
