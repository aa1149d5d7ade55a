//! An address as a QR code that the window can draw.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode as Code};

use crate::wire::sign_in::QrCode;

/// The light rim that readers need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// Draws an address; `None` for one that is too long for a code.
pub(in crate::desktop) fn qr(address: &str) -> Option<QrCode> {
    let code = Code::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (left, top) = (place % width + QUIET, place / width + QUIET);
            let _ = write!(path, "M{left} {top}h1v1h-1z");
        }
    }
    Some(QrCode {
        size: u32::try_from(width + 2 * QUIET).ok()?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_with_its_rim_and_its_finder() {
        let code = qr("https://acme.eu.auth0.com/activate?user_code=WDJB-MJHT").expect("a code");
        assert!(code.size > 29, "{}", code.size);
        // The corner of the upper left finder, inside the rim.
        assert!(
            code.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"),
            "{}",
            code.path
        );
        assert!(qr(&"x".repeat(5000)).is_none());
    }
}
