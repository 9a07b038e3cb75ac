//! An operator who enters nothing, zero, too much, or the same twice.

use money::Rate;
use types::{CreditNoteId, CurrencyCode, InvoiceId, PriceId, SubscriptionId, TaxClass, UserId, Uuid};

use crate::domain::catalogue::{Catalogue, CatalogueError, MAX_AMOUNT, NewPrice, Plan, Product};
use crate::domain::codes::{PlanCode, PriceCode, ProductCode};
use crate::domain::fixture::{at, entity, price};
use crate::domain::invoice::{Draft, InvoiceError, InvoiceLine, InvoiceState, MAX_LINES};
use crate::domain::managed::{Due, Managed};
use crate::domain::period::{Anchor, Interval};
use crate::domain::series::{LegalEntity, Prefix, Series, SeriesError, SeriesKind};
use crate::domain::subscription::{Mode, Status};
use crate::domain::tax::{PriceTax, Treatment};
use crate::domain::vat_id::VatId;

fn draft(amounts: &[i64], rate: Rate, prices: PriceTax) -> Draft {
    let line = |amount: &i64| InvoiceLine {
        price: price("pro", 999).id,
        plan: PlanCode::parse("pro").unwrap(),
        from: at(0),
        to: at(1),
        amount: *amount,
        rate,
    };
    Draft {
        id: InvoiceId::new(Uuid::from_u128(1)),
        subscription: SubscriptionId::new(Uuid::from_u128(2)),
        user: UserId::new(Uuid::from_u128(3)),
        entity: entity().code,
        currency: CurrencyCode::parse("EUR").unwrap(),
        prices,
        treatment: Treatment::Standard,
        lines: amounts.iter().map(line).collect(),
    }
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let product = ProductCode::parse("app").unwrap();
    let tax_class = TaxClass::standard();
    catalogue.set_product(Product { code: product.clone(), name: "App".to_owned(), tax_class }).unwrap();
    let code = PlanCode::parse("pro").unwrap();
    catalogue.set_plan(Plan { code, product, name: "Pro".to_owned(), rank: 1, entitlements: [].into() }).unwrap();
    catalogue
}

fn new_price(amount: i64) -> NewPrice {
    NewPrice {
        id: PriceId::new(Uuid::from_u128(amount.unsigned_abs().into())),
        code: PriceCode::parse("pro-month").unwrap(),
        plan: PlanCode::parse("pro").unwrap(),
        interval: Interval::Month,
        amount,
        currency: CurrencyCode::parse("EUR").unwrap(),
        trial_days: 0,
    }
}

#[test]
fn an_amount_that_is_negative_or_absurd_is_not_published() {
    let publish = |amount| catalogue().publish(new_price(amount), at(0)).map(|price| price.amount);
    assert_eq!((publish(0), publish(MAX_AMOUNT)), (Ok(0), Ok(MAX_AMOUNT)));
    assert_eq!(
        (publish(-1), publish(i64::MIN)),
        (Err(CatalogueError::NegativeAmount), Err(CatalogueError::NegativeAmount))
    );
    for amount in [MAX_AMOUNT + 1, i64::MAX] {
        assert_eq!(publish(amount), Err(CatalogueError::AmountTooHigh));
    }
}

#[test]
fn the_largest_invoice_is_summed_and_credited_without_overflow() {
    let all = Rate::from_millionths(1_000_000).unwrap();
    for (prices, total) in [(PriceTax::Exclusive, 2), (PriceTax::Inclusive, 1)] {
        let largest = draft(&[MAX_AMOUNT; MAX_LINES], all, prices).taxed().unwrap();
        assert_eq!(largest.total(), total * MAX_AMOUNT * i64::try_from(MAX_LINES).unwrap());
        let (numbers, _) = Series::new(&entity(), SeriesKind::Invoices, 2027).take(&entity(), 1, at(0)).unwrap();
        let open = largest.finalised(numbers[0].clone()).unwrap();
        let (note, void) = open.void(CreditNoteId::new(Uuid::from_u128(4))).unwrap();
        assert_eq!((note.unwrap().total(), void.owed()), (largest.total(), 0));
    }
    for absurd in [i64::MAX, i64::MIN, MAX_AMOUNT + 1] {
        assert_eq!(draft(&[absurd], all, PriceTax::Exclusive).taxed(), Err(InvoiceError::NotAnInvoice));
    }
}

