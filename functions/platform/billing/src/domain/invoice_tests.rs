//! Invoices, credit notes and their taxes.

use jiff::civil::date;
use proptest::prelude::*;
use types::Uuid;

use super::*;
use crate::domain::fixture::{at, entity, price};
use crate::domain::series::{Series, SeriesKind};

fn rate(millionths: u32) -> Rate {
    Rate::from_millionths(millionths).unwrap()
}

fn note_id(number: u128) -> CreditNoteId {
    CreditNoteId::new(Uuid::from_u128(number))
}

fn draft(lines: &[(i64, u32)], prices: PriceTax) -> Draft {
    let line = |(amount, millionths): &(i64, u32)| InvoiceLine {
        price: price("pro", 999).id,
        plan: PlanCode::parse("pro").unwrap(),
        from: at(0),
        to: at(10),
        amount: *amount,
        rate: rate(*millionths),
    };
    Draft {
        id: InvoiceId::new(Uuid::from_u128(1)),
        subscription: SubscriptionId::new(Uuid::from_u128(2)),
        user: UserId::new(Uuid::from_u128(3)),
        entity: entity().code,
        currency: CurrencyCode::parse("EUR").unwrap(),
        prices,
        treatment: Treatment::Standard,
        lines: lines.iter().map(line).collect(),
    }
}

fn numbered(count: usize) -> Vec<Numbered> {
    Series::new(&entity(), SeriesKind::Invoices, 2027).take(&entity(), count, at(0)).unwrap().0
}

fn open(lines: &[(i64, u32)], prices: PriceTax) -> Invoice {
    draft(lines, prices).taxed().unwrap().finalised(numbered(1).remove(0)).unwrap()
}

#[test]
fn lines_and_tax_make_the_total_in_all_three_ways() {
    let lines = [(-662, 190_000), (1_324, 190_000)];
    let of = |prices| draft(&lines, prices).taxed().unwrap();
    let (exclusive, inclusive) = (of(PriceTax::Exclusive), of(PriceTax::Inclusive));
    assert_eq!((exclusive.net(), exclusive.tax(), exclusive.total()), (662, 126, 788));
    assert_eq!((inclusive.net(), inclusive.tax(), inclusive.total()), (556, 106, 662));
    let vat_id = crate::domain::vat_id::VatId::parse("ATU12345678").unwrap();
    let reverse = Draft { treatment: Treatment::ReverseCharge { vat_id }, ..draft(&lines, PriceTax::Inclusive) };
    let reverse = reverse.taxed().unwrap();
    assert_eq!((reverse.net(), reverse.tax(), reverse.total()), (556, 0, 556));
}

#[test]
fn a_draft_has_no_number_and_a_finalised_invoice_keeps_its_own() {
    let draft = draft(&[(999, 190_000)], PriceTax::Inclusive).taxed().unwrap();
    assert_eq!((draft.numbered(), draft.credit(note_id(1), 1).unwrap_err()), (None, InvoiceError::IsDraft));
    let open = draft.finalised(numbered(1).remove(0)).unwrap();
    assert_eq!(open.numbered().unwrap().number.as_str(), "RE-2027-1");
    assert_eq!(open.date(), Some(date(2027, 1, 15)));
    assert_eq!(open.finalised(numbered(2).remove(1)), Err(InvoiceError::Finalised));
}

#[test]
fn an_invoice_is_paid_when_what_is_owed_was_paid() {
    let open = open(&[(999, 190_000)], PriceTax::Inclusive);
    assert!(matches!(open.after_payment(998).state, InvoiceState::Open(_)));
    let paid = open.after_payment(999);
    assert!(matches!(paid.state, InvoiceState::Paid(_)));
    assert_eq!(paid.void(note_id(1)), Err(InvoiceError::IsPaid));
    let nothing = draft(&[(0, 190_000)], PriceTax::Inclusive).taxed().unwrap();
    assert!(matches!(nothing.finalised(numbered(1).remove(0)).unwrap().state, InvoiceState::Paid(_)));
}

#[test]
fn void_is_a_credit_note_of_what_is_left_and_happens_once() {
    let open = open(&[(1_000, 190_000), (500, 70_000)], PriceTax::Exclusive);
    let (first, partly) = open.credit(note_id(1), 300).unwrap();
    let (rest, void) = partly.void(note_id(2)).unwrap();
    assert_eq!(first.total() + rest.unwrap().total(), open.total());
    assert_eq!((void.owed(), void.creditable()), (0, 0));
    assert_eq!(void.void(note_id(3)), Ok((None, void.clone())));
    assert!(matches!(void.after_payment(5_000).state, InvoiceState::Void(_)));
}

#[test]
fn what_is_no_invoice_is_refused() {
    for lines in [&[][..], &[(-1, 190_000)], &[(100, 190_000), (-1, 70_000)], &[(1, 0); MAX_LINES + 1]] {
        assert_eq!(draft(lines, PriceTax::Exclusive).taxed(), Err(InvoiceError::NotAnInvoice));
    }
}

#[test]
fn a_credit_takes_back_the_newest_invoices_first() {
    let older = open(&[(999, 190_000)], PriceTax::Inclusive);
    let mut newer = open(&[(662, 190_000)], PriceTax::Inclusive);
    newer.draft.id = InvoiceId::new(Uuid::from_u128(9));
    let parts = divide_credit(&[&older, &newer], 1_000);
    assert_eq!(parts, [(newer.draft.id, 662), (older.draft.id, 338)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn credit_notes_of_the_whole_take_back_exactly_the_invoice(
        lines in proptest::collection::vec((0..1_000_000_i64, prop::sample::select(vec![0_u32, 70_000, 99_750, 190_000])), 1..8),
        inclusive in any::<bool>(),
        steps in proptest::collection::vec(1..400_000_i64, 0..12),
    ) {
        let prices = if inclusive { PriceTax::Inclusive } else { PriceTax::Exclusive };
        let whole = open(&lines, prices);
        let mut invoice = whole.clone();
        let (mut net, mut tax, mut number) = (0, 0, 0);
        for step in steps.into_iter().chain([i64::MAX]) {
            let amount = step.min(invoice.creditable());
            if amount == 0 {
                continue;
            }
            let (note, after) = invoice.credit(note_id(number), amount).unwrap();
            prop_assert_eq!(note.stated(), amount);
            prop_assert!(note.taxes.iter().all(|one| one.net >= 0 && one.tax >= 0));
            net += note.taxes.iter().map(|one| one.net).sum::<i64>();
            tax += note.taxes.iter().map(|one| one.tax).sum::<i64>();
            prop_assert_eq!(after.owed(), whole.total() - net - tax);
            invoice = after;
            number += 1;
        }
        prop_assert_eq!((net, tax, invoice.creditable()), (whole.net(), whole.tax(), 0));
        prop_assert_eq!(invoice.credit(note_id(99), 1).unwrap_err(), InvoiceError::TooMuch);
    }
}
