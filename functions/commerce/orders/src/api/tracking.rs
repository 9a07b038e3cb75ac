//! Carrier and tracking number of shipments in requests.

use kit::http::{Fields, Problem};

use crate::domain::shipment::{Tracking, carrier, tracking_number};

/// Reads carrier and tracking number, together with what else was wrong with the request.
pub fn tracking(mut fields: Fields, name: Option<&str>, number: Option<&str>) -> Result<Tracking, Problem> {
    let name = fields.check("carrier", name.map(carrier).transpose());
    let number = fields.check("trackingNumber", number.map(tracking_number).transpose());
    fields.all((name, number)).map(|(carrier, number)| Tracking { carrier, number })
}
