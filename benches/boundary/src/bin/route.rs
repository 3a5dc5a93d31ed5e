//! `route [--out FILE]`: a router's look at a stream, in C on the shared library and in Rust, in turns.
//!
//! In: the four kinds of streams, made from a seed. Out: a table of both speeds, how many times as long C takes, and
//! what it allocates a stanza; the same in a file where one is named. Both answers are compared before anything is
//! timed. The library and the C side are built here, with `cargo` and `cc -O2`. Ends with 1 where the answers differ or
//! something cannot be built, with 2 for wrong usage.
#![allow(unsafe_code)]

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use libloading::{Library, Symbol};
use tercet::ns::name;
use tercet::stanza::Kind;
use tercet::{Input, Limits, Parser, Unit};
use tercet_boundary::Page;
use tercet_corpora::Kind as Corpus;

/// Octets of each stream.
const SIZE: usize = 16_000_000;
/// How often each side reads each stream.
const ROUNDS: usize = 15;
/// What a read of a busy socket may give.
const PIECE: usize = 65_536;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let out = tercet_boundary::out(&mut words);
    let done = match (words.as_slice(), &out) {
        ([], out) => time(out.as_deref()),
        // The child of `allocations`.
        ([word], None) if word == "--count" => count(),
        _ => return tercet_boundary::usage(&words, "route [--out FILE]"),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was read. As `struct answer` in `c/route.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    stanzas: u64,
    digest: u64,
}

fn time(out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let mut page = Page::begin("The price of the boundary", out)?;
    page.line(format_args!("- streams: {} MB of each kind, in pieces of {} KiB", SIZE / 1_000_000, PIECE / 1_024));
    page.line(format_args!("- {ROUNDS} rounds in turns; medians\n"));
    let built = build()?;
    let c = C::open(&built)?;
    let allocations = allocations(&built)?;
    page.line("| stream | C, MB/s | Rust, MB/s | C takes | allocations a stanza, C |");
    page.line("|---|--:|--:|--:|--:|");
    let mut product = 1.0;
    for (corpus, allocations) in Corpus::ALL.iter().zip(&allocations) {
        let stream = corpus.stream(1, SIZE);
        let (left, right) = (c.read(&stream)?, rust(&stream)?);
        if left != right {
            return Err(format!("{}: C read {left:?}, Rust {right:?}", corpus.name()).into());
        }
        let (mut in_c, mut in_rust) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Who is first changes, so that neither always finds the caches as the other left them.
            if round % 2 == 0 {
                in_c.push(seconds(|| c.read(&stream))?);
                in_rust.push(seconds(|| rust(&stream))?);
            } else {
                in_rust.push(seconds(|| rust(&stream))?);
                in_c.push(seconds(|| c.read(&stream))?);
            }
        }
        let (in_c, in_rust) = (median(in_c), median(in_rust));
        let speed = |seconds: f64| stream.len() as f64 / seconds / 1e6;
        product *= in_c / in_rust;
        page.line(format_args!(
            "| {} | {:.0} | {:.0} | ×{:.3} | {allocations:.4} |",
            corpus.name(),
            speed(in_c),
            speed(in_rust),
            in_c / in_rust,
        ));
    }
    page.line(format_args!(
        "\nC takes ×{:.3} as long as Rust in the geometric mean.",
        product.powf(1.0 / Corpus::ALL.len() as f64)
    ));
    Ok(page.end()?)
}

fn seconds(work: impl FnOnce() -> Result<Answer, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    black_box(work()?);
    Ok(began.elapsed().as_secs_f64())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The same as `c/route.c`, in Rust.
fn rust(stream: &[u8]) -> Result<Answer, Box<dyn Error>> {
    let mut answer = Answer::default();
    let mut parser = Parser::stream(Limits::CLIENT);
    let mut input = Input::new();
    for piece in stream.chunks(PIECE) {
        input.push(piece)?;
        let mut feed = (&mut input).into();
        while let Some(unit) = parser.next(&mut feed)? {
            let Unit::Stanza(stanza) = unit else { continue };
            let body = match stanza.kind() {
                Kind::Message => stanza.root().child(name::BODY).map(|body| body.text()),
                _ => None,
            };
            let mut digest = fold(answer.digest, stanza.root().local());
            for text in [stanza.to(), stanza.from(), stanza.id(), stanza.ty()] {
                digest = fold(digest, &text.map(|text| text.decode()).unwrap_or_default());
            }
            answer.digest = fold(digest, &body.unwrap_or_default());
            answer.stanzas += 1;
        }
    }
    parser.eof(&input)?;
    Ok(answer)
}

fn fold(digest: u64, text: &str) -> u64 {
    let first = text.as_bytes().first().map_or(0, |first| u64::from(*first) << 32);
    (digest ^ text.len() as u64 ^ first).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The C side.
struct C {
    shared: Library,
}

impl C {
    fn open(built: &Path) -> Result<Self, Box<dyn Error>> {
        // SAFETY: built a moment ago from `c/route.c`;
        // neither it nor the shared library runs anything when it is opened.
        Ok(Self { shared: unsafe { Library::new(built.join("libroute.so")) }? })
    }

    fn read(&self, stream: &[u8]) -> Result<Answer, Box<dyn Error>> {
        type Route = unsafe extern "C" fn(*const u8, usize, usize, *mut Answer) -> i32;
        let mut answer = Answer::default();
        // SAFETY: the type is that of `c/route.h`; the stream and the answer outlive the call.
        let result = unsafe {
            let route: Symbol<'_, Route> = self.shared.get(b"route\0")?;
            route(stream.as_ptr(), stream.len(), PIECE, &raw mut answer)
        };
        if result == 0 { Ok(answer) } else { Err(format!("C answered {result}").into()) }
    }
}

/// What C allocates a stanza, on each stream: counted by a child whose allocator is `c/count.c`.
fn allocations(built: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    let child = Command::new(std::env::current_exe()?)
        .arg("--count")
        .env("LD_PRELOAD", built.join("libcount.so"))
        .env(BUILT, built)
        .output()?;
    let text = String::from_utf8(child.stdout)?;
    if !child.status.success() {
        return Err(format!("counting failed: {}", String::from_utf8_lossy(&child.stderr)).into());
    }
    Ok(text.lines().map(str::parse).collect::<Result<_, _>>()?)
}

fn count() -> Result<(), Box<dyn Error>> {
    let c = C::open(&build()?)?;
    for corpus in Corpus::ALL {
        let stream = corpus.stream(1, SIZE);
        // SAFETY: the preloaded library has this function, and of this type.
        let calls = |library: &Library| unsafe {
            let allocations: Symbol<'_, unsafe extern "C" fn() -> u64> = library.get(b"allocations\0")?;
            Ok::<u64, libloading::Error>(allocations())
        };
        let library: Library = libloading::os::unix::Library::this().into();
        let before = calls(&library)?;
        let answer = c.read(&stream)?;
        println!("{}", (calls(&library)? - before) as f64 / answer.stanzas as f64);
    }
    Ok(())
}

/// Says where a parent has built everything.
const BUILT: &str = "TERCET_BOUNDARY_BUILT";

/// Builds the shared library, the C side and the counter; their directory.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    if let Some(built) = std::env::var_os(BUILT) {
        return Ok(built.into());
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = here.join("target/shared");
    run(Command::new("cargo")
        .args(["rustc", "--release", "--quiet", "--package", "tercet", "--features", "capi", "--crate-type", "cdylib"])
        .arg("--manifest-path")
        .arg(here.join("../../Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"))?;
    let built = target.join("release");
    let compile = |output: &str, source: &str| {
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o"]).arg(built.join(output)).arg(here.join(source));
        cc
    };
    run(compile("libcount.so", "c/count.c").arg("-fno-builtin"))?;
    run(compile("libroute.so", "c/route.c")
        .arg("-I")
        .arg(here.join("../../include"))
        .arg("-L")
        .arg(&built)
        .arg(format!("-Wl,-rpath,{}", built.display()))
        .arg("-ltercet"))?;
    Ok(built)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
