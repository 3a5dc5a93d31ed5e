//! Another Rust library behind a C function, with a runtime of its own and a panic that only that one may catch.

/// The sum of `1..=n`, or -1 where it does not fit: by a panic, caught here.
#[unsafe(no_mangle)]
pub extern "C" fn second_sum(n: i32) -> i32 {
    std::panic::set_hook(Box::new(|_| ()));
    let numbers: Vec<i32> = (1..=n).collect();
    std::panic::catch_unwind(|| numbers.iter().fold(0_i32, |sum, number| sum.checked_add(*number).unwrap())).unwrap_or(-1)
}
