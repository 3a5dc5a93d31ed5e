//! The header by itself: it compiles under the strictest flags, and says what the library does.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};

use crate::support::{STRICT, build, compiler, here, scratch, succeed};
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
        tercet_jid { full, bare, local, domain, resource }
        tercet_node { kind, flags, element, text, raw }
        tercet_attr { name, ns, value, raw }
        tercet_stanza { kind, flags, ns_id, name_id, name, ns, to, from, id, r#type, lang, raw, root, reserved }
        tercet_event { kind, flags, token, jid, condition, text, stanza, reserved }
        tercet_error { result, flags, offset, condition, message, reserved }
        tercet_callbacks { struct_size, write, start_tls, opened, credentials, refused, authenticated, resource, bound, stanza,
            response, roster_push, stream_error, closed, log }
        tercet_roster_item { contact, name, subscription, flags, groups, group_count }
        tercet_kept { stamp, stanza }
        tercet_action { kind, flags, session, token, user, contact, stanza, item, reserved }
        tercet_store { struct_size, deliver, save_item, remove_item, save_pending, remove_pending, load_roster,
            store_message, load_messages }
    );
    compile("layout", "c11", &text);
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
    succeed(&mut std::process::Command::new(build("names", &source)));
}
