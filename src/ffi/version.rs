//! Which release this is, at compile time and at run time.

use core::ffi::{CStr, c_char};

use super::result::{TERCET_ERR_UNSUPPORTED, TERCET_OK, tercet_result};

/// The release that this header belongs to: first number.
pub const TERCET_VERSION_MAJOR: u32 = 0;
/// The release that this header belongs to: second number.
pub const TERCET_VERSION_MINOR: u32 = 1;
/// The release that this header belongs to: third number.
pub const TERCET_VERSION_PATCH: u32 = 0;

const TEXT: &CStr = c"0.1.0";

const fn number(major: u32, minor: u32, patch: u32) -> u32 {
    (major << 16) | (minor << 8) | patch
}

/// The release of the library that is linked, as `0xMMmmpp`: to be compared with `TERCET_VERSION_NUM`.
#[unsafe(no_mangle)]
pub extern "C" fn tercet_version_num() -> u32 {
    number(TERCET_VERSION_MAJOR, TERCET_VERSION_MINOR, TERCET_VERSION_PATCH)
}

/// The release of the library that is linked, as text. Static, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tercet_version() -> *const c_char {
    TEXT.as_ptr()
}

/// Whether the library that is linked can stand in for release `num`: call it with `TERCET_VERSION_NUM` at the start.
///
/// Before 1.0 the second number must be equal, after it the first; the library may be younger, never older.
///
/// Errors: `TERCET_ERR_UNSUPPORTED` where it cannot.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tercet_version_check(num: u32) -> tercet_result {
    let own = tercet_version_num();
    let generation = if own >> 16 == 0 { 8 } else { 16 };
    if num >> generation == own >> generation && num <= own { TERCET_OK } else { TERCET_ERR_UNSUPPORTED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_package() {
        let text = std::format!("{TERCET_VERSION_MAJOR}.{TERCET_VERSION_MINOR}.{TERCET_VERSION_PATCH}");
        assert_eq!(text, env!("CARGO_PKG_VERSION"));
        assert_eq!(TEXT.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn younger_headers_and_other_generations_are_refused() {
        let own = tercet_version_num();
        assert_eq!(tercet_version_check(own), TERCET_OK);
        assert_eq!(tercet_version_check(own + 1), TERCET_ERR_UNSUPPORTED);
        assert_eq!(tercet_version_check(own + (1 << 8)), TERCET_ERR_UNSUPPORTED);
        assert_eq!(tercet_version_check(own + (1 << 16)), TERCET_ERR_UNSUPPORTED);
    }
}
