//! Tells the tests for which machine they are built: the C compiler is asked for the same.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["TARGET", "HOST"] {
        println!("cargo::rustc-env={name}={}", std::env::var(name).unwrap_or_default());
    }
}
