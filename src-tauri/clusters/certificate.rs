//! Until when a certificate is valid: the one thing that is read of it here, after TLS has verified it.
//!
//! RFC 5280 §4.1: a certificate is SEQUENCE { tbsCertificate SEQUENCE { [0] version?, serialNumber,
//! signature, issuer, validity SEQUENCE { notBefore, notAfter }, … }, … }.

use time::OffsetDateTime;
use time::PrimitiveDateTime;
use time::macros::format_description;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `notAfter` of a certificate, DER; none when it cannot be read.
#[must_use]
pub fn valid_until(der: &[u8]) -> Option<OffsetDateTime> {
    let (certificate, _) = element(der, Some(SEQUENCE))?;
    let (mut rest, _) = element(certificate, Some(SEQUENCE))?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest, None)?.1;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        rest = element(rest, None)?.1;
    }
    let (validity, _) = element(rest, Some(SEQUENCE))?;
    let (_, rest) = element(validity, None)?;
    let tag = *rest.first()?;
    let (text, _) = element(rest, None)?;
    moment(tag, std::str::from_utf8(text).ok()?)
}

/// Contents of the first element, and what comes after it.
fn element(der: &[u8], wanted: Option<u8>) -> Option<(&[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    if wanted.is_some_and(|wanted| wanted != *tag) {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if first & 0x80 == 0 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.is_empty() || bytes.len() > 4 {
            return None;
        }
        let length = bytes
            .iter()
            .fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
        (length, rest)
    };
    rest.split_at_checked(length)
}

/// RFC 5280 §4.1.2.5: both in UTC with seconds; two digits of a year mean 1950 to 2049.
fn moment(tag: u8, text: &str) -> Option<OffsetDateTime> {
    let full = match tag {
        UTC_TIME if text.get(..2)?.parse::<u8>().ok()? >= 50 => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let form = format_description!("[year][month][day][hour][minute][second]Z");
    PrimitiveDateTime::parse(&full, form)
        .ok()
        .map(PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    fn certificate(until: OffsetDateTime) -> Vec<u8> {
        let mut parameters =
            rcgen::CertificateParams::new(vec!["k.example.com".to_owned()]).expect("parameters");
        parameters.not_after = until;
        let key = rcgen::KeyPair::generate().expect("a key");
        parameters
            .self_signed(&key)
            .expect("a certificate")
            .der()
            .to_vec()
    }

    #[test]
    fn both_forms_of_a_date_are_read() {
        for until in [
            datetime!(2026-12-03 04:05:06 UTC),
            // From 2050 on certificates write the other form.
            datetime!(2051-01-01 00:00 UTC),
        ] {
            assert_eq!(valid_until(&certificate(until)), Some(until));
        }
        assert_eq!(
            moment(UTC_TIME, "991231235959Z"),
            Some(datetime!(1999-12-31 23:59:59 UTC))
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), at in 0_usize..400) {
            let _ = valid_until(&bytes);
            let mut broken = certificate(datetime!(2030-01-01 00:00 UTC));
            let at = at % broken.len();
            broken.splice(at..at, bytes);
            let _ = valid_until(&broken);
        }
    }
}