#[test]
fn a_tax_rate_of_zero_and_one_of_everything_are_rates() {
    for prices in [PriceTax::Inclusive, PriceTax::Exclusive] {
        let none = draft(&[999, -1], Rate::ZERO, prices).taxed().unwrap();
        assert_eq!((none.total(), none.net(), none.tax(), none.creditable()), (998, 998, 0, 998));
    }
    let all = Rate::from_millionths(1_000_000).unwrap();
    let inclusive = draft(&[999], all, PriceTax::Inclusive).taxed().unwrap();
    assert_eq!((inclusive.net(), inclusive.tax()), (499, 500), "half of it, rounded away from zero");
}

#[test]
fn an_invoice_of_nothing_has_lines_and_is_paid_and_one_without_lines_is_none() {
    let (numbers, _) = Series::new(&entity(), SeriesKind::Invoices, 2027).take(&entity(), 1, at(0)).unwrap();
    let nothing = draft(&[0], Rate::ZERO, PriceTax::Inclusive).taxed().unwrap().finalised(numbers[0].clone()).unwrap();
    assert!(matches!(nothing.state, InvoiceState::Paid(_)));
    let id = CreditNoteId::new(Uuid::from_u128(4));
    assert_eq!(nothing.credit(id, 0).unwrap_err(), InvoiceError::TooMuch);
    assert_eq!(nothing.credit(id, i64::MIN).unwrap_err(), InvoiceError::TooMuch);
    assert_eq!(draft(&[], Rate::ZERO, PriceTax::Inclusive).taxed(), Err(InvoiceError::NotAnInvoice));
    assert_eq!(draft(&[1, -2], Rate::ZERO, PriceTax::Inclusive).taxed(), Err(InvoiceError::NotAnInvoice));
}

#[test]
fn a_price_of_nothing_renews_for_ever_without_an_invoice() {
    let id = SubscriptionId::new(Uuid::from_u128(10));
    let anchor = Anchor::new(at(0), calendar::ZoneName::utc());
    let mut managed = Managed::start(id, price("free", 0), None, anchor, false).unwrap().managed;
    for _ in 0..24 {
        let end = managed.renewal_at().unwrap();
        assert_eq!((managed.due(at(0), end), &managed.open), (Due::Renewal, &None));
        let step = managed.renew(id, at(0), end).unwrap();
        assert!(step.lines.is_empty());
        managed = step.managed;
    }
    let subscription = crate::domain::fixture::with(id, managed);
    let Mode::Managed(inner) = &subscription.mode else { panic!("managed") };
    assert_eq!(subscription.status(inner.account.as_ref().unwrap().period.start), Status::Active);
}

#[test]
fn invoices_and_credit_notes_never_have_the_same_number() {
    let prefix = |text| Prefix::parse(text).unwrap();
    let same = LegalEntity { credit_notes: prefix("RE"), ..entity() };
    for kind in [SeriesKind::Invoices, SeriesKind::CreditNotes] {
        assert_eq!(Series::new(&same, kind, 2027).take(&same, 1, at(0)), Err(SeriesError::SamePrefix));
    }
    // The prefixes are swapped within the year.
    let swapped = LegalEntity { invoices: prefix("GU"), credit_notes: prefix("RE"), ..entity() };
    let mut seen = std::collections::BTreeSet::new();
    for kind in [SeriesKind::Invoices, SeriesKind::CreditNotes] {
        let (first, series) = Series::new(&entity(), kind, 2027).take(&entity(), 3, at(0)).unwrap();
        let (second, _) = series.take(&swapped, 3, at(0)).unwrap();
        for one in first.into_iter().chain(second) {
            assert!(seen.insert(one.number.to_string()), "{} twice", one.number);
        }
    }
    assert!(seen.contains("RE-2027-6") && seen.contains("GU-2027-6"));
}

#[test]
fn taking_no_number_changes_no_series() {
    let empty = Series::new(&entity(), SeriesKind::Invoices, 2027);
    assert_eq!(empty.take(&entity(), 0, at(0)), Ok((vec![], empty.clone())));
}

#[test]
fn a_vat_id_is_not_cut_to_fit() {
    let padded = format!("DE123456789{}X", " ".repeat(29));
    assert!(VatId::parse(&padded).is_err());
    assert!(VatId::parse(&"9".repeat(100_000)).is_err());
}
