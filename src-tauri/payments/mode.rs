//! Live or test: the two never mix.

/// Which of Stripe's modes something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real money.
    Live,
    /// Play money.
    Test,
}

impl Mode {
    /// The mode of a secret key, as Stripe marks it: `sk_test_…`, `rk_live_…`.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let mut parts = key.split('_').skip(1);
        match parts.next() {
            Some("live") => Some(Self::Live),
            Some("test") => Some(Self::Test),
            _ => None,
        }
    }

    /// The word in the setting `STRIPE_MODE`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "live" => Some(Self::Live),
            "test" => Some(Self::Test),
            _ => None,
        }
    }

    /// The word that [`Self::parse`] reads.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// Whether it is real money.
    #[must_use]
    pub fn is_live(self) -> bool {
        self == Self::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_mode() {
        assert_eq!(Mode::of_key("sk_test_51abc"), Some(Mode::Test));
        assert_eq!(Mode::of_key("rk_live_51abc"), Some(Mode::Live));
        for unknown in ["", "sk", "sk_", "whsec_abc", "sk_liveabc"] {
            assert_eq!(Mode::of_key(unknown), None, "{unknown}");
        }
    }
}
