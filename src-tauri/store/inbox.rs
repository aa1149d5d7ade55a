//! The inbox: what webhooks brought, and what became of it.
