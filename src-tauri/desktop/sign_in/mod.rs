//! Signing in to a workspace: the database is open, and shows nothing until somebody of the staff has
//! signed in. It is the core that keeps the desk back; the window has no say in it.
//!
//! This guards the window. Whoever has the login's password can read with psql what the login may read: that
//! door is shut by `staff revoke`.

mod confirming;
pub(in crate::desktop) mod failure;
pub(in crate::desktop) mod gate;
mod holding;
pub(in crate::desktop) mod kept;
mod member;
mod qr;
mod staying;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, Keeping};
use crate::desktop::opening::Entered;
pub(in crate::desktop) use crate::desktop::sign_in::confirming::Confirming;
use crate::desktop::sign_in::failure::SignInError;
use crate::desktop::sign_in::gate::Gate;
pub(in crate::desktop) use crate::desktop::sign_in::holding::StandIn;
use crate::desktop::sign_in::member::{Standing, standing};
use crate::desktop::sign_in::qr::qr;
use crate::domain::ids::UserId;
use crate::identity::oauth::device::{DeviceCode, Waiting, WaitingCell};
use crate::identity::tokens::{IdToken, Nonce};
use crate::secrets::Secret;
use crate::usecases::desk::Desk;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::session::SessionState;
use crate::wire::sign_in::{
    NotStaff, QrCode, SignIn, SignInCode, SignInStep, SignInWaiting, SignedIn,
};

/// A workspace whose database is open, and that shows nothing yet.
pub(in crate::desktop) struct Held {
    gate: Arc<Gate>,
    entered: Entered,
    can_skip: bool,
    note: Option<String>,
    step: Step,
    /// What the person may open in the browser now.
    address: Option<String>,
    /// Counts attempts: one that was overtaken says nothing any more.
    attempt: u64,
    task: Option<Keeping>,
}

enum Step {
    Choose,
    Asking,
    Code(ShownCode),
    Browser,
    Checking,
    NotStaff(NotStaff),
}

struct ShownCode {
    code: DeviceCode,
    qr: QrCode,
    until: OffsetDateTime,
    waiting: WaitingCell,
}

/// Whoever signed in, while they are in.
#[derive(Clone)]
pub(in crate::desktop) struct Inside {
    gate: Arc<Gate>,
    subject: UserId,
    /// When they typed their password last, as far as the tenant says.
    confirmed_at: Option<OffsetDateTime>,
}

impl Held {
    /// Keeps an open workspace back, with the reason that is told.
    pub(in crate::desktop) fn new(gate: Arc<Gate>, entered: Entered, note: Option<String>) -> Self {
        Self {
            can_skip: gate.can_be_skipped,
            gate,
            entered,
            note,
            step: Step::Choose,
            address: None,
            attempt: 0,
            task: None,
        }
    }

    /// The desk, for whoever closes it.
    pub(in crate::desktop) fn into_desk(self) -> Desk {
        self.entered.desk
    }

    /// What the window is told.
    pub(in crate::desktop) fn state(&self, now: OffsetDateTime) -> SessionState {
        let step = match &self.step {
            Step::NotStaff(not_staff) => return SessionState::NotStaff(not_staff.clone()),
            Step::Choose => SignInStep::Choose,
            Step::Asking => SignInStep::Asking,
            Step::Browser => SignInStep::Browser,
            Step::Checking => SignInStep::Checking,
            Step::Code(shown) => SignInStep::Code(SignInCode {
                user_code: shown.code.user_code.clone(),
                verification_uri: shown.code.verification_uri.clone(),
                qr: shown.qr.clone(),
                seconds_left: u32::try_from((shown.until - now).whole_seconds()).unwrap_or(0),
                waiting: match shown.waiting.now() {
                    Waiting::Pending => SignInWaiting::Pending,
                    Waiting::SlowedDown => SignInWaiting::SlowedDown,
                    Waiting::NoNetwork => SignInWaiting::NoNetwork,
                },
            }),
        };
        let application = self.gate.application();
        SessionState::SignIn(SignIn {
            tenant: application.tenant.to_string(),
            client_id: application.client_id.clone(),
            can_skip: self.can_skip,
            note: self.note.clone(),
            step,
        })
    }
}

/// Which of the two ways.
#[derive(Debug, Clone, Copy)]
pub(in crate::desktop) enum Method {
    /// A code, confirmed in any browser.
    Code,
    /// The browser of this machine.
    Browser,
}

type Signed = Result<(IdToken, Option<Secret<String>>), SignInError>;

