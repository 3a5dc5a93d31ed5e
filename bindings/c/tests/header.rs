//! The header by itself: it compiles under the strictest flags, and says what the library does.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};

use support::{STRICT, compiler, scratch, succeed};
use tercet_c::tercet::ffi;

/// Compiles a file of its own that holds `text`.
fn compile(name: &str, standard: &str, text: &str) {
    let directory = scratch("header");
    let source = directory.join(name).with_extension(if standard.contains("++") { "cpp" } else { "c" });
    std::fs::write(&source, text).unwrap();
    succeed(compiler(standard).args(STRICT).arg("-c").arg("-o").arg(source.with_extension("o")).arg(&source));
}

#[test]
fn compiles_alone_as_c_and_cpp() {
    let text = "#include \"tercet.h\"\n#include \"tercet.h\"\nextern int nothing_else;\n";
    for standard in ["c99", "c11", "c++17"] {
        compile(&standard.replace('+', "x"), standard, text);
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

/// What C thinks of the layout of a structure must be what Rust thinks.
macro_rules! layout {
    ($text:ident, $($type:ident { $($field:ident),* })*) => {$(
        writeln!($text, "_Static_assert(sizeof({0}) == {1}, \"{0}\");", stringify!($type), size_of::<ffi::$type>()).unwrap();
        $(
            let field = stringify!($field).trim_start_matches("r#");
            writeln!($text, "_Static_assert(offsetof({0}, {field}) == {1}, \"{0}.{field}\");", stringify!($type),
                offset_of!(ffi::$type, $field)).unwrap();
        )*
    )*};
}

#[test]
fn layouts_are_those_of_the_library() {
    let mut text = String::from("#include \"tercet.h\"\n");
    layout!(text,
        tercet_str { ptr, len }
        tercet_element { unit, place, serial }
        tercet_iter { element, next }
        tercet_node { kind, flags, element, text }
        tercet_attr { name, ns, value }
        tercet_stanza { kind, flags, name, ns, to, from, id, r#type, lang, raw, root, reserved }
        tercet_event { kind, flags, token, jid, condition, text, stanza, reserved }
        tercet_error { result, flags, offset, condition, message, reserved }
        tercet_callbacks { struct_size, write, start_tls, opened, credentials, refused, authenticated, resource, bound, stanza,
            response, roster_push, stream_error, closed }
    );
    compile("layout", "c11", &text);
}
