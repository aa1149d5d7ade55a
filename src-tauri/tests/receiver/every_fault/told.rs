//! What is to be told of each fault.

use hopsdesk::sandbox::hopsworks;
use hopsdesk::sandbox::kubernetes::fault::Fault;

/// What must be told of a fault. `{place}` stands for the host and port that was asked.
pub(super) enum Told {
    /// Nothing is wrong with what is shown.
    Nothing,
    /// The system, in the word beside its name, and a sentence on why nothing is known.
    Away(&'static str, &'static str),
    /// It answers, and why it is not known what it carries.
    Blind(&'static str),
    /// It is seen, and why use is not known.
    Unmeasured(&'static str),
    /// It is seen, and why it is not known what namespaces cost.
    NoCosts(&'static str),
    /// Costs of some namespaces are not known.
    SomeCosts,
}

/// The lines of a table, by kind of fault: each kind that there is must be among them.
macro_rules! every {
    ($of:ty; $($kind:pat => [$($fault:expr => $told:expr),+ $(,)?]),+ $(,)?) => {{
        // Does not compile while there is a fault without a line.
        let _covers = |fault: $of| match fault { $($kind => ()),+ };
        let mut lines: Vec<($of, Told)> = Vec::new();
        $($(
            let fault = $fault;
            assert!(matches!(fault, $kind), "{fault:?} stands with another kind");
            lines.push((fault, $told));
        )+)+
        lines
    }};
}

pub(super) fn of_kubernetes() -> Vec<(Fault, Told)> {
    use Told::{Away, Blind, NoCosts, Nothing, SomeCosts, Unmeasured};
    const SLOW: &str = "The Kubernetes at {place} did not answer in time. It is tried again; if this stays, check that it is not overloaded, and the way there.";
    every! { Fault;
        Fault::None => [Fault::None => Nothing],
        Fault::Slow { .. } => [
            Fault::Slow { millis: 50 } => Nothing,
            Fault::Slow { millis: 600_000 } => Away("too slow", SLOW),
        ],
        Fault::Silent => [Fault::Silent => Away("too slow", SLOW)],
        Fault::Answer { .. } => [
            Fault::Answer { status: 500 } => Away(
                "does not answer as it should",
                "The Kubernetes at {place} has a problem of its own; it is tried again (status 500). If this stays, look at its API server.",
            ),
            Fault::Answer { status: 503 } => Away(
                "does not answer as it should",
                "The Kubernetes at {place} has a problem of its own; it is tried again (status 503). If this stays, look at its API server.",
            ),
            Fault::Answer { status: 429 } => Away(
                "does not answer as it should",
                "The Kubernetes at {place} is asked too often; it is tried again (status 429).",
            ),
            Fault::Answer { status: 418 } => Away(
                "does not answer as it should",
                "The Kubernetes at {place} does not accept what it was asked (status 418). Check that the kubeconfig names its API server.",
            ),
            Fault::Answer { status: 403 } => Away(
                "does not let us look",
                "The Kubernetes at {place} does not let this kubeconfig see its version (status 403). Bind its user to the cluster role `view`, and let it list nodes.",
            ),
            Fault::Answer { status: 200 } => Away(
                "does not answer as it should",
                "What answers at {place} is no Kubernetes that we know: its answer cannot be read (line 1, column 140). It is tried again; if this stays, check the server that the kubeconfig names.",
            ),
        ],
        Fault::Unauthorized => [Fault::Unauthorized => Away(
            "refuses us",
            "The Kubernetes at {place} does not accept the kubeconfig's token or certificate (status 401). It may have run out: record a new one.",
        )],
        Fault::NodesForbidden => [Fault::NodesForbidden => Blind(
            "The Kubernetes at {place} does not let this kubeconfig see nodes (status 403). Bind its user to the cluster role `view`, and let it list nodes.",
        )],
        // Only who gives a new kubeconfig is told (`other_kubernetes`).
        Fault::GetForbidden => [Fault::GetForbidden => Nothing],
        Fault::GetsNonsense => [Fault::GetsNonsense => Nothing],
        Fault::NoMetrics => [Fault::NoMetrics => Unmeasured(
            "Use is not known: the cluster has no metrics server. Install one to see it.",
        )],
        Fault::NoOpencost => [Fault::NoOpencost => NoCosts(
            "This cluster has no OpenCost at opencost/opencost:9003, so what its namespaces cost is not known. Install it there, or say where clusters have theirs (HOPSDESK_OPENCOST).",
        )],
        Fault::OpencostDown => [Fault::OpencostDown => NoCosts(
            "The OpenCost of this cluster (opencost/opencost:9003) does not run. It is tried again; if this stays, look at its pods.",
        )],
        Fault::OpencostForbidden => [Fault::OpencostForbidden => NoCosts(
            "The Kubernetes at {place} does not let this kubeconfig reach OpenCost (status 403). Let its user get `services/proxy` of opencost/opencost:9003.",
        )],
        Fault::OddCosts => [Fault::OddCosts => SomeCosts],
        Fault::Forgetful => [Fault::Forgetful => Blind(
            "The Kubernetes at {place} forgets its list of namespaces faster than that can be read. It is tried again; if this stays, check that its API server is not overloaded.",
        )],
        Fault::Closed => [Fault::Closed => Away(
            "cannot be reached",
            "The Kubernetes at {place} cannot be reached. It is tried again; if this stays, check that it runs and lets this machine in.",
        )],
        Fault::ExpiredCertificate => [Fault::ExpiredCertificate => Away(
            "its certificate is not believed",
            "The certificate of the Kubernetes at {place} has expired. Nothing was sent. Record a kubeconfig with the authority that signed it, or have it renewed.",
        )],
        Fault::UnknownCertificate => [Fault::UnknownCertificate => Away(
            "its certificate is not believed",
            "The certificate of the Kubernetes at {place} is signed by an authority that is not known for it. Nothing was sent. Record a kubeconfig with the authority that signed it, or have it renewed.",
        )],
    }
}

pub(super) fn of_hopsworks() -> Vec<(hopsworks::fault::Fault, Told)> {
    use Told::{Away, Nothing};
    use hopsworks::fault::Fault;
    const UNREACHABLE: &str = "The cluster at {place} cannot be reached. It is tried again; if this stays, check its address, and that it runs and lets this machine in.";
    every! { Fault;
        Fault::None => [Fault::None => Nothing],
        Fault::Slow { .. } => [
            Fault::Slow { millis: 50 } => Nothing,
            Fault::Slow { millis: 600_000 } => Away(
                "too slow",
                "The cluster at {place} did not answer in time. It is tried again; if this stays, check that it is not overloaded, and the way there.",
            ),
        ],
        Fault::Answer { .. } => [
            Fault::Answer { status: 502 } => Away(
                "does not answer as it should",
                "The cluster at {place} refuses: it has a problem of its own; it is tried again (status 502).",
            ),
            Fault::Answer { status: 429 } => Away(
                "does not answer as it should",
                "The cluster at {place} refuses: it is asked too often; it is tried again (status 429).",
            ),
            Fault::Answer { status: 302 } => Away(
                "does not answer as it should",
                "What answers at {place} is no Hopsworks that we know: it sends us elsewhere, which is not followed. Check the cluster's address, and whether it is being maintained.",
            ),
            Fault::Answer { status: 200 } => Away(
                "does not answer as it should",
                "What answers at {place} is no Hopsworks that we know: its answer cannot be read (line 1, column 1). Check the cluster's address, and whether it is being maintained.",
            ),
            Fault::Answer { status: 403 } => Away(
                "does not answer as it should",
                "What answers at {place} is no Hopsworks that we know: it does not say its version to everybody (status 403). Check the cluster's address, and whether it is being maintained.",
            ),
            Fault::Answer { status: 404 } => Away(
                "does not answer as it should",
                "What answers at {place} is no Hopsworks that we know: there is nothing at that path. Check the cluster's address, and whether it is being maintained.",
            ),
        ],
        Fault::KeyRefused => [Fault::KeyRefused => Away(
            "refuses us",
            "The cluster at {place} refuses the API key (status 401). Record the key of an administrator there, with the scope to administer users.",
        )],
        Fault::Closed => [Fault::Closed => Away("cannot be reached", UNREACHABLE)],
        Fault::AnswerLost => [Fault::AnswerLost => Away("cannot be reached", UNREACHABLE)],
    }
}

/// Whether nothing of the cluster is known while that is wrong.
pub(super) fn is_unseen(told: &Told) -> bool {
    matches!(told, Told::Away(..) | Told::Blind(_))
}
