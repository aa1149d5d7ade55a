//! The Invoices list and one invoice's page.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::workspace::WorkspaceKind;
use crate::usecases::browse_invoices::{assumed_currency, browse_invoices, total_invoices};
use crate::usecases::desk::Desk;
use crate::usecases::fiscal_zone::fiscal_month_now;
use crate::usecases::show_invoice::show_invoice;
use crate::wire::invoice::InvoiceDetail;
use crate::wire::invoice_totals::InvoiceTotals;
use crate::wire::invoices::{
    InvoiceOrigin, InvoicesFacets, InvoicesFilter, InvoicesPage, InvoicesQuery, ListNotes,
};
use crate::wire::panel::Panel;

const SOURCE: &str = "invoices, billing_history, subscriptions, Stripe";

/// One page of the list.
#[tauri::command]
pub(in crate::desktop) async fn invoices_page(
    console: State<'_, Arc<Console>>,
    query: InvoicesQuery,
) -> Answer<InvoicesPage> {
    let desk = console.desk()?;
    let query = query
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let zone = console.fiscal_zone(&desk).await?;
    let page = browse_invoices(&desk, query, &zone)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(InvoicesPage::new(
        page,
        zone.name(),
        notes(&desk),
        desk.now(),
    ))
}

/// What the filter comes to; beyond some size only when all of it is asked for.
#[tauri::command]
pub(in crate::desktop) async fn invoices_totals(
    console: State<'_, Arc<Console>>,
    filter: InvoicesFilter,
    whole: bool,
) -> Answer<Panel<InvoiceTotals>> {
    let desk = console.desk()?;
    let filter = filter
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let zone = console.fiscal_zone(&desk).await?;
    let totals = total_invoices(&desk, filter, &zone, whole)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    match InvoiceTotals::new(totals) {
        Some(totals) => Ok(Panel::of(SOURCE, now, totals)),
        None => Ok(Panel::lacking(
            SOURCE,
            now,
            "The sum has more digits than can be added up exactly; narrow the filter.",
        )),
    }
}

/// What the menus of the list offer.
#[tauri::command]
pub(in crate::desktop) async fn invoices_facets(
    console: State<'_, Arc<Console>>,
) -> Answer<InvoicesFacets> {
    let desk = console.desk()?;
    let zone = console.fiscal_zone(&desk).await?;
    let month = fiscal_month_now(&desk, &zone)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(InvoicesFacets {
        zone: zone.to_string(),
        this_month: month.to_string(),
    })
}

/// One invoice, charge or subscription.
#[tauri::command]
pub(in crate::desktop) async fn invoice_detail(
    console: State<'_, Arc<Console>>,
    origin: InvoiceOrigin,
    id: String,
) -> Answer<Panel<InvoiceDetail>> {
    let desk = console.desk()?;
    let zone = console.fiscal_zone(&desk).await?;
    let detail = show_invoice(&desk, origin.into(), &id, &zone)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let live = console.session().workspace.kind == WorkspaceKind::Production.into();
    let now = desk.now();
    Ok(Panel::of(
        detail.row.origin.word(),
        now,
        InvoiceDetail::new(detail, zone.name(), live, now),
    ))
}

fn notes(desk: &Desk) -> ListNotes {
    let absent = ["invoices", "subscriptions"]
        .into_iter()
        .filter_map(|view| desk.lacks.view(view))
        .map(str::to_owned)
        .collect();
    let lacking = [
        ("due", "due_at"),
        ("period", "period_start"),
        ("paid", "paid_at"),
        ("number", "number"),
        ("date", "created_at"),
        ("standing", "status"),
    ]
    .into_iter()
    .filter(|(_, column)| {
        desk.lacks.view("invoices").is_none() && desk.lacks.column("invoices", column).is_some()
    })
    .map(|(name, _)| name.to_owned())
    .collect();
    ListNotes {
        absent,
        assumed_currency: assumed_currency(desk).map(str::to_owned),
        lacking,
    }
}
