//! The C compiler, the static library, and programs made of both.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the static library needs of the system, as `rustc --print native-static-libs` says.
const SYSTEM: &[&str] = if cfg!(target_os = "linux") {
    &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"]
} else if cfg!(target_os = "macos") {
    &["-liconv", "-lSystem", "-lc", "-lm"]
} else {
    &[]
};

/// The strictest that a header of ours must bear.
pub(crate) const STRICT: &[&str] = &["-Wall", "-Wextra", "-pedantic", "-Werror"];

/// The directory of this package.
pub(crate) fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the header is.
pub(crate) fn include() -> PathBuf {
    here().join("../../include")
}

/// The C or C++ compiler of this machine, set to a standard.
pub(crate) fn compiler(standard: &str) -> Command {
    set_to(standard, &mut cc::Build::new())
}

/// The C or C++ compiler `program`, set to a standard; nothing, and a word of it, where it is not here.
pub(crate) fn compiler_named(program: &str, standard: &str) -> Option<Command> {
    if Command::new(program).arg("--version").output().is_err() {
        skip(&format!("{program} is not here"));
        return None;
    }
    Some(set_to(standard, cc::Build::new().compiler(program)))
}

fn set_to(standard: &str, build: &mut cc::Build) -> Command {
    build.target(env!("TARGET")).host(env!("HOST")).opt_level(0).debug(false).cargo_metadata(false).warnings(false);
    build.cpp(standard.starts_with("c++")).std(standard);
    let mut command = build.get_compiler().to_command();
    command.arg("-I").arg(include());
    command
}

/// A directory for what this test run makes.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// Says past the harness, which would keep it to itself, why something is not tested here: it stands for nothing. Under
/// `CI` it is a failure.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    writeln!(io::stderr(), "skipped: {why}").expect("a standard error");
}

/// Runs a command that must succeed.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}{err}");
    output
}

/// Builds `examples/<name>.c` with the static library; the program's path.
pub(crate) fn example(name: &str) -> PathBuf {
    build(name, &here().join("examples").join(format!("{name}.c")))
}

/// Builds `source` with the static library; the path of the program `name`.
pub(crate) fn build(name: &str, source: &Path) -> PathBuf {
    link(name, compiler("c11").args(STRICT).arg(source))
}

/// Has a compiler that knows its source make the program `name` of it and the static library; the program's path.
///
/// The words of `TERCET_C_FLAGS` are handed to the compiler, too. Under `TERCET_C_RUNNER` what comes back is a script
/// that runs the program by that command: so every test is one of a sanitizer's, or of valgrind's, without knowing it.
pub(crate) fn link(name: &str, compiler: &mut Command) -> PathBuf {
    let program = scratch("programs").join(name);
    succeed(compiler.args(words("TERCET_C_FLAGS")).arg("-o").arg(&program).arg(archive()).args(SYSTEM));
    let runner = words("TERCET_C_RUNNER").join(" ");
    if runner.is_empty() {
        return program;
    }
    let script = program.with_extension("sh");
    // Written by a process of its own: a test beside this one that starts a program would keep the file open.
    succeed(
        Command::new("sh")
            .args(["-c", "printf '#!/bin/sh\nexec %s %s \"$@\"\n' \"$1\" \"$2\" > \"$3\" && chmod +x \"$3\""])
            .args(["sh".as_ref(), runner.as_ref(), program.as_os_str(), script.as_os_str()]),
    );
    script
}

/// The words of a variable of the environment.
pub(crate) fn words(variable: &str) -> Vec<String> {
    std::env::var(variable).unwrap_or_default().split_whitespace().map(String::from).collect()
}

/// The static library: the one that `TERCET_C_LIBRARY` names, or the one that Cargo put beside the tests (a library
/// that is a `cdylib` too has no hash in its name).
fn archive() -> PathBuf {
    if let Some(path) = std::env::var_os("TERCET_C_LIBRARY") {
        return path.into();
    }
    let test = std::env::current_exe().unwrap();
    let archive = test.parent().map(|beside| beside.join("libtercet_c.a")).unwrap();
    assert!(archive.is_file(), "no {}", archive.display());
    archive
}
