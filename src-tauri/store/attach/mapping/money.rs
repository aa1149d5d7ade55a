//! What was paid and owed: credits, invoices, subscriptions, promised prices.

use crate::store::attach::mapping::{
    From, Tables, View, deadline, json, number, row_id, text, time, yes_no,
};

/// Credits per account.
pub const USER_CREDITS: View = View {
    name: "user_credits",
    about: "Credits per account, USD. Balance = (total_purchased - total_used) + (free_credits_granted - free_credits_used).",
    tables: Tables::First(&["user_credits"]),
    needs: &["user_id"],
    key: Some("user_id"),
    dated: None,
    columns: &[
        text("user_id"),
        number("total_purchased"),
        number("total_used"),
        number("free_credits_granted"),
        number("free_credits_used"),
        number("cpu_hours_used"),
        number("gpu_hours_used"),
        number("storage_gb_months"),
        time("last_purchase_at"),
        time("created_at"),
        time("updated_at"),
    ],
};

/// Steps of a balance.
pub const CREDIT_TRANSACTIONS: View = View {
    name: "credit_transactions",
    about: "What was added to and taken from an account's credits, signed, USD.",
    tables: Tables::First(&["credit_transactions"]),
    needs: &["user_id", "amount"],
    key: None,
    dated: None,
    columns: &[
        text("id").identity(),
        text("user_id"),
        text("type"),
        number("amount"),
        number("balance_before"),
        number("balance_after"),
        text("description"),
        text("stripe_payment_intent_id"),
        text("usage_daily_id"),
        json("metadata"),
        time("created_at").sorted(),
        row_id(),
    ],
};

/// Invoices, from both tables a service may keep them in.
pub const INVOICES: View = View {
    name: "invoices",
    about: "Invoices and charges in major units of their currency; origin says which table a row is from. A service that fills both tables lists a charge in each: stripe_invoice_id tells.",
    tables: Tables::All(&["invoices", "billing_history"]),
    needs: &["user_id", "amount"],
    key: None,
    dated: None,
    columns: &[
        text("id").identity(),
        text("number").from(&[
            From::Column("invoice_number"),
            From::Column("number"),
            From::Column("invoice_id"),
        ]),
        text("user_id"),
        number("amount").from(&[
            From::Column("amount"),
            From::Minor("amount_cents"),
            From::Minor("total_cents"),
            From::Minor("amount_minor"),
        ]),
        text("currency"),
        text("status"),
        time("period_start"),
        time("period_end"),
        deadline("due_at").from(&[From::Column("due_date"), From::Column("due_at")]),
        time("paid_at"),
        time("created_at").sorted(),
        text("description"),
        text("hosted_url").from(&[
            From::Column("hosted_invoice_url"),
            From::Column("hosted_url"),
        ]),
        text("stripe_invoice_id").from(&[
            From::Column("stripe_invoice_id"),
            From::Of("billing_history", "invoice_id"),
            From::Stripes("id", "in_"),
        ]),
        text("stripe_payment_intent_id"),
        text("origin").from(&[From::TableName]),
        row_id(),
    ],
};

/// Subscriptions.
pub const SUBSCRIPTIONS: View = View {
    name: "subscriptions",
    about: "Stripe subscriptions, ended ones included.",
    tables: Tables::First(&["subscriptions"]),
    needs: &["user_id"],
    key: None,
    dated: None,
    columns: &[
        text("id").identity(),
        text("user_id"),
        text("stripe_subscription_id").from(&[
            From::Column("stripe_subscription_id"),
            From::Stripes("id", "sub_"),
        ]),
        text("stripe_customer_id"),
        text("stripe_price_id"),
        text("plan").from(&[
            From::Column("plan"),
            From::Column("plan_name"),
            From::Column("plan_id"),
        ]),
        number("amount").from(&[From::Column("amount"), From::Minor("amount_cents")]),
        text("currency"),
        text("status"),
        time("current_period_start"),
        time("current_period_end"),
        yes_no("cancel_at_period_end"),
        time("canceled_at"),
        time("created_at").sorted(),
        time("updated_at"),
        row_id(),
    ],
};

/// Prices promised to one account.
pub const PRICE_OVERRIDES: View = View {
    name: "price_overrides",
    about: "Prices promised to one account instead of the rate card's, USD per unit.",
    tables: Tables::First(&["user_pricing_overrides"]),
    needs: &["user_id", "resource_type"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("resource_type"),
        number("override_price"),
        number("original_price"),
        number("discount_percentage"),
        time("valid_from"),
        time("valid_until"),
        text("created_by"),
        text("reason"),
        time("created_at"),
    ],
};

/// Products as once set up at Stripe.
pub const STRIPE_PRODUCTS: View = View {
    name: "stripe_products",
    about: "Products and unit prices as once set up at Stripe, USD per unit. Deprecated by the service: nothing is priced from it.",
    tables: Tables::First(&["stripe_products"]),
    needs: &["stripe_product_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("product_type"),
        text("stripe_product_id"),
        text("stripe_price_id"),
        number("unit_price"),
        text("unit_name"),
        yes_no("active"),
        time("created_at"),
    ],
};

/// Charges alone, as written: [`INVOICES`] shows them beside the invoices.
pub const BILLING_HISTORY: View = View {
    name: "billing_history",
    about: "Charges and what became of them, in major units of their currency.",
    tables: Tables::First(&["billing_history"]),
    needs: &["user_id", "amount"],
    key: None,
    dated: None,
    columns: &[
        text("invoice_id"),
        text("user_id"),
        number("amount"),
        text("currency"),
        text("status"),
        text("description"),
        text("stripe_payment_intent_id"),
        time("paid_at"),
        time("created_at"),
    ],
};

/// Invoices alone, as written.
pub const OWN_INVOICES: View = View {
    name: "invoices",
    about: "Invoices, in major units of their currency.",
    tables: Tables::First(&["invoices"]),
    needs: &["user_id", "amount"],
    key: None,
    dated: None,
    columns: INVOICES.columns,
};
