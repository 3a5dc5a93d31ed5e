//! The events of a stream in a list, made beforehand: told from it, a task costs what it costs whoever parses.
//!
//! In: a stream. Out: a [`List`], which answers [`Task::Events`] without a parser. Names, values and text are decoded
//! already, and nothing looks for them: they lie in the list in the order in which they are told.
//!
//! [`Task::Events`]: crate::task::Task::Events

use crate::peers;
use crate::task::{Answer, Depth, Events, Sink};

/// What the stanzas of a stream hold, in document order.
#[derive(Default)]
pub struct List {
    events: Vec<Event>,
    /// Names and values, one element's behind the other's.
    attributes: Vec<(Box<str>, Box<str>)>,
}

enum Event {
    Start { name: Box<str>, attributes: u32 },
    Text(Box<str>),
    End,
}

impl List {
    /// # Errors
    /// Why the stream cannot be read.
    pub fn of(stream: &[u8]) -> Result<Self, String> {
        let mut list = Self::default();
        peers::tell_stanzas(stream, &mut list)?;
        Ok(list)
    }

    fn tell(&self, sink: &mut impl Sink) {
        let mut attributes = self.attributes.iter();
        for event in &self.events {
            match event {
                Event::Start { name, attributes: count } => {
                    sink.open("", name);
                    for (name, value) in attributes.by_ref().take(*count as usize) {
                        sink.attribute("", name, value);
                    }
                }
                Event::Text(text) => sink.run(text),
                Event::End => sink.close(),
            }
        }
    }
}

/// As a sink, a list is made; its answer is that of the task it is told to.
impl Sink for List {
    const NAMES: bool = true;
    const NAMESPACES: bool = false;

    fn open(&mut self, _ns: &str, local: &str) {
        self.events.push(Event::Start { name: local.into(), attributes: 0 });
    }

    fn wants_attributes(&self) -> bool {
        true
    }

    fn attribute(&mut self, _ns: &str, local: &str, value: &str) {
        self.attributes.push((local.into(), value.into()));
        if let Some(Event::Start { attributes, .. }) = self.events.last_mut() {
            *attributes += 1;
        }
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn piece(&mut self, text: &str) {
        self.events.push(Event::Text(text.into()));
    }

    fn close(&mut self) {
        self.events.push(Event::End);
    }

    fn answer(&self) -> Answer {
        let mut events = Events::new(Depth::STREAM);
        self.tell(&mut events);
        events.answer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_to_a_list_is_told_by_it() {
        let stream = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>\
                      <a x='1' y='&lt;2'>t&amp;u<b z='3'/>v</a> <c/></s:stream>";
        let list = List::of(stream.as_bytes()).unwrap();
        assert_eq!(list.answer(), [2, 3, 3, 4, 4]);

        let mut told = Told::default();
        list.tell(&mut told);
        assert_eq!(told.0, "<a x=1 y=<2 't&u' <b z=3 > 'v' > <c > ");
        assert!(List::of(b"<a>").is_err());
    }

    #[derive(Default)]
    struct Told(String);

    impl Sink for Told {
        const NAMES: bool = true;
        const NAMESPACES: bool = false;

        fn open(&mut self, _ns: &str, local: &str) {
            self.0 += &format!("<{local} ");
        }

        fn wants_attributes(&self) -> bool {
            true
        }

        fn attribute(&mut self, _ns: &str, local: &str, value: &str) {
            self.0 += &format!("{local}={value} ");
        }

        fn wants_text(&self) -> bool {
            true
        }

        fn piece(&mut self, text: &str) {
            self.0 += &format!("'{text}' ");
        }

        fn close(&mut self) {
            self.0 += "> ";
        }

        fn answer(&self) -> Answer {
            Answer::default()
        }
    }
}
