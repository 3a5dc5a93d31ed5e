//! Elements below a unit: names, attributes, text, children.

use core::ptr;

use super::arena::Arena;
use super::boundary::{code, found, with};
use super::names::TERCET_ID_OTHER;
use super::ptr::{Out, tercet_str};
use super::result::{TERCET_ERR_ARGUMENT, TERCET_ERR_STALE, TERCET_NONE, tercet_result};
use super::unit::{Mark, tercet_unit};
use crate::ns::{Name, NameId, NsId};
use crate::stanza::{Element, Node, Stanza, Text};

/// An element of the unit that a handle lends. Small, copied freely, and borrowed as the `tercet_stanza` it comes from:
/// when the handle has read on, what is asked of it is answered by `TERCET_ERR_STALE` or none. `unit` is NULL where
/// there is no element.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_element {
    /// Whose element it is.
    pub unit: *const tercet_unit,
    /// For the library.
    pub place: u32,
    /// For the library.
    pub serial: u32,
}

impl tercet_element {
    /// No element.
    pub(super) const NONE: Self = Self { unit: ptr::null(), place: 0, serial: 0 };

    /// Shows the element to `look`.
    pub(super) unsafe fn look<T>(
        self,
        look: impl FnOnce(Element<'_>, &mut Arena) -> Result<T, tercet_result>,
    ) -> Result<T, tercet_result> {
        // SAFETY: the contract of the module: null, or the address of a unit in a handle that is alive. It was made
        // from the handle's own address, which C holds as a pointer to something that may change.
        unsafe {
            with(self.unit.cast_mut(), |unit| {
                unit.look(self.serial, |root, arena| look(root.at(self.place).ok_or(TERCET_ERR_STALE)?, arena))
            })
        }
    }

    /// Shows the stanza of which the element is the root to `look`.
    pub(super) unsafe fn look_whole<T>(
        self,
        look: impl FnOnce(Stanza<'_>) -> Result<T, tercet_result>,
    ) -> Result<T, tercet_result> {
        // SAFETY: as `look`.
        unsafe { with(self.unit.cast_mut(), |unit| unit.look_whole(self.serial, self.place, look)) }
    }

    unsafe fn name(self, name: impl FnOnce(Element<'_>) -> Option<tercet_str>) -> tercet_str {
        // SAFETY: as `look`.
        unsafe { self.look(|element, _| Ok(name(element))) }.ok().flatten().unwrap_or(tercet_str::NONE)
    }
}

/// The local name; none where the view is stale. Borrowed as the element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_name(element: tercet_element) -> tercet_str {
    // SAFETY: the contract of the module.
    unsafe { element.name(|element| Some(tercet_str::of(element.local()))) }
}

/// The namespace, empty for none; none where the view is stale. Borrowed as the element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_ns(element: tercet_element) -> tercet_str {
    // SAFETY: the contract of the module.
    unsafe { element.name(|element| Some(tercet_str::of(element.ns()))) }
}

/// The prefix as written; none where there is none, or the view is stale. Borrowed as the element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_prefix(element: tercet_element) -> tercet_str {
    // SAFETY: the contract of the module.
    unsafe { element.name(|element| element.prefix().map(tercet_str::of)) }
}

/// The octets as received, from the element's first `<` to its last `>`; none where the view is stale. Borrowed as the
/// element.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_raw(element: tercet_element) -> tercet_str {
    // SAFETY: the contract of the module.
    unsafe { element.name(|element| Some(tercet_str::of(element.raw()))) }
}

/// The number of the namespace, one of `TERCET_NS_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_ns_id(element: tercet_element) -> u32 {
    // SAFETY: the contract of the module.
    unsafe { element.look(|element, _| Ok(element.name().ns.id())) }.unwrap_or(TERCET_ID_OTHER)
}

/// The number of the local name, one of `TERCET_NAME_...`; `TERCET_ID_OTHER` where it has none, or the view is stale.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_name_id(element: tercet_element) -> u32 {
    // SAFETY: the contract of the module.
    unsafe { element.look(|element, _| Ok(element.name().local.id())) }.unwrap_or(TERCET_ID_OTHER)
}

/// Whether the element is `name` in the namespace `ns`. False where the view is stale or an argument is not a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_is(element: tercet_element, ns: tercet_str, name: tercet_str) -> bool {
    // SAFETY: the contract of the module.
    let (Ok(ns), Ok(name)) = (unsafe { ns.required() }, unsafe { name.required() }) else { return false };
    // SAFETY: the contract of the module.
    unsafe { element.look(|element, _| Ok(element.is_named(ns, name))) }.unwrap_or(false)
}

/// Puts the element's own text into `text`, references replaced, that of child elements left out; empty where it has
/// none. Borrowed as the element. Text that reads as written is not copied; other text is decoded into memory of the
/// handle, anew at each call.
///
/// Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_text(element: tercet_element, text: *mut tercet_str) -> tercet_result {
    code(Out::new(text).and_then(|out| {
        // SAFETY: the contract of the module.
        let text = unsafe { element.look(own_text) }?;
        // SAFETY: the contract of the module.
        unsafe { out.put(text) };
        Ok(())
    }))
}

