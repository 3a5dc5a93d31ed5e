//! Medians and what lies around them.

/// The median, and the distance of the quartiles as a share of it; no numbers where there are no values.
pub fn median(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| quantile(&values, share));
    (middle, (high - low) / middle)
}

/// What such a share of the values, which are in order, lies below: between two of them in proportion.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let place = share * values.len().saturating_sub(1) as f64;
    let at = |place: f64| values.get(place as usize).copied().unwrap_or(f64::NAN);
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), (2.0, 0.5));
        assert_eq!(median(vec![4.0]).0, 4.0);
        assert_eq!(median(vec![10.0, 2.0, 1.0, 3.0]).0, 2.5);
        assert!(median(vec![]).0.is_nan());
    }
}
