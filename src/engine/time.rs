//! A point in time as the caller's clock tells it.

/// Milliseconds on a clock that never goes back, from whatever beginning.
///
/// ```
/// use tercet::Time;
/// let start = std::time::Instant::now();
/// let now = Time::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX));
/// assert!(now.plus(5).as_millis() >= 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The point `millis` milliseconds after the clock's beginning.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's beginning.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The point `millis` milliseconds later; the last one there is where that overflows.
    #[must_use]
    pub const fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}
