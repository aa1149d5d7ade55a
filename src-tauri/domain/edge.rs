//! Where amounts that are looked for begin and end.

use rust_decimal::Decimal;

/// A place between two amounts, so that there is no question of whether an end is among them: `>=100` begins
/// just below 100, `>100` just above it. Edges are in the order of the amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The amount it is beside.
    pub amount: Decimal,
    /// Above that amount, not below it.
    pub above: bool,
}

impl Edge {
    /// Just below this amount.
    #[must_use]
    pub const fn below(amount: Decimal) -> Self {
        let above = false;
        Self { amount, above }
    }

    /// Just above this amount.
    #[must_use]
    pub const fn above(amount: Decimal) -> Self {
        let above = true;
        Self { amount, above }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn an_amount_lies_between_its_edges() {
        assert!(Edge::below(dec!(5)) < Edge::above(dec!(5.00)));
        assert!(Edge::above(dec!(5)) < Edge::below(dec!(5.01)));
    }
}