fn own_text(element: Element<'_>, arena: &mut Arena) -> Result<tercet_str, tercet_result> {
    let runs = element.children().filter_map(Node::as_text);
    let mut first = runs.clone();
    match (first.next(), first.next()) {
        (None, _) => Ok(tercet_str::of("")),
        (Some(only), None) => arena.decode(only),
        _ => arena.join(runs),
    }
}

/// Puts the value of the attribute `name` without a namespace into `value`, references replaced. Borrowed as the
/// element; copied as by `tercet_element_text`.
///
/// `TERCET_NONE` where there is no such attribute. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`,
/// `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_attr(
    element: tercet_element,
    name: tercet_str,
    value: *mut tercet_str,
) -> tercet_result {
    // SAFETY: the contract of the module; no octet is behind an empty text.
    unsafe { tercet_element_attr_ns(element, tercet_str::of(""), name, value) }
}

/// As `tercet_element_attr`, for an attribute in the namespace `ns`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_attr_ns(
    element: tercet_element,
    ns: tercet_str,
    name: tercet_str,
    value: *mut tercet_str,
) -> tercet_result {
    let look = || {
        // SAFETY: the contract of the module.
        let (ns, name) = unsafe { (ns.required()?, name.required()?) };
        // SAFETY: the contract of the module.
        unsafe {
            put_value(
                element,
                value,
                |element| {
                    if ns.is_empty() { element.attr(name) } else { element.attr_ns(ns, name) }
                },
            )
        }
    };
    found(look(), TERCET_NONE)
}

/// As `tercet_element_attr`, for an attribute of which the name is known by number, one of `TERCET_NAME_...`.
///
/// `TERCET_NONE` where there is no such attribute. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`,
/// `TERCET_ERR_NO_MEMORY`; `TERCET_ERR_ARGUMENT` where `name` is not a number of this library, `TERCET_ID_OTHER` among
/// them.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_attr_id(
    element: tercet_element,
    name: u32,
    value: *mut tercet_str,
) -> tercet_result {
    let look = || {
        let name = NameId::of_id(name).ok_or(TERCET_ERR_ARGUMENT)?;
        // SAFETY: the contract of the module.
        unsafe { put_value(element, value, |element| element.attr_known(name)) }
    };
    found(look(), TERCET_NONE)
}

/// Puts the value of an attribute into `value`, if it is there.
unsafe fn put_value(
    element: tercet_element,
    value: *mut tercet_str,
    find: impl FnOnce(Element<'_>) -> Option<Text<'_>>,
) -> Result<bool, tercet_result> {
    let out = Out::new(value)?;
    let decoded = |element: Element<'_>, arena: &mut Arena| find(element).map(|value| arena.decode(value)).transpose();
    // SAFETY: the contract of the module.
    let value = unsafe { element.look(decoded) }?;
    // SAFETY: the contract of the module.
    Ok(value.map(|value| unsafe { out.put(value) }).is_some())
}

/// Puts the first child element `name` in the namespace `ns` into `child`. Borrowed as the element.
///
/// `TERCET_NONE` where there is no such child. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_UTF8`, `TERCET_ERR_STALE`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_child(
    element: tercet_element,
    ns: tercet_str,
    name: tercet_str,
    child: *mut tercet_element,
) -> tercet_result {
    let look = || {
        // SAFETY: the contract of the module.
        let (ns, name) = unsafe { (ns.required()?, name.required()?) };
        // SAFETY: the contract of the module.
        unsafe { put_child(element, child, |element| element.child_named(ns, name)) }
    };
    found(look(), TERCET_NONE)
}

/// As `tercet_element_child`, for a child of which namespace and name are known by number, one of `TERCET_NS_...` and
/// one of `TERCET_NAME_...`.
///
/// `TERCET_NONE` where there is no such child. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`; `TERCET_ERR_ARGUMENT`
/// where one of the two is not a number of this library, `TERCET_ID_OTHER` among them.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_element_child_id(
    element: tercet_element,
    ns: u32,
    name: u32,
    child: *mut tercet_element,
) -> tercet_result {
    let look = || {
        let ns = NsId::of_id(ns).ok_or(TERCET_ERR_ARGUMENT)?;
        let local = NameId::of_id(name).ok_or(TERCET_ERR_ARGUMENT)?;
        // SAFETY: the contract of the module.
        unsafe { put_child(element, child, |element| element.child(Name { ns, local })) }
    };
    found(look(), TERCET_NONE)
}