impl Console {
    /// Opens the workspace for whom the keychain remembers, or asks who is there.
    pub(in crate::desktop) async fn enter(
        self: &Arc<Self>,
        turn: u64,
        gate: Gate,
        entered: Entered,
    ) {
        let gate = Arc::new(gate);
        self.progress(turn, "Signing in", 90);
        match gate.silently(self.clock.now()).await {
            Ok(Some(token)) => self.admit(turn, gate, entered, token, None).await,
            Ok(None) => self.hold(turn, Held::new(gate, entered, None)),
            Err(error) => {
                let note = Some(self.sentence(&error));
                self.hold(turn, Held::new(gate, entered, note));
            }
        }
    }

    /// Lets somebody in who is of the staff, and nobody else. `refresh` is a token that is not kept yet.
    async fn admit(
        self: &Arc<Self>,
        turn: u64,
        gate: Arc<Gate>,
        entered: Entered,
        token: IdToken,
        refresh: Option<Secret<String>>,
    ) {
        let found = match standing(&entered.desk, &token).await {
            Ok(found) => found,
            Err(error) => {
                gate.drop_token(refresh).await;
                let note = Some(self.desk_failure(&error).message);
                return self.hold(turn, Held::new(gate, entered, note));
            }
        };
        let name = shown_name(&token);
        let tenant = gate.application().tenant.to_string();
        match found {
            Standing::Member => {
                let not_kept = match gate.keep(refresh).await {
                    Ok(()) if gate.keeps() => None,
                    Ok(()) if gate.can_be_skipped => {
                        Some("The sandbox keeps no sign-in.".to_owned())
                    }
                    Ok(()) => Some("This workspace asks at each start.".to_owned()),
                    Err(error) => Some(self.sentence(&error)),
                };
                let signed_in = SignedIn {
                    name,
                    email: token.verified_email.clone(),
                    tenant,
                    not_kept,
                };
                let inside = Inside {
                    gate: Arc::clone(&gate),
                    subject: token.subject.clone(),
                    confirmed_at: token.authenticated_at,
                };
                let staying = staying::stay(Arc::clone(self), turn, gate, token);
                self.let_in(turn, entered, Some(signed_in), Some(inside), Some(staying));
            }
            Standing::Nobody { why, whom } => {
                if refresh.is_some() {
                    gate.drop_token(refresh).await;
                } else if let Err(error) = gate.sign_out().await {
                    // It came out of the keychain, where it has no business any more.
                    tracing::warn!(%error, "the refresh token of somebody else stays in the keychain");
                }
                let not_staff = NotStaff {
                    name,
                    subject: token.subject.to_string(),
                    tenant,
                    why,
                    whom,
                    can_skip: gate.can_be_skipped,
                };
                let mut held = Held::new(gate, entered, None);
                held.step = Step::NotStaff(not_staff);
                self.hold(turn, held);
            }
        }
    }

    /// Begins to sign in; an attempt that runs is given up.
    pub(in crate::desktop) fn begin_sign_in(self: &Arc<Self>, method: Method) -> Answer<()> {
        let (turn, attempt, gate) = self.with_held(|turn, held| {
            held.attempt = Console::next_attempt();
            held.task = None;
            held.note = None;
            held.address = None;
            held.step = Step::Asking;
            (turn, held.attempt, Arc::clone(&held.gate))
        })?;
        let console = Arc::clone(self);
        let task = tauri::async_runtime::spawn(async move {
            let signed = match method {
                Method::Code => console.by_code(attempt, &gate).await,
                Method::Browser => console.by_browser(attempt, &gate).await,
            };
            console.conclude(turn, attempt, gate, signed).await;
        });
        self.with_held(|_, held| {
            if held.attempt == attempt {
                held.task = Some(Keeping::of(task));
            }
        })
        // It may be over already.
        .or(Ok(()))
    }

    async fn by_code(&self, attempt: u64, gate: &Gate) -> Signed {
        let flow = gate.oauth.device_code().await?;
        let code = flow.code();
        let until = self.clock.now() + code.expires_in;
        let drawn = qr(&code.complete_uri).or_else(|| qr(&code.verification_uri));
        let shown = ShownCode {
            qr: drawn.unwrap_or(QrCode {
                size: 1,
                path: String::new(),
            }),
            waiting: flow.waiting(),
            code,
            until,
        };
        self.at(attempt, |held| {
            held.address = Some(shown.code.complete_uri.clone());
            held.step = Step::Code(shown);
        });
        let grant = flow.wait().await?;
        self.at(attempt, |held| held.step = Step::Checking);
        let token = gate.verified(&grant, Nonce::None, self.clock.now()).await?;
        Ok((token, grant.refresh_token))
    }

