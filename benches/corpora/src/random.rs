//! Dice: SplitMix64. Small, the same everywhere, and good enough to draw texts by.

/// A seeded source of numbers.
#[derive(Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True `percent` times of a hundred.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which are not empty.
    pub(crate) fn pick<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        choices[self.below(choices.len())]
    }

    /// One of `mix`, each as often as its share of the sum says.
    pub(crate) fn draw<T: Copy>(&mut self, mix: &[(usize, T)]) -> T {
        let mut left = self.below(mix.iter().map(|(share, _)| share).sum());
        let drawn = mix.iter().find(|(share, _)| {
            let hit = left < *share;
            left = left.wrapping_sub(*share);
            hit
        });
        drawn.map_or(mix[0].1, |(_, what)| *what)
    }

    /// `len` hexadecimal digits.
    pub(crate) fn hex(&mut self, len: usize) -> String {
        self.digits(len, b"0123456789abcdef")
    }

    /// The base64 of `octets` random octets.
    pub(crate) fn base64(&mut self, octets: usize) -> String {
        let len = (octets * 8).div_ceil(6);
        let mut text = self.digits(len, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
        text.extend(std::iter::repeat_n('=', len.next_multiple_of(4) - len));
        text
    }

    /// A UUID as clients put into `id`.
    pub(crate) fn uuid(&mut self) -> String {
        let (head, tail) = (self.hex(8), self.hex(12));
        format!("{head}-{}-4{}-a{}-{tail}", self.hex(4), self.hex(3), self.hex(3))
    }

    /// A point in time as XEP-0082 writes it.
    pub(crate) fn time(&mut self) -> String {
        let (month, day) = (self.between(1, 12), self.between(1, 28));
        let (hour, minute, second) = (self.below(24), self.below(60), self.below(60));
        let millis = if self.percent(40) { format!(".{:03}", self.below(1000)) } else { String::new() };
        format!("2024-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{millis}Z")
    }

    fn digits(&mut self, len: usize, alphabet: &[u8]) -> String {
        (0..len).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}
