//! Which XML is accepted, and which stream error the rest gets.
//!
//! A stream is XML 1.0 with namespaces, in UTF-8, less what RFC 6120 section 11.1 forbids. The whole of
//! what is left is checked: a document that an XML parser must refuse is refused here too, and nothing is repaired.
//!
//! | in the stream | answer |
//! |---|---|
//! | comment, processing instruction, DOCTYPE, reference to an entity other than the five | `restricted-xml` |
//! | an XML declaration | accepted at the very beginning; elsewhere `not-well-formed` |
//! | an encoding other than UTF-8 in that declaration | `unsupported-encoding` |
//! | bytes that are not UTF-8 | `unsupported-encoding` |
//! | `&lt;` `&gt;` `&amp;` `&apos;` `&quot;`, references to characters that XML allows | accepted |
//! | CDATA sections | accepted |
//! | text around the root element; a byte order mark (U+FEFF) in front is text, too | `not-well-formed` |
//! | characters that XML forbids, literally or by reference | `not-well-formed` |
//! | tags that do not match, an attribute twice (by expanded name too), `<` in a value, `]]>` in text | `not-well-formed` |
//! | a prefix that is not declared, or declared against Namespaces in XML | `not-well-formed` |
//! | more than a limit allows | `policy-violation` |
//!
//! Line ends, white space in attribute values and references are normalised as XML says, when a view is asked for its
//! text; until then a view holds the bytes as received.
//!
//! `</stream:stream>` closes the stream at its own level only. Deeper, an element of that name is an ordinary child.
//! White space between stanzas is counted and thrown away; other text there is an error of the stream (`bad-format`):
//! both roles refuse it, a parser by itself tells it (`Unit::Text`) and leaves that to its caller.
