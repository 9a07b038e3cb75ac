//! The simple model: what each subscription costs, second by second, and until when it was paid or granted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::round_div;
use types::SubscriptionId;

use crate::domain::catalogue::Price;
use crate::domain::period::Interval;
use crate::domain::subscription::RENEWAL_TOLERANCE;

/// A period, and from when on which price counts.
#[derive(Debug, Clone)]
struct Span {
    start: Timestamp,
    end: Timestamp,
    interval: Interval,
    points: Vec<(Timestamp, i64)>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    spans: Vec<Span>,
    granted: Option<Timestamp>,
    stops: Option<Timestamp>,
    /// How many periods of which interval cost half.
    discounted: Option<(usize, Interval)>,
}

/// What is known of all subscriptions.
#[derive(Debug, Default)]
pub(super) struct Model {
    known: BTreeMap<SubscriptionId, Known>,
}

impl Model {
    fn of(&mut self, id: SubscriptionId) -> &mut Known {
        self.known.entry(id).or_default()
    }

    /// The first periods cost half, rounded down, if they are of an interval.
    pub(super) fn discounted(&mut self, id: SubscriptionId, periods: usize, interval: Interval) {
        self.of(id).discounted = Some((periods, interval));
    }

    /// A period starts at a price.
    pub(super) fn started(&mut self, id: SubscriptionId, (start, end): (Timestamp, Timestamp), price: &Price) {
        let known = self.of(id);
        known.spans.push(Span { start, end, interval: price.interval, points: Vec::new() });
        self.changed(id, start, price.amount);
    }

    /// From an instant on, the period costs another price.
    pub(super) fn changed(&mut self, id: SubscriptionId, at: Timestamp, amount: i64) {
        let known = self.of(id);
        let count = known.spans.len();
        if let Some(span) = known.spans.last_mut() {
            let is_half = known.discounted.is_some_and(|(most, of)| count <= most && of == span.interval);
            let amount = if is_half { amount / 2 } else { amount };
            span.points.push((at.min(span.end), amount));
        }
    }

    /// The last change was not paid for.
    pub(super) fn undone(&mut self, id: SubscriptionId, started_period: bool) {
        let spans = &mut self.of(id).spans;
        if started_period {
            spans.pop();
        }
        if let Some(span) = spans.last_mut() {
            span.points.pop();
        }
    }

    /// The last period costs nothing after all.
    pub(super) fn emptied(&mut self, id: SubscriptionId) {
        if let Some(span) = self.of(id).spans.last_mut() {
            span.points.clear();
        }
    }

    /// Notes that it is paid or granted until an instant.
    pub(super) fn granted(&mut self, id: SubscriptionId, until: Timestamp) {
        let known = self.of(id);
        known.granted = known.granted.max(Some(until));
    }

    /// The same, for what is renewed after that.
    pub(super) fn paid(&mut self, id: SubscriptionId, until: Timestamp) {
        self.granted(id, until + RENEWAL_TOLERANCE);
    }

    /// It ends at an instant, whatever was paid; or it does not.
    pub(super) fn stops(&mut self, id: SubscriptionId, at: Option<Timestamp>) {
        self.of(id).stops = at;
    }

    /// The first instant without any entitlement.
    pub(super) fn last_instant(&self, id: SubscriptionId) -> Timestamp {
        let Some(known) = self.known.get(&id) else { return Timestamp::MIN };
        let granted = known.granted.unwrap_or(Timestamp::MIN);
        known.stops.map_or(granted, |stops| stops.min(granted))
    }

    /// What all periods cost.
    pub(super) fn total(&self) -> i128 {
        self.known.values().flat_map(|known| &known.spans).map(Span::cost).sum()
    }
}

impl Span {
    fn cost(&self) -> i128 {
        let ends = self.points.iter().skip(1).map(|(at, _)| *at).chain([self.end]);
        let seconds = |from: Timestamp, to: Timestamp| i128::from(to.as_second() - from.as_second());
        let parts = self.points.iter().zip(ends).map(|((from, amount), to)| i128::from(*amount) * seconds(*from, to));
        round_div(parts.sum(), seconds(self.start, self.end))
    }
}
