//! Shows one invoice, charge or subscription.

use crate::domain::fiscal::FiscalZone;
use crate::domain::invoice::InvoiceDetail;
use crate::domain::invoices::Origin;
use crate::store::invoice_page;
use crate::usecases::browse_invoices::{assumed_currency, in_own_currency};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Reads it, with its days in that time zone and with what the other table says of the same charge.
///
/// # Errors
/// When there is no such row, or the database fails.
pub async fn show_invoice(
    desk: &Desk,
    origin: Origin,
    id: &str,
    zone: &FiscalZone,
) -> Result<InvoiceDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = invoice_page::detail(&mut reading, origin, id, zone, desk.now()).await?;
    reading.end().await?;
    let mut detail = detail.ok_or_else(|| DeskError::NotFound {
        what: match origin {
            Origin::Invoices => "invoice",
            Origin::BillingHistory => "entry of the billing history",
            Origin::Subscriptions => "subscription",
            Origin::StripeInvoices => "invoice of Stripe's",
        },
        id: id.to_owned(),
    })?;
    if assumed_currency(desk).is_some() {
        in_own_currency(&mut detail.row.amount);
        for twin in &mut detail.twins {
            in_own_currency(&mut twin.amount);
        }
        if let Some(twin) = &mut detail.row.twin {
            in_own_currency(&mut twin.amount);
        }
    }
    Ok(detail)
}
