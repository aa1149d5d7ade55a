//! Auth0: what its webhooks bring.