/// Puts a child element into `child`, if it is there.
unsafe fn put_child(
    element: tercet_element,
    child: *mut tercet_element,
    find: impl FnOnce(Element<'_>) -> Option<Element<'_>>,
) -> Result<bool, tercet_result> {
    let out = Out::new(child)?;
    let mark = Mark::of(element);
    // SAFETY: the contract of the module.
    let child = unsafe { element.look(|element, _| Ok(find(element).map(|child| mark.element(child)))) }?;
    // SAFETY: the contract of the module.
    Ok(child.map(|child| unsafe { out.put(child) }).is_some())
}

/// A child element.
pub const TERCET_NODE_ELEMENT: i32 = 1;
/// A maximal run of character data, never empty.
pub const TERCET_NODE_TEXT: i32 = 2;

/// A child of an element. Borrowed as the element.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_node {
    /// `TERCET_NODE_ELEMENT` or `TERCET_NODE_TEXT`.
    pub kind: i32,
    /// Always 0.
    pub flags: u32,
    /// The element, if it is one.
    pub element: tercet_element,
    /// The text, references replaced, if it is one; copied as by `tercet_element_text`.
    pub text: tercet_str,
    /// The octets as received: of a text with references and CDATA sections as they stand, of an element as by
    /// `tercet_element_raw`.
    pub raw: tercet_str,
}

/// An attribute of an element. Borrowed as the element.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_attr {
    /// The local name.
    pub name: tercet_str,
    /// The namespace; empty for none.
    pub ns: tercet_str,
    /// The value, references replaced; copied as by `tercet_element_text`.
    pub value: tercet_str,
    /// The value as received, without its quotes, references as they stand.
    pub raw: tercet_str,
}

/// A way along the children or attributes of an element. It holds nothing that is to be freed.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tercet_iter {
    /// The element.
    pub element: tercet_element,
    /// For the library.
    pub next: u64,
}

/// The beginning of the way along what is in `element`: for `tercet_children_next`, or for `tercet_attrs_next`.
#[unsafe(no_mangle)]
pub extern "C" fn tercet_iterate(element: tercet_element) -> tercet_iter {
    tercet_iter { element, next: 0 }
}

/// Puts the next child, element or text, into `node`, in document order.
///
/// `TERCET_NONE` at the end. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_children_next(iter: *mut tercet_iter, node: *mut tercet_node) -> tercet_result {
    let step = |element: Element<'_>, mark: Mark, next: u64, arena: &mut Arena| {
        let Some((node, next)) = u32::try_from(next).ok().and_then(|next| element.child_at(next)) else {
            return Ok(None);
        };
        let node = match node {
            Node::Element(child) => tercet_node {
                kind: TERCET_NODE_ELEMENT,
                flags: 0,
                element: mark.element(child),
                text: tercet_str::NONE,
                raw: tercet_str::of(child.raw()),
            },
            Node::Text(text) => tercet_node {
                kind: TERCET_NODE_TEXT,
                flags: 0,
                element: tercet_element::NONE,
                text: arena.decode(text)?,
                raw: tercet_str::of(text.raw()),
            },
        };
        Ok(Some((node, next.into())))
    };
    // SAFETY: the contract of the module.
    found(unsafe { advance(iter, node, step) }, TERCET_NONE)
}

/// Puts the next attribute into `attr`, in document order, namespace declarations left out.
///
/// `TERCET_NONE` at the end. Errors: `TERCET_ERR_NULL`, `TERCET_ERR_STALE`, `TERCET_ERR_NO_MEMORY`.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tercet_attrs_next(iter: *mut tercet_iter, attr: *mut tercet_attr) -> tercet_result {
    let step = |element: Element<'_>, _: Mark, next: u64, arena: &mut Arena| {
        let Some(attr) = usize::try_from(next).ok().and_then(|next| element.attrs().nth(next)) else {
            return Ok(None);
        };
        let attr = tercet_attr {
            name: tercet_str::of(attr.local()),
            ns: tercet_str::of(attr.ns()),
            value: arena.decode(attr.value())?,
            raw: tercet_str::of(attr.value().raw()),
        };
        Ok(Some((attr, next + 1)))
    };
    // SAFETY: the contract of the module.
    found(unsafe { advance(iter, attr, step) }, TERCET_NONE)
}

/// One step along an element: what was found goes to `item`, the place behind it to `iter`.
unsafe fn advance<T>(
    iter: *mut tercet_iter,
    item: *mut T,
    step: impl FnOnce(Element<'_>, Mark, u64, &mut Arena) -> Result<Option<(T, u64)>, tercet_result>,
) -> Result<bool, tercet_result> {
    let (next, out) = (Out::new(iter)?, Out::new(item)?);
    // SAFETY: not null; the contract of the module: an iterator that the library made.
    let at = unsafe { *iter };
    let mark = Mark::of(at.element);
    // SAFETY: the contract of the module.
    let Some((found, after)) = unsafe { at.element.look(|element, arena| step(element, mark, at.next, arena)) }? else {
        return Ok(false);
    };
    // SAFETY: the contract of the module.
    unsafe {
        out.put(found);
        next.put(tercet_iter { next: after, ..at });
    }
    Ok(true)
}
