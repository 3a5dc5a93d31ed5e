//! Compiles the shims of the C and C++ peers whose headers are here; the others are named and skipped.

use std::process::{Command, Stdio};

/// A peer from the system: its name and `cfg`, the header that tells whether it is here, the Debian package to install,
/// the library to link, the shims.
struct Peer {
    name: &'static str,
    header: &'static str,
    package: &'static str,
    links: Option<&'static str>,
    shims: &'static [&'static str],
    cpp: bool,
}

const PEERS: [Peer; 4] = [
    Peer {
        name: "expat",
        header: "expat.h",
        package: "libexpat1-dev",
        links: Some("expat"),
        shims: &["expat.c", "events.c"],
        cpp: false,
    },
    Peer {
        name: "libxml2",
        header: "libxml/parser.h",
        package: "libxml2-dev",
        links: Some("xml2"),
        shims: &["libxml2.c"],
        cpp: false,
    },
    Peer {
        name: "pugixml",
        header: "pugixml.hpp",
        package: "libpugixml-dev",
        links: Some("pugixml"),
        shims: &["pugixml.cpp"],
        cpp: true,
    },
    Peer {
        name: "rapidxml",
        header: "rapidxml/rapidxml.hpp",
        package: "librapidxml-dev",
        links: None,
        shims: &["rapidxml.cpp"],
        cpp: true,
    },
];

fn main() {
    println!("cargo:rerun-if-changed=shims");
    for variable in ["CC", "CXX", "CPATH", "LIBRARY_PATH"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let mut missing = Vec::new();
    for peer in &PEERS {
        if peer.is_here() {
            peer.compile();
        } else {
            missing.push(format!("{} ({})", peer.name, peer.package));
        }
    }
    println!("cargo:rustc-env=MISSING_PEERS={}", missing.join(", "));
    if missing.len() < PEERS.len() {
        build(false).file("shims/allocations.c").compile("shim_allocations");
    }
}

impl Peer {
    /// Whether the compiler finds the header.
    fn is_here(&self) -> bool {
        let Ok(compiler) = build(self.cpp).try_get_compiler() else { return false };
        let probe = format!("{}/probe.{}", out_dir(), if self.cpp { "cpp" } else { "c" });
        let Ok(()) = std::fs::write(&probe, format!("#include <{}>\n", self.header)) else { return false };
        let mut command: Command = compiler.to_command();
        command.args(["-fsyntax-only", &probe]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn compile(&self) {
        let shims = self.shims.iter().map(|shim| format!("shims/{shim}"));
        build(self.cpp).files(shims).compile(&format!("shim_{}", self.name));
        if let Some(library) = self.links {
            println!("cargo:rustc-link-lib={library}");
        }
        println!("cargo:rustc-cfg={}", self.name);
    }
}

/// What all shims are compiled with: the optimisation of a release, warnings as errors. Functions begin where cache
/// lines do: where the linker would put them else differs from build to build, and is worth a tenth of its speed to a
/// parser that is a template in a header.
fn build(cpp: bool) -> cc::Build {
    let mut build = cc::Build::new();
    build.cpp(cpp).opt_level(3).warnings(true).extra_warnings(true).warnings_into_errors(true);
    build.std(if cpp { "c++17" } else { "gnu11" });
    build.flag("-isystem/usr/include/libxml2").flag("-falign-functions=64");
    build
}

fn out_dir() -> String {
    std::env::var("OUT_DIR").unwrap_or_default()
}