    async fn by_browser(&self, attempt: u64, gate: &Gate) -> Signed {
        let flow = gate.oauth.code_flow(self.random.as_ref(), false).await?;
        let (address, nonce) = (flow.address().to_owned(), flow.nonce().to_owned());
        // Where no browser starts, the address can be opened by hand.
        if let Err(error) = open::that_detached(&address) {
            tracing::warn!(%error, "no browser could be started");
        }
        self.at(attempt, |held| {
            held.address = Some(address);
            held.step = Step::Browser;
        });
        let grant = flow.wait().await?;
        self.at(attempt, |held| held.step = Step::Checking);
        let token = gate
            .verified(&grant, Nonce::Is(&nonce), self.clock.now())
            .await?;
        Ok((token, grant.refresh_token))
    }

    async fn conclude(self: &Arc<Self>, turn: u64, attempt: u64, gate: Arc<Gate>, signed: Signed) {
        match signed {
            Ok((token, refresh)) => {
                let entered = self.at(attempt, |held| held.entered.clone());
                match entered {
                    Some(entered) => {
                        Box::pin(self.admit(turn, gate, entered, token, refresh)).await;
                    }
                    None => gate.drop_token(refresh).await,
                }
            }
            Err(error) => {
                let note = self.sentence(&error);
                self.at(attempt, |held| {
                    held.step = Step::Choose;
                    held.address = None;
                    held.note = Some(note);
                });
            }
        }
    }

    /// Opens in the browser what waits to be opened there.
    pub(in crate::desktop) fn open_sign_in_page(&self) -> Answer<()> {
        let (address, issuer) = self.with_held(|_, held| {
            let issuer = held.gate.application().tenant.issuer().to_owned();
            (held.address.clone(), issuer)
        })?;
        // What the tenant named must be the tenant's: no other address is opened in its name.
        let address = address
            .filter(|address| address.starts_with(&issuer))
            .ok_or_else(|| invalid("Sign-in", "there is no page to open"))?;
        open::that_detached(address).map_err(|error| Failure {
            code: FailureCode::Unexpected,
            message: format!("No browser could be started: {error}. Type the address instead."),
            reference: None,
            argument: None,
        })
    }

    /// Gives up what is under way, or what came of it.
    pub(in crate::desktop) fn cancel_sign_in(&self) -> Answer<()> {
        self.with_held(|_, held| {
            held.attempt = Console::next_attempt();
            held.task = None;
            held.address = None;
            held.note = None;
            held.step = Step::Choose;
        })
    }

    /// Opens the sandbox without signing in, and nothing else.
    pub(in crate::desktop) fn skip_sign_in(self: &Arc<Self>) -> Answer<()> {
        let (turn, entered) =
            self.with_held(|turn, held| (turn, held.can_skip.then(|| held.entered.clone())))?;
        let entered =
            entered.ok_or_else(|| invalid("Sign-in", "only the sandbox opens without"))?;
        self.let_in(turn, entered, None, None, None);
        Ok(())
    }

    /// Signs out: nothing is shown any more, the keychain forgets, the tenant is told. The first holds whatever
    /// becomes of the others.
    pub(in crate::desktop) async fn sign_out(self: &Arc<Self>) -> Answer<()> {
        let (turn, inside, entered) = self
            .inside()
            .ok_or_else(|| invalid("Sign-out", "nobody is signed in"))?;
        let (gate, desk) = (Arc::clone(&inside.gate), entered.desk.clone());
        let note = Some("Signing out.".to_owned());
        self.hold(turn, Held::new(inside.gate, entered, note));
        let note = match give_back(&gate, &desk).await {
            Ok(true) => "You are signed out.".to_owned(),
            Ok(false) => "You are signed out here. Auth0 did not answer, so the session there ends by itself, later."
                .to_owned(),
            Err(error) => format!(
                "The workspace is shut, but the keychain still holds your sign-in: the next start may open it. \
                 Remove it in the keychain. {}",
                self.sentence(&error)
            ),
        };
        // Somebody may be signing in already.
        self.with_held(|current, held| {
            if current == turn && matches!(held.step, Step::Choose) {
                held.note = Some(note);
            }
        })
        .or(Ok(()))
    }

    /// The sentence for a failure, and the story for the log.
    fn sentence(&self, error: &SignInError) -> String {
        let _ = self;
        tracing::warn!(error = %crate::desktop::answer::chain(error), "nobody could be signed in");
        error.to_string()
    }
}

/// Ends what somebody has in hand: the time to write, which does not outlast whoever asked for it, and the
/// sign-in that is kept. Whether the tenant was told.
async fn give_back(gate: &Gate, desk: &Desk) -> Result<bool, SignInError> {
    if let Err(error) = crate::usecases::elevate::end_elevation(desk).await {
        tracing::debug!(%error, "no elevation was ended");
    }
    gate.sign_out().await
}

fn shown_name(token: &IdToken) -> String {
    let name = token.name.clone().filter(|name| !name.trim().is_empty());
    name.or_else(|| token.verified_email.clone())
        .unwrap_or_else(|| token.subject.to_string())
}
