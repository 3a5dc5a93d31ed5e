//! The header by itself: it compiles under the strictest flags, and says what the library does.

use std::fmt::Write as _;
use std::mem::{align_of, offset_of, size_of};
use std::process::Command;

use crate::support::{STRICT, build, compiler, compiler_named, here, include, scratch, succeed};
use tercet_c::tercet::ffi;

/// Compiles a file of its own that holds `text`.
fn compile(name: &str, standard: &str, text: &str) {
    let directory = scratch("header");
    let source = directory.join(name).with_extension(if standard.contains("++") { "cpp" } else { "c" });
    std::fs::write(&source, text).unwrap();
    succeed(compiler(standard).args(STRICT).arg("-c").arg("-o").arg(source.with_extension("o")).arg(&source));
}

/// Each compiler that people use, in each standard, where it is here.
#[test]
fn compiles_alone_as_c_and_cpp() {
    let text = "#include \"tercet.h\"\n#include \"tercet.h\"\nextern int nothing_else;\n";
    let directory = scratch("header");
    for (suffix, compilers, standards) in
        [("c", ["gcc", "clang"], ["c99", "c11", "c2x"].as_slice()), ("cpp", ["g++", "clang++"], &["c++17", "c++20"])]
    {
        let source = directory.join("alone").with_extension(suffix);
        std::fs::write(&source, text).unwrap();
        for name in compilers {
            for standard in standards {
                let Some(mut compiler) = compiler_named(name, standard) else { break };
                succeed(compiler.args(STRICT).arg("-fsyntax-only").arg(&source));
            }
        }
    }
}

#[test]
fn versions_are_numbers_of_the_preprocessor() {
    let text = "#include \"tercet.h\"\n\
        #if TERCET_VERSION_NUM != ((TERCET_VERSION_MAJOR << 16) | (TERCET_VERSION_MINOR << 8) | TERCET_VERSION_PATCH)\n\
        #error \"three numbers, and all of them count\"\n#endif\n\
        _Static_assert(TERCET_VERSION_NUM == NUMBER, \"that of the library\");\n";
    compile("version", "c11", &text.replace("NUMBER", &ffi::tercet_version_num().to_string()));
}

/// Size and alignment of each structure and the place of each field, a line each.
macro_rules! layout {
    ($($type:ident { $($field:ident),* $(,)? })*) => {{
        let mut text = String::new();
        $(
            let name = stringify!($type);
            writeln!(text, "{name} {} {}", size_of::<ffi::$type>(), align_of::<ffi::$type>()).unwrap();
            $(
                let field = stringify!($field).trim_start_matches("r#");
                writeln!(text, "{name}.{field} {}", offset_of!(ffi::$type, $field)).unwrap();
            )*
        )*
        text
    }};
}

fn layouts() -> String {
    layout! {
        tercet_str { ptr, len }
        tercet_jid { full, bare, local, domain, resource }
        tercet_element { unit, place, serial }
        tercet_iter { element, next }
        tercet_node { kind, flags, element, text, raw }
        tercet_attr { name, ns, value, raw }
        tercet_stanza { kind, flags, ns_id, name_id, name, ns, to, from, id, r#type, lang, raw, root, reserved }
        tercet_error { result, flags, offset, condition, message, reserved }
        tercet_event { kind, flags, token, jid, condition, text, stanza, reserved }
        tercet_callbacks {
            struct_size, write, start_tls, opened, credentials, refused, authenticated, resource, bound, stanza, response,
            roster_push, stream_error, closed, log, channel_binding
        }
        tercet_roster_item { contact, name, subscription, flags, groups, group_count }
        tercet_action { kind, flags, session, token, user, contact, stanza, item, reserved }
        tercet_store {
            struct_size, deliver, save_item, remove_item, save_pending, remove_pending, load_roster, store_offline,
            load_offline
        }
        tercet_offline_message { stamp, stanza }
    }
}

/// The first words of the lines of [`layouts`], as the header has them.
fn declared() -> String {
    let header = std::fs::read_to_string(include().join("tercet.h")).unwrap();
    let mut text = String::new();
    for structure in header.split("\ntypedef struct {\n").skip(1) {
        let (body, behind) = structure.split_once("\n} ").unwrap();
        let (name, _) = behind.split_once(';').unwrap();
        writeln!(text, "{name}").unwrap();
        for line in body.lines().filter_map(|line| line.strip_suffix(';')) {
            let field = line.rsplit([' ', '*']).next().unwrap();
            writeln!(text, "{name}.{}", field.split('[').next().unwrap()).unwrap();
        }
    }
    text
}

#[test]
fn layouts_cover_the_header() {
    let known: String = layouts().lines().map(|line| format!("{}\n", line.split(' ').next().unwrap())).collect();
    assert_eq!(declared(), known, "the header, then the list in this file");
}

/// What C and C++ think of the layout of a structure is what Rust thinks.
#[test]
fn layouts_are_those_of_the_library() {
    let mut text = String::from("#include \"tercet.h\"\n#include <assert.h>\n#include <stdalign.h>\n");
    for line in layouts().lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match (words[0].split_once('.'), &words[1..]) {
            (Some((name, field)), [at]) => {
                writeln!(text, "static_assert(offsetof({name}, {field}) == {at}, \"{line}\");")
            }
            (_, [size, align]) => {
                writeln!(text, "static_assert(sizeof({0}) == {size} && alignof({0}) == {align}, \"{line}\");", words[0])
            }
            _ => panic!("{line}"),
        }
        .unwrap();
    }
    compile("layout", "c11", &text);
    compile("layout", "c++17", &text);
}

/// Within a generation of the ABI layouts stay: those of 64 bits are written down.
#[cfg(all(unix, target_pointer_width = "64"))]
#[test]
fn layouts_are_those_written_down() {
    let written = here().join("../abi/layout.txt");
    let now = scratch("header").join("layout.txt");
    std::fs::write(&now, layouts()).unwrap();
    assert_eq!(
        layouts(),
        std::fs::read_to_string(&written).unwrap_or_default(),
        "layouts now, then bindings/abi/layout.txt. If this is meant: cp {} {}",
        now.display(),
        written.display()
    );
}

/// Each constant is what the library finds under the text.
#[test]
fn names_have_the_numbers_that_the_library_finds() {
    let given = std::fs::read_to_string(here().join("../abi/names.txt")).unwrap();
    let mut text = String::from(
        "#include \"tercet.h\"\n#include <stdio.h>\n\
        static int wrong(const char *name, uint32_t constant, uint32_t found) {\n\
            if (constant != found) printf(\"%s %u %u\\n\", name, (unsigned)constant, (unsigned)found);\n\
            return constant != found;\n}\n\
        int main(void) {\nint wrongs = 0;\n",
    );
    let mut count = 0;
    for line in given.lines() {
        let mut words = line.splitn(3, ' ');
        let (constant, known) = (words.next().unwrap(), words.nth(1).unwrap_or_default());
        let find = if constant.starts_with("TERCET_NS_") { "tercet_ns_id" } else { "tercet_name_id" };
        writeln!(text, "wrongs += wrong(\"{constant}\", {constant}, {find}(tercet_str_from(\"{known}\")));").unwrap();
        count += 1;
    }
    assert!(count > 500, "{count}");
    text.push_str("return wrongs != 0;\n}\n");
    let source = scratch("header").join("names.c");
    std::fs::write(&source, text).unwrap();
    succeed(&mut Command::new(build("names", &source)));
}
