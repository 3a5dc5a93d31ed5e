//! The bounds on one stanza: what is counted, and how far a peer of each kind may go.
//!
//! Limits are plain numbers. They are counted as bytes arrive and refused at the byte that crosses, by the layer that
//! sees the counted thing first: the bytes of a name in `token`, those of a stanza in `stream`, the rest in `stanza`.

/// Bounds on one first-level element (stanza) or stream header.
///
/// ```
/// use tercet::Limits;
/// let limits = Limits { stanza_bytes: 20_000, ..Limits::SERVER };
/// assert_eq!(limits.depth, 64);
/// ```
///
/// | | `PRE_LOGIN` | `PRE_LOGIN_CLIENT` | `SERVER` | `SERVER_TO_SERVER` | `CLIENT` |
/// |---|--:|--:|--:|--:|--:|
/// | octets of a stanza | 10000 | 65536 | 262144 | 524288 | 1048576 |
/// | elements in it | 64 | 512 | 10000 | 10000 | 100000 |
///
/// Each of these allows elements 64 deep, 64 attributes in a tag, 32 of them declarations, 128 bindings, names of 256
/// octets and namespaces of 1024.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets from a stanza's `<` to its last `>` as received. RFC 6120 section 13.12 forbids less than 10000.
    pub stanza_bytes: u32,
    /// Elements in one stanza, its root counted (elements cost more memory than bytes).
    pub elements: u32,
    /// Open elements at a time, the stanza's root counted as 1 (stack use of whoever walks the tree).
    pub depth: u32,
    /// Attributes in one start tag, namespace declarations included (duplicate checks).
    pub attributes: u32,
    /// Namespace declarations in one start tag.
    pub declarations: u32,
    /// Namespace bindings in scope at a time, those of the stream header included.
    pub bindings: u32,
    /// Octets of an element's or attribute's name, prefix and colon included.
    pub name_bytes: u32,
    /// Octets of a namespace name.
    pub namespace_bytes: u32,
}

/// Names one of the [`Limits`]: the one that was crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::stanza_bytes`].
    StanzaBytes,
    /// [`Limits::elements`].
    Elements,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::attributes`].
    Attributes,
    /// [`Limits::declarations`].
    Declarations,
    /// [`Limits::bindings`].
    Bindings,
    /// [`Limits::name_bytes`].
    NameBytes,
    /// [`Limits::namespace_bytes`].
    NamespaceBytes,
}

impl core::fmt::Display for Limit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::StanzaBytes => "too many bytes in a stanza or stream header",
            Self::Elements => "too many elements in a stanza",
            Self::Depth => "elements nested too deep",
            Self::Attributes => "too many attributes in a tag",
            Self::Declarations => "too many namespace declarations in a tag",
            Self::Bindings => "too many namespace bindings in scope",
            Self::NameBytes => "name too long",
            Self::NamespaceBytes => "namespace name too long",
        })
    }
}

impl Limits {
    /// Most octets of the language of a client's stream, which a server puts on each stanza that names none. RFC 5646
    /// section 4.4.1 wants room for 35.
    pub const LANG_BYTES: usize = 64;
    /// Most octets of what the header of a client's stream declares, prefixes and namespace names, escaped as a server
    /// writes them on each stanza that leans on them. The two of RFC 6120 section 4.8 take 51.
    pub const HEADER_NAMESPACES_BYTES: usize = 512;
    /// Most octets of a resource that a client asks for, escaped as a server writes it on each of its stanzas.
    pub const RESOURCE_BYTES: usize = 256;
    /// A server's bounds on a client that has not logged in.
    pub const PRE_LOGIN: Self = Self { stanza_bytes: 10_000, elements: 64, ..Self::SERVER };
    /// A client's bounds on a server before login: feature lists may be long.
    pub const PRE_LOGIN_CLIENT: Self = Self { stanza_bytes: 65_536, elements: 512, ..Self::SERVER };
    /// A server's bounds on a client that has logged in.
    pub const SERVER: Self = Self {
        stanza_bytes: 262_144,
        elements: 10_000,
        depth: 64,
        attributes: 64,
        declarations: 32,
        bindings: 128,
        name_bytes: 256,
        namespace_bytes: 1_024,
    };
    /// A server's bounds on another server.
    pub const SERVER_TO_SERVER: Self = Self { stanza_bytes: 524_288, ..Self::SERVER };
    /// A client's bounds on its server after login.
    pub const CLIENT: Self = Self { stanza_bytes: 1_048_576, elements: 100_000, ..Self::SERVER };
    /// No bounds but those of the machine's numbers: for files, never for a peer.
    pub const NONE: Self = Self {
        stanza_bytes: u32::MAX / 2,
        elements: u32::MAX / 2,
        depth: u32::MAX / 2,
        attributes: u32::MAX / 2,
        declarations: u32::MAX / 2,
        bindings: u32::MAX / 2,
        name_bytes: u32::MAX / 2,
        namespace_bytes: u32::MAX / 2,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn the_documentation_tells_the_numbers() {
        let all =
            [Limits::PRE_LOGIN, Limits::PRE_LOGIN_CLIENT, Limits::SERVER, Limits::SERVER_TO_SERVER, Limits::CLIENT];
        let text = include_str!("limits.rs");
        let row = |what: &str, number: fn(&Limits) -> u32| {
            all.iter().fold(format!("/// | {what} |"), |row, limits| format!("{row} {} |", number(limits)))
        };
        for row in
            [row("octets of a stanza", |limits| limits.stanza_bytes), row("elements in it", |limits| limits.elements)]
        {
            assert!(text.contains(&row), "{row}");
        }
        let of_c = include_str!("ffi/limits.rs");
        for Limits { stanza_bytes, elements, .. } in [Limits::PRE_LOGIN, Limits::SERVER, Limits::CLIENT] {
            let both = format!(": {stanza_bytes} octets of a stanza, {elements} elements in it.");
            assert!(of_c.contains(&both), "{both}");
        }
        for Limits { depth, attributes, declarations, bindings, name_bytes, namespace_bytes, .. } in all {
            let rest = format!(
                "elements {depth} deep, {attributes} attributes in a tag, {declarations} of them declarations, {bindings} \
                 bindings, names of {name_bytes}\n/// octets and namespaces of {namespace_bytes}."
            );
            assert!(text.contains(&rest), "{rest}");
        }
    }
}
