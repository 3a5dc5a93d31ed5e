//! What both parsers say, in one language.

/// A step through a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Open { name: Name, declarations: Vec<(String, String)>, attributes: Vec<Attribute> },
    Text(String),
    Close,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) ns: String,
    pub(crate) local: String,
    pub(crate) prefix: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) value: String,
}

/// What stands on the level on which tercet reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The start tag of a stream.
    Header(Event),
    /// A whole element.
    Element(Vec<Event>),
    /// Character data between elements: for certain, or perhaps only white space.
    Text { certain: bool },
    /// The end tag of a stream.
    Close,
}

/// Whether both mean the same, text that is perhaps only white space being reported or not.
pub(crate) fn agree(ours: &[Unit], theirs: &[Unit]) -> bool {
    let mut ours = ours.iter().peekable();
    for unit in theirs {
        let same = match unit {
            Unit::Text { certain } => ours.next_if(|ours| matches!(ours, Unit::Text { .. })).is_some() || !certain,
            _ => ours.next() == Some(unit),
        };
        if !same {
            return false;
        }
    }
    ours.next().is_none()
}

/// What is complete without more input: headers and elements.
pub(crate) fn complete(units: &[Unit]) -> Vec<&Unit> {
    units.iter().filter(|unit| matches!(unit, Unit::Header(_) | Unit::Element(_))).collect()
}

/// Groups the events of a document, or of a stream.
pub(crate) fn units(events: &[Event], is_stream: bool) -> Vec<Unit> {
    let level = usize::from(is_stream);
    let (mut units, mut depth, mut element) = (Vec::new(), 0, Vec::new());
    for event in events {
        match event {
            Event::Open { .. } if depth < level => units.push(Unit::Header(event.clone())),
            Event::Close if depth == level && is_stream => units.push(Unit::Close),
            Event::Text(text) if depth == level => {
                let white = text.chars().all(|char| matches!(char, ' ' | '\t' | '\r' | '\n'));
                units.push(Unit::Text { certain: !white });
            }
            _ => element.push(event.clone()),
        }
        match event {
            Event::Open { .. } => depth += 1,
            Event::Close => depth -= 1,
            Event::Text(_) => {}
        }
        if depth == level && matches!(event, Event::Close) {
            units.push(Unit::Element(std::mem::take(&mut element)));
        }
    }
    units
}
